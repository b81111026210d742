package inventory

import (
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// writeNames is the servers' names, one a line.
func writeNames(servers []Server, _ Options) ([]byte, []Omitted, error) {
	var b strings.Builder
	for _, s := range servers {
		b.WriteString(fleet.Escape(s.Name) + "\n")
	}
	return []byte(b.String()), nil, nil
}

// writeIP is an address of each server, one a line.
func writeIP(servers []Server, o Options) (text []byte, left []Omitted, err error) {
	var b strings.Builder
	for _, s := range servers {
		a := s.address()
		if o.IPv6 {
			a = s.IPv6
		}
		if !a.IsValid() {
			left = append(left, Omitted{s, NoAddress})
			continue
		}
		b.WriteString(a.String() + "\n")
	}
	return []byte(b.String()), left, nil
}
