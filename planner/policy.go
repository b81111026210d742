package planner

import (
	"encoding/json"
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// policies are all that decides how a plan is carried out, without the places in the
// file: none for a plan that no policy is about.
func (p *Plan) policies() (list []string) {
	for _, g := range p.Rollouts {
		if !g.changes() {
			continue
		}
		list = append(list, rolloutIdentity(g.Policy))
	}
	for _, w := range p.Windows {
		list = append(list, windowIdentity(w))
	}
	for _, f := range p.Freezes {
		list = append(list, freezeIdentity(f))
	}
	for _, r := range p.Ready {
		r.Ready = withoutFolders(r.Ready)
		list = append(list, policyIdentity("ready", r))
	}
	return list
}

// ruling finds the policies that have a say in a change.
type ruling struct {
	named   map[string][]string // by the names of servers: their rollouts and probes
	picking []picking           // windows and freezes
}

// picking is a policy that chooses servers.
type picking struct {
	fleet.Pick
	identity string
}

func (p *Plan) ruling() ruling {
	r := ruling{named: make(map[string][]string)}
	for _, g := range p.Rollouts {
		identity := rolloutIdentity(g.Policy)
		for _, m := range g.Servers {
			r.named[m.Name] = append(r.named[m.Name], identity)
		}
	}
	for _, ready := range p.Ready {
		identity := policyIdentity("ready", withoutFolders(ready.Ready))
		for _, name := range ready.Names {
			r.named[name] = append(r.named[name], identity)
		}
	}
	for _, w := range p.Windows {
		r.picking = append(r.picking, picking{w.Pick, windowIdentity(w)})
	}
	for _, f := range p.Freezes {
		r.picking = append(r.picking, picking{f.Pick, freezeIdentity(f)})
	}
	return r
}

// of are the policies that have a say in a change, in the order of the plan's.
func (r ruling) of(c Change) (list []string) {
	about := c.About()
	if rolls(c) {
		list = append(list, r.named[about.Name]...)
	}
	for _, x := range r.picking {
		if waitsForWindow(c) && x.Matches(about.Name, about.Labels) {
			list = append(list, x.identity)
		}
	}
	return list
}

func rolloutIdentity(r fleet.Rollout) string {
	r.At = fleet.Pos{}
	r.Gate, r.Ready = withoutFolders(r.Gate), withoutFolders(r.Ready)
	r.Drain, r.Restore = withoutFolder(r.Drain), withoutFolder(r.Restore)
	return policyIdentity("rollout", r)
}

func windowIdentity(w fleet.Window) string {
	w.At = fleet.Pos{}
	return policyIdentity("window", w)
}

func freezeIdentity(f fleet.Freeze) string {
	f.At = fleet.Pos{}
	return policyIdentity("freeze", f)
}

// policyIdentity writes a policy as documents have it.
func policyIdentity(kind string, policy any) string {
	data, _ := json.Marshal(policy) // texts and numbers always encode
	return encodeIdentity(kind, string(data))
}

// withoutFolders leaves out where commands run: another host may have the same files
// elsewhere.
func withoutFolders(probes []fleet.Probe) []fleet.Probe {
	probes = slices.Clone(probes)
	for i := range probes {
		probes[i].Command = withoutFolder(probes[i].Command)
	}
	return probes
}

func withoutFolder(c *fleet.Command) *fleet.Command {
	if c == nil {
		return nil
	}
	alone := *c
	alone.Dir = ""
	return &alone
}
