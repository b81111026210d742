package inventory

import (
	"cmp"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// record is all addresses of one hostname, those of IPv4 first, without repeats.
type record struct {
	hostname  string // lower case, without a dot at its end
	addresses []netip.Addr
}

// records are the addresses by hostname, in natural order. Several servers may
// have one hostname, as behind round robin.
func records(servers []Server) (list []record, left []Omitted) {
	byHostname := make(map[string]*record)
	for _, s := range servers {
		hostname := strings.ToLower(strings.TrimSuffix(s.Hostname, "."))
		switch {
		case s.Hostname == "":
			left = append(left, Omitted{s, NoHostname})
			continue
		case !isHostname(hostname):
			left = append(left, Omitted{s, BadHostname})
			continue
		}
		r := cmp.Or(byHostname[hostname], &record{hostname: hostname})
		byHostname[hostname] = r
		r.addresses = append(r.addresses, s.Addresses()...)
	}
	for _, r := range byHostname {
		slices.SortFunc(r.addresses, netip.Addr.Compare)
		r.addresses = slices.Compact(r.addresses)
		list = append(list, *r)
	}
	slices.SortFunc(list, func(a, b record) int { return fleet.CompareNames(a.hostname, b.hostname) })
	return list, left
}

// isHostname reports whether DNS takes a lower case text for the name of a host of
// the internet, so with a dot.
func isHostname(text string) bool {
	return len(text) <= 253 && hostname.MatchString(text)
}

var hostname = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// inZone is a hostname without the zone that it is in, "" for the zone's own name.
func inZone(hostname, zone string) (name string, ok bool) {
	if hostname == zone {
		return "", true
	}
	return strings.CutSuffix(hostname, "."+zone)
}

// recordType is the type of a DNS record of an address.
func recordType(a netip.Addr) string {
	if a.Is4() {
		return "A"
	}
	return "AAAA"
}
