package planner

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/fleet"
)

// Rule is what the policies of a plan say about one server.
type Rule struct {
	Groups       []int         // indexes into Plan.Rollouts
	Ready        []fleet.Probe // by which it is ready: its own, and those of its groups
	ReadyFor     time.Duration // for which they have to hold
	ReadyTimeout time.Duration
	MinDown      time.Duration // a reboot without evidence of a new boot is not over before
	Windows      []fleet.Window
	Freezes      []fleet.Freeze
	Drain        []fleet.Command // of its groups
	Restore      []fleet.Command // likewise

	named, timed []string // its policies as the digest has them: rollouts and probes, windows and freezes
}

// awaitsReady reports whether more than the API's status tells whether it is ready.
func (r *Rule) awaitsReady() bool { return len(r.Groups) > 0 || len(r.Ready) > 0 }

// Rules are what the policies say about servers, by the names of their entries; nothing
// about one that is not among them.
func (p *Plan) Rules() map[string]*Rule {
	rules := make(map[string]*Rule)
	rule := func(name string) *Rule {
		if rules[name] == nil {
			rules[name] = &Rule{}
		}
		return rules[name]
	}
	for _, ready := range p.Ready {
		identity := probesIdentity(ready.Ready)
		for _, name := range ready.Names {
			*rule(name) = Rule{Ready: ready.Ready, ReadyFor: fleet.DefaultReadyFor, ReadyTimeout: fleet.DefaultReadyTimeout, named: []string{identity}}
		}
	}
	for i, g := range p.Rollouts {
		identity := rolloutIdentity(g.Policy)
		for _, m := range g.Servers {
			rule(m.Name).join(i, g.Policy, identity)
		}
	}
	for _, w := range p.Windows {
		identity := windowIdentity(w)
		for name := range p.waiting(w.Pick) {
			r := rule(name)
			r.Windows, r.timed = append(r.Windows, w), append(r.timed, identity)
		}
	}
	for _, f := range p.Freezes {
		identity := freezeIdentity(f)
		for name := range p.waiting(f.Pick) {
			r := rule(name)
			r.Freezes, r.timed = append(r.Freezes, f), append(r.timed, identity)
		}
	}
	return rules
}

// join adds a group's policy. Of times the longest counts.
func (r *Rule) join(group int, policy fleet.Rollout, identity string) {
	r.Groups, r.named = append(r.Groups, group), append(r.named, identity)
	r.Ready = slices.Concat(r.Ready, policy.Ready)
	r.ReadyFor = max(r.ReadyFor, policy.ReadyFor.Duration)
	r.ReadyTimeout = max(r.ReadyTimeout, policy.ReadyTimeout.Duration)
	r.MinDown = max(r.MinDown, policy.MinDown.Duration)
	if policy.Drain != nil {
		r.Drain = append(r.Drain, *policy.Drain)
	}
	if policy.Restore != nil {
		r.Restore = append(r.Restore, *policy.Restore)
	}
}

// of are the policies that have a say in a change.
func (r *Rule) of(c Change) (policies []string) {
	if r == nil {
		return nil
	}
	if rolls(c) {
		policies = append(policies, r.named...)
	}
	if waitsForWindow(c) {
		policies = append(policies, r.timed...)
	}
	return policies
}

// Commands are all that carrying a plan out may run.
func (p *Plan) Commands() (list []fleet.Command) {
	add := func(commands ...*fleet.Command) {
		for _, c := range commands {
			if c != nil {
				list = append(list, *c)
			}
		}
	}
	probes := func(probes []fleet.Probe) {
		for _, probe := range probes {
			add(probe.Command)
		}
	}
	for _, g := range p.Rollouts {
		add(g.Policy.Drain, g.Policy.Restore)
		probes(g.Policy.Gate)
		probes(g.Policy.Ready)
	}
	for _, r := range p.Ready {
		probes(r.Ready)
	}
	return list
}
