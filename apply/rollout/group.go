package rollout

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// This file keeps the books of groups.

// NewGroup is a plan's group before its rollout goes on.
func NewGroup(g planner.Group, now time.Time) Group {
	group := Group{Policy: &g.Policy, Planned: g, MaxUnavailable: g.Budget(), MaxSurge: g.Surge(), Progressed: now}
	for _, m := range g.Servers {
		if !m.Leaves {
			group.Members = append(group.Members, m.Name)
		}
	}
	return group
}

// Recall lets the groups go on where earlier runs of their rollouts have come to. A
// person who says so ends a manual pause.
func (w *World) Recall(marks []Mark, goes bool) {
	left := lastOfGroups(marks)
	for i := range w.Groups {
		g := &w.Groups[i]
		w.recall(i, left[g.Policy.Name])
		if goes && g.Policy.Pause.Manual {
			g.Released = g.StepsOver
		}
	}
}

// recall lets a group go on. Its rollout is the same as long as something of it is left.
func (w *World) recall(group int, left GroupMark) {
	var now []string
	under := 0
	for _, t := range w.Turns {
		switch {
		case !t.IsIn(group):
		case t.Identity == "":
			under++
		default:
			now = append(now, t.Identity)
		}
	}
	wanted := func(identity string) bool { return slices.Contains(now, identity) }
	if under == 0 && !slices.ContainsFunc(left.Turns, wanted) {
		left = GroupMark{}
	}
	g := &w.Groups[group]
	g.Progress, g.Begun, g.Disrupted = left.Progress, left.Begun, -under
	for _, identity := range left.Turns {
		begun := slices.Contains(left.Begun, identity)
		if begun && !wanted(identity) {
			g.Disrupted++
		}
		if begun || wanted(identity) { // else nobody wants it any more
			g.Wanted = append(g.Wanted, identity)
		}
	}
	g.Disrupted = max(g.Disrupted, 0)
	for _, identity := range now {
		if !slices.Contains(left.Turns, identity) {
			g.Wanted = append(g.Wanted, identity)
		}
	}
	g.Steps = g.Planned.StepsOf(len(g.Wanted))
}

// Mark is what later runs have to know of a group.
func (w *World) Mark(group int) GroupMark {
	g := &w.Groups[group]
	m := GroupMark{Name: g.Policy.Name, Progress: g.Progress}
	m.Disrupted = 0 // they count themselves
	if slices.ContainsFunc(w.Turns, func(t *Turn) bool { return t.IsIn(group) && t.State != Done }) {
		m.Turns, m.Begun = g.Wanted, g.Begun
	}
	return m
}

// Take takes in what a decision has found out: which steps are over, and which groups
// wait for nothing but a time, which is not held against them.
func (w *World) Take(d Decision) {
	for i := range w.Groups {
		g := &w.Groups[i]
		waits := false
		for n, h := range d.Held {
			waits = waits || w.Turns[n].IsIn(i) && h.Awaits != AwaitsTime
		}
		if !waits {
			g.Progressed = w.Now
		}
		if d.Steps[i] > g.StepsOver {
			g.StepsOver, g.OverAt, g.Progressed = d.Steps[i], w.Now.Round(0), w.Now
		}
	}
}

// Active reports whether turns of a group have not ended.
func (w *World) Active(group int) bool {
	return slices.ContainsFunc(w.Turns, func(t *Turn) bool {
		return t.IsIn(group) && !t.Over()
	})
}

// Begin lets a turn begin. What a gate has told before tells nothing any more.
func (w *World) Begin(t *Turn, now time.Time) {
	t.State = InFlight
	w.GoOn(t, now)
	for _, p := range t.In {
		g := &w.Groups[p.Group]
		g.Gate = time.Time{}
		if !slices.Contains(g.Begun, t.Identity) {
			g.Begun = append(slices.Clip(g.Begun), t.Identity)
		}
	}
}

// GoOn notes that a turn has gone on.
func (w *World) GoOn(t *Turn, now time.Time) {
	for _, p := range t.In {
		w.Groups[p.Group].Progressed = now
	}
}

// Drop ends a turn that does not begin, or go on, in this run, and has its groups say why:
// the first reason counts, but what stops a group counts more.
func (w *World) Drop(t *Turn, why Hold) {
	t.State = Dropped
	rest := GroupWaiting
	switch {
	case why.Awaits == AwaitsNothing:
		rest = GroupStopped
	case why.Code == planner.CodePaused:
		rest = GroupPaused
	}
	for _, p := range t.In {
		g := &w.Groups[p.Group]
		if g.rest == "" || rest == GroupStopped && g.rest != rest {
			g.rest, g.why = rest, why.Reason
		}
	}
}
