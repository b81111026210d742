package cli

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/probe"
	"github.com/vps-fleet/fleet/internal/probe/emulated"
	"github.com/vps-fleet/fleet/internal/state/location"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// onceFlags are for one run, so that their variables do not count.
var onceFlags = []string{"reboot", "replace", "start", "stop", "allow-unready", "override-freeze"}

// checkOverrides refuses a freeze that is overridden for no reason, and servers without
// a name.
func (f *flags) checkOverrides(set *pflag.FlagSet) error {
	blank := func(s string) bool { return strings.TrimSpace(s) == "" }
	switch {
	case set.Changed("override-freeze") && blank(f.overrides.OverrideFreeze):
		return refusal{"--override-freeze gives no reason", "say why, such as --override-freeze 'security update', for those who read the report"}
	case slices.ContainsFunc(f.overrides.AllowUnready, blank):
		return refusal{"--allow-unready names no server", "give the name of an entry, as the plan shows it"}
	}
	return nil
}

// prober asks the servers how they are: those of the sandbox where there is one, since
// no network reaches them. Commands run on this host in any case.
func (c *command) prober(sandbox *emulator.Emulator) apply.Prober {
	real := probe.New(c.Environ)
	if sandbox == nil {
		return real
	}
	return emulated.Prober{Emulator: sandbox, Others: real}
}

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
