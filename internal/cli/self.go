package cli

import (
	"context"
	"net"
	"net/netip"
	"time"

	"github.com/vps-fleet/fleet/internal/state/location"
)

// ownAddresses are those by which a server would be this host, or that of the state.
func (c *command) ownAddresses(ctx context.Context) []netip.Addr {
	own, host := hostAddresses(), location.Host(c.flags.state)
	if host == "" {
		return own
	}
	ctx, cancel := context.WithTimeout(ctx, lookup)
	defer cancel()
	found, _ := net.DefaultResolver.LookupNetIP(ctx, "ip", host) // whoever cannot find it cannot lock it either
	for _, addr := range found {
		own = append(own, addr.Unmap())
	}
	return own
}

// lookup is how long it may take to find the state's host.
const lookup = 5 * time.Second

// hostAddresses are the addresses by which a server would be this host. Those of its
// loopback are everybody's.
func hostAddresses() (own []netip.Addr) {
	all, _ := net.InterfaceAddrs() // without them no server is known to be this host
	for _, a := range all {
		prefix, err := netip.ParsePrefix(a.String())
		if addr := prefix.Addr().Unmap(); err == nil && !addr.IsLoopback() && !addr.IsLinkLocalUnicast() {
			own = append(own, addr.WithZone(""))
		}
	}
	return own
}
