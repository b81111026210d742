package planner

import (
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// Disrupts reports whether a change makes its server unavailable for a while, or for
// good. A create-first replacement does not: its new server is ready before the old
// one leaves.
func Disrupts(c Change) bool {
	switch c := c.(type) {
	case *Power:
		return c.Verb != ActionStart && c.ID != ""
	case *Replace:
		return c.Mode == fleet.ReplaceDeleteFirst
	case *Delete:
		return c.Reason.Code != CodeNextFailed
	}
	return false
}

// rolls reports whether a rollout has a say in a change: it disrupts a server, brings
// a new one, or starts one.
func rolls(c Change) bool { return c.Action() != ActionUpdate }

// waitsForWindow reports whether windows and freezes have a say in a change.
func waitsForWindow(c Change) bool { return Disrupts(c) || c.Action() == ActionReplace }

// applyPolicies gives a plan the policies that it is to be carried out by.
func (d *differ) applyPolicies(disturbed map[string]Disturbed) {
	p := d.plan
	p.Windows, p.Freezes = d.fleet.Windows, d.fleet.Freezes
	for _, policy := range d.fleet.Rollouts {
		p.Rollouts = append(p.Rollouts, d.group(policy))
	}
	p.keepPolicies(func(m Member) bool { return disturbed[m.Name].is(d.world.byID[m.ID]) })
	p.awaitDisturbed(disturbed, d.world)
	p.sort()
	p.Ready = d.readiness()
}

// group is a rollout's whole group: its entries' servers, and those that the plan
// deletes because no entry lists them. These have no labels.
func (d *differ) group(policy fleet.Rollout) Group {
	g := Group{Policy: policy}
	for _, x := range d.matches {
		if policy.Matches(x.entry.Name, x.entry.Labels) {
			g.Servers = append(g.Servers, memberOf(x))
		}
	}
	for _, c := range d.plan.Changes {
		del, ok := c.(*Delete)
		if ok && del.Reason.Code == CodeUnlisted && policy.Labels.IsZero() && policy.Matches(del.Name, nil) {
			g.Servers = append(g.Servers, Member{Name: del.Name, ID: del.ID, Location: del.Old.Location, Status: del.Old.Status, Off: true})
		}
	}
	slices.SortStableFunc(g.Servers, func(a, b Member) int { return fleet.CompareNames(a.Name, b.Name) })
	return g
}

func memberOf(x match) Member {
	m := Member{Name: x.entry.Name, Location: x.entry.Location, Labels: x.entry.Labels, Off: x.entry.Absent || x.entry.Status == fleet.StatusStopped}
	if x.live != nil {
		m.ID, m.Location = x.live.ID, x.live.Location
		if m.Status = x.live.Status; !m.Status.Ended() {
			m.Status, _ = x.live.Status.Target()
		}
	}
	return m
}

// keepPolicies keeps the policies that have a say in the plan's changes, and the groups
// with a disturbed server, with their members as the changes leave them. A server that
// is stopped, or gone, and is to stay so is no member; one that the file would not have
// stopped is.
func (p *Plan) keepPolicies(disturbed func(Member) bool) {
	changes := p.byName()
	groups := p.Rollouts
	p.Rollouts = nil
	for _, g := range groups {
		var members []Member
		for _, m := range g.Servers {
			if m = m.after(changes[m.Name]); m.Changes || !m.isOff() {
				members = append(members, m)
			}
		}
		g.Servers = members
		if g.changes() || slices.ContainsFunc(members, disturbed) {
			p.Rollouts = append(p.Rollouts, g)
		}
	}
	p.Windows = keep(p.Windows, func(w fleet.Window) bool { return len(p.waiting(w.Pick)) > 0 })
	p.Freezes = keep(p.Freezes, func(f fleet.Freeze) bool { return len(p.waiting(f.Pick)) > 0 })
}

// regroup narrows the policies of a plan that was narrowed to those that its changes
// still need.
func (p *Plan) regroup() {
	awaited := make(map[string]bool)
	for _, w := range p.Waits {
		awaited[w.Name] = awaited[w.Name] || w.disturbed()
	}
	p.keepPolicies(func(m Member) bool { return awaited[m.Name] })
	about := p.about()
	p.Ready = keep(p.Ready, func(r Readiness) bool {
		return slices.ContainsFunc(r.Names, func(name string) bool { return about[name] })
	})
}

// byName are the changes that rollouts have a say in, by the names of their servers.
func (p *Plan) byName() map[string][]Change {
	changes := make(map[string][]Change)
	for _, c := range p.Changes {
		if rolls(c) {
			changes[c.About().Name] = append(changes[c.About().Name], c)
		}
	}
	return changes
}

// waiting are the names of the chosen servers whose changes wait for windows.
func (p *Plan) waiting(pick fleet.Pick) map[string]bool {
	names := make(map[string]bool)
	for _, c := range p.Changes {
		if about := c.About(); waitsForWindow(c) && pick.Matches(about.Name, about.Labels) {
			names[about.Name] = true
		}
	}
	return names
}

// readiness are the probes of the entries of all that rollouts or changes are about.
// Entries of one range share theirs.
func (d *differ) readiness() (list []Readiness) {
	about := d.plan.about()
	at := make(map[*fleet.Source]int)
	for i := range d.fleet.Servers {
		e := &d.fleet.Servers[i]
		if len(e.Ready) == 0 || !about[e.Name] {
			continue
		}
		if _, seen := at[e.Source]; !seen {
			at[e.Source] = len(list)
			list = append(list, Readiness{Ready: e.Ready})
		}
		list[at[e.Source]].Names = append(list[at[e.Source]].Names, e.Name)
	}
	return list
}

// about are the names of all that rollouts, or changes that they have a say in, are
// about.
func (p *Plan) about() map[string]bool {
	about := make(map[string]bool)
	for name := range p.byName() {
		about[name] = true
	}
	for _, g := range p.Rollouts {
		for _, m := range g.Servers {
			about[m.Name] = true
		}
	}
	return about
}
