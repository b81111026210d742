package planner

import (
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// Group is the group of a rollout that a plan touches.
type Group struct {
	Policy  fleet.Rollout `json:"policy"`
	Servers []Member      `json:"servers"` // naturally ordered
}

// Member is a server of a group: one that is to be active after the plan, or one that
// the plan makes leave.
type Member struct {
	Name     string       `json:"name"` // of the entry
	ID       string       `json:"id,omitempty"`
	Location string       `json:"location,omitempty"`
	Labels   fleet.Labels `json:"labels,omitempty"`
	Status   Status       `json:"status,omitempty"`  // that it has, or is about to have, before the plan; "": it does not exist
	Leaves   bool         `json:"leaves,omitempty"`  // the plan stops or deletes it, so it does not count any more
	Changes  bool         `json:"changes,omitempty"` // the plan changes it
}

// Readiness is by which probes of their own entries servers are ready.
type Readiness struct {
	Names []string      `json:"names"`
	Ready []fleet.Probe `json:"ready"`
}

// changes reports whether the plan changes a server of the group.
func (g Group) changes() bool {
	return slices.ContainsFunc(g.Servers, func(m Member) bool { return m.Changes })
}

// awaits reports whether a server of the group was disturbed by an earlier run.
func (g Group) awaits(waits []Wait) bool {
	return slices.ContainsFunc(waits, func(w Wait) bool {
		return w.disturbed() && slices.ContainsFunc(g.Servers, func(m Member) bool { return m.Name == w.Name })
	})
}

// Size is how many servers count among the group's; a % is of these.
func (g Group) Size() (n int) {
	for _, m := range g.Servers {
		if !m.Leaves {
			n++
		}
	}
	return n
}

// Budget is how many of the group may be unavailable at once. Where all of them leave,
// a percentage is of these, and lets one go at least.
func (g Group) Budget() int {
	limit, size := g.Policy.MaxUnavailable, g.Size()
	if size == 0 && limit.N > 0 {
		return max(1, limit.Of(len(g.Servers)))
	}
	return limit.Of(size)
}

// Surge is how many new servers there may be at once beside those that they replace.
func (g Group) Surge() int { return g.Policy.MaxSurge.AtLeast(g.Size()) }

// Steps are how many of the changed servers are done by the end of each step.
func (g Group) Steps() []int {
	changed := 0
	for _, m := range g.Servers {
		if m.Changes {
			changed++
		}
	}
	return g.StepsOf(changed)
}

// StepsOf are how many of so many changed servers are done by the end of each step; the
// last is all of them. A step that adds none is left out.
func (g Group) StepsOf(changed int) (steps []int) {
	size := g.Size()
	for i, s := range g.Policy.Steps {
		n := min(s.AtLeast(size), changed)
		if i == len(g.Policy.Steps)-1 { // 100%, and whoever leaves
			n = changed
		}
		if len(steps) == 0 && n > 0 || len(steps) > 0 && n > steps[len(steps)-1] {
			steps = append(steps, n)
		}
	}
	if len(steps) == 0 || steps[len(steps)-1] < changed {
		steps = append(steps, changed)
	}
	return steps
}

// Disrupts reports whether a change makes its server unavailable for a while, or for
// good. Of a create-first replacement the new server is ready by then.
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
func (d *differ) applyPolicies(m matching, disturbed map[string]Disturbed) {
	changes := d.plan.byName()
	for _, policy := range d.fleet.Rollouts {
		g := Group{Policy: policy}
		for _, x := range m.matches {
			if policy.Matches(x.entry.Name, x.entry.Labels) {
				g.add(memberOf(x), changes[x.entry.Name])
			}
		}
		d.addUnlisted(&g, changes)
		g.sort()
		if g.changes() || slices.ContainsFunc(g.Servers, func(m Member) bool { return disturbed[m.Name].is(d.world.byID[m.ID]) }) {
			d.plan.Rollouts = append(d.plan.Rollouts, g)
		}
	}
	d.plan.awaitDisturbed(disturbed, d.world.World)
	d.plan.sort()
	d.plan.Ready = d.readiness(changes)
	for _, w := range d.fleet.Windows {
		if d.plan.disruptsAny(w.Pick) {
			d.plan.Windows = append(d.plan.Windows, w)
		}
	}
	for _, f := range d.fleet.Freezes {
		if d.plan.disruptsAny(f.Pick) {
			d.plan.Freezes = append(d.plan.Freezes, f)
		}
	}
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

func (p *Plan) disruptsAny(pick fleet.Pick) bool {
	return slices.ContainsFunc(p.Changes, func(c Change) bool {
		return waitsForWindow(c) && pick.Matches(c.About().Name, c.About().Labels)
	})
}

func memberOf(x match) Member {
	m := Member{Name: x.entry.Name, Location: x.entry.Location, Labels: x.entry.Labels}
	if x.live != nil {
		m.ID, m.Location = x.live.ID, x.live.Location
		if m.Status = x.live.Status; !m.Status.Ended() {
			m.Status, _ = x.live.Status.Target()
		}
	}
	if x.entry.Absent && x.live == nil {
		m.Status = StatusStopped // it is gone already
	}
	return m
}

// addUnlisted adds the servers that the plan deletes because no entry lists them.
func (d *differ) addUnlisted(g *Group, changes map[string][]Change) {
	if !g.Policy.Labels.IsZero() {
		return // a server without an entry has no labels
	}
	for _, c := range d.plan.Changes {
		del, ok := c.(*Delete)
		if ok && del.Reason.Code == CodeUnlisted && g.Policy.Matches(del.Name, nil) {
			g.add(Member{Name: del.Name, ID: del.ID, Location: del.Old.Location, Status: del.Old.Status}, []Change{c})
		}
	}
}

// add adds a server as its changes leave it, unless it is of no account: stopped, and
// to stay so.
func (g *Group) add(m Member, changes []Change) {
	m.Changes = len(changes) > 0
	m.Leaves = slices.ContainsFunc(changes, func(c Change) bool {
		return c.Action() == ActionDelete || c.Action() == ActionStop
	})
	if m.Changes || m.Status != StatusStopped {
		g.Servers = append(g.Servers, m)
	}
}

func (g *Group) sort() {
	slices.SortStableFunc(g.Servers, func(a, b Member) int { return fleet.CompareNames(a.Name, b.Name) })
}

// readiness are the probes of the entries of all that rollouts or changes are about.
// Entries of one range share theirs.
func (d *differ) readiness(changes map[string][]Change) (list []Readiness) {
	about := d.plan.about(changes)
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

// regroup lets a narrower plan's groups be as its changes leave them.
func (p *Plan) regroup() {
	changes := p.byName()
	groups := p.Rollouts
	p.Rollouts = nil
	for _, old := range groups {
		g := Group{Policy: old.Policy}
		for _, m := range old.Servers {
			g.add(m, changes[m.Name])
		}
		if g.changes() || g.awaits(p.Waits) {
			p.Rollouts = append(p.Rollouts, g)
		}
	}
	p.Windows = slices.DeleteFunc(slices.Clone(p.Windows), func(w fleet.Window) bool { return !p.disruptsAny(w.Pick) })
	p.Freezes = slices.DeleteFunc(slices.Clone(p.Freezes), func(f fleet.Freeze) bool { return !p.disruptsAny(f.Pick) })
	about := p.about(changes)
	p.Ready = slices.DeleteFunc(slices.Clone(p.Ready), func(r Readiness) bool {
		return !slices.ContainsFunc(r.Names, func(name string) bool { return about[name] })
	})
}

// about are the names of all that rollouts, or changes that they have a say in, are
// about.
func (p *Plan) about(changes map[string][]Change) map[string]bool {
	about := make(map[string]bool)
	for name := range changes {
		about[name] = true
	}
	for _, g := range p.Rollouts {
		for _, m := range g.Servers {
			about[m.Name] = true
		}
	}
	return about
}
