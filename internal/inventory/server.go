package inventory

import (
	"net/netip"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// Server is a live server, with what the fleet file says of it.
type Server struct {
	ID       string
	Name     string
	Status   string
	IPv4     netip.Addr // not valid: the server has none
	IPv6     netip.Addr // not valid: the server has none, or nobody asked
	Hostname string     // "": the server has none
	Location string
	Plan, OS planner.Named
	Monthly  *fleet.Money      // price a month; nil: the API does not tell
	Labels   map[string]string // of its entry
	Listed   string            // file:line of its entry; "": no entry lists it
	Drift    []string          // the fields in which it differs from its entry
}

// SetAddresses takes the texts that the API calls ip_address and ipv6_address,
// each by the family that it is of. A text that is no address of one host, such
// as 0.0.0.0 while a server is being made, counts as none.
func (s *Server) SetAddresses(texts ...*string) {
	for _, text := range texts {
		if text == nil {
			continue
		}
		a, err := netip.ParseAddr(strings.TrimSpace(*text))
		a = a.Unmap()
		switch {
		case err != nil || a.Zone() != "" || a.IsUnspecified() || a.IsMulticast():
		case a.Is4():
			s.IPv4 = a
		default:
			s.IPv6 = a
		}
	}
}

// Addresses are those that the server has, IPv4 first.
func (s *Server) Addresses() (list []netip.Addr) {
	for _, a := range []netip.Addr{s.IPv4, s.IPv6} {
		if a.IsValid() {
			list = append(list, a)
		}
	}
	return list
}

// address is what to reach the server at, IPv4 where it has one. It is not valid
// where the server has none.
func (s *Server) address() netip.Addr {
	if s.IPv4.IsValid() {
		return s.IPv4
	}
	return s.IPv6
}
