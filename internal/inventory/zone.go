package inventory

import (
	"fmt"
	"strings"
)

// writeZone is A and AAAA records for $INCLUDE in a zone's file: of all hostnames,
// or of those in one zone. Names are absolute, and the zone's $TTL is theirs.
func writeZone(servers []Server, o Options) ([]byte, []Omitted, error) {
	list, left := records(servers)
	zone := zoneName(o.Zone)
	var b strings.Builder
	b.WriteString("; Written by fleet list; changes made here are lost.\n")
	for _, r := range list {
		if _, in := inZone(r.hostname, zone); zone != "" && !in {
			continue
		}
		for _, a := range r.addresses {
			fmt.Fprintf(&b, "%s. IN %s %s\n", r.hostname, recordType(a), a)
		}
	}
	return []byte(b.String()), left, nil
}

// zoneName is a zone as hostnames are compared with it.
func zoneName(zone string) string { return strings.ToLower(strings.Trim(zone, ".")) }
