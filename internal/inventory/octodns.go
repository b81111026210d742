package inventory

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// ErrZone is that nobody said which zone to write, and that hostnames do not show
// it either, as they are not all directly below one.
var ErrZone = errors.New("octodns writes one zone, and the servers' hostnames are not all in the same")

// writeOctoDNS is the file of one zone for octoDNS's YamlProvider, named ZONE.yaml
// there. Its names are in the natural order that octoDNS insists on.
func writeOctoDNS(servers []Server, o Options) ([]byte, []Omitted, error) {
	list, left := records(servers)
	zone := zoneName(o.Zone)
	if zone == "" {
		for _, r := range list {
			_, parent, _ := strings.Cut(r.hostname, ".")
			if zone != "" && parent != zone {
				return nil, nil, ErrZone
			}
			zone = parent
		}
	}
	addresses := make(map[string][]netip.Addr) // by name in the zone
	for _, r := range list {
		if name, in := inZone(r.hostname, zone); in {
			addresses[name] = r.addresses
		}
	}
	names := slices.SortedFunc(maps.Keys(addresses), fleet.CompareNames)
	var b strings.Builder
	b.WriteString("---\n# Written by fleet list; changes made here are lost.\n")
	if len(names) == 0 {
		b.WriteString("{}\n")
	}
	for _, name := range names {
		fmt.Fprintf(&b, "'%s':\n", name) // quoted, for on and 10 are names too
		kind := ""
		for _, a := range addresses[name] {
			if recordType(a) != kind {
				kind = recordType(a)
				fmt.Fprintf(&b, "- type: %s\n  values:\n", kind)
			}
			fmt.Fprintf(&b, "  - '%s'\n", a)
		}
	}
	return []byte(b.String()), left, nil
}
