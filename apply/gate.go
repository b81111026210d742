package apply

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

const (
	// relist is the time between two lists while turns wait for servers that others look after.
	relist = 10 * time.Second

	// fresh is how old the list may be, beside the time that it takes, on which a
	// disruption begins.
	fresh = time.Second
)

// join lets a job wait for its turn.
func (g *rolling) join(j *job) {
	j.turn.waiting, g.dirty = true, true
}

// decide asks who may begin, lets them, and ends those that will not in this run.
func (g *rolling) decide(ctx context.Context, now time.Time) {
	turns := g.open()
	if len(turns) == 0 || !g.known(ctx) {
		return
	}
	w := g.world(now, turns)
	d := rollout.Decide(w)
	for i, group := range g.groups {
		group.over(d.Steps[i], now)
	}
	g.keep()
	g.wake = d.Wake
	switch {
	case len(d.Begin) > 0 && !g.current(now):
		g.run.readList(ctx)
	case len(d.Begin) > 0:
		g.let(turns, d.Begin, now)
	}
	g.hold(ctx, turns, d, now)
	g.tell(turns, d, now)
}

// open are the turns that decisions are about.
func (g *rolling) open() []*turn {
	return slices.DeleteFunc(slices.Clone(g.turns), func(t *turn) bool { return t.over })
}

// known reports whether enough is known for a decision at all: how the servers are,
// and what earlier runs have left.
func (g *rolling) known(ctx context.Context) bool {
	switch {
	case g.unread != nil:
		why := &Error{Reason: planner.Reason{Code: planner.CodeNotRead}, Err: g.unread}
		for _, t := range g.turns {
			g.drop(t, why)
		}
		return false
	case len(g.groups) == 0 || !g.asked.IsZero():
		return true
	}
	if !g.run.cache.reading {
		g.list = cmp.Or(g.list, time.Now())
		if now := time.Now(); !now.Before(g.list) {
			g.list = now.Add(relist)
			g.run.readList(ctx)
		}
		g.wake = g.list
	}
	return false
}

// current reports whether the list is new enough for a disruption to begin.
func (g *rolling) current(now time.Time) bool {
	return len(g.groups) == 0 || now.Sub(g.asked) <= g.run.cache.took+fresh
}

// let lets turns begin. Those whose groups are not noted in the state yet wait for that.
func (g *rolling) let(turns []*turn, begin []int, now time.Time) {
	for _, i := range begin {
		t := turns[i]
		switch ok, why := g.isKept(t); {
		case why != nil:
			g.drop(t, &Error{Reason: planner.Reason{Code: planner.CodeNotNoted}, Err: why})
			continue
		case !ok || !t.waiting:
			continue
		}
		t.begin(now)
		for _, p := range t.In {
			group := g.groups[p.Group]
			group.gate, group.gateNext, group.gateFrom, group.progressed = time.Time{}, now, now, now
			group.begin(t)
		}
		g.dirty = true
		g.run.advance(t.job)
	}
}

// isKept reports whether it is noted for later runs how far a turn's groups have come, or
// why that cannot be.
func (g *rolling) isKept(t *turn) (ok bool, why error) {
	ok = true
	for _, p := range t.In {
		group := g.groups[p.Group]
		ok, why = ok && group.noted == group.version, cmp.Or(why, group.unkept)
	}
	return ok, why
}

// hold ends turns that do not begin in this run, and where only time or people can
// change something, all.
func (g *rolling) hold(ctx context.Context, turns []*turn, d rollout.Decision, now time.Time) {
	over, health := d.Over, false
	for i, h := range d.Held {
		t := turns[i]
		health = health || h.Awaits == rollout.AwaitsHealth
		switch {
		case !t.waiting || h.Code == planner.CodeUnready && g.recovering(t.Name, now):
			over = false
		case h.Awaits == rollout.AwaitsNothing:
			g.rest(t, GroupStopped, h.Reason)
			g.drop(t, &Error{Reason: h.Reason})
		}
	}
	for i := range turns {
		if h, held := d.Held[i]; over && held && !turns[i].over {
			g.rest(turns[i], restState[h.Code], h.Reason)
			g.drop(turns[i], &Error{Reason: h.Reason})
		}
	}
	g.progress(turns, d, now)
	if at := g.asked.Add(relist); health && g.run.open > 0 {
		if !at.After(now) {
			g.run.readList(ctx)
			at = now.Add(relist)
		}
		g.wake = sooner(g.wake, at)
	}
}

// progress lets the time not count in which a group waits for nothing but a time.
func (g *rolling) progress(turns []*turn, d rollout.Decision, now time.Time) {
	for i, group := range g.groups {
		waits := false
		for n, h := range d.Held {
			if turns[n].State == rollout.Pending && turns[n].isIn(i) {
				waits = waits || h.Awaits != rollout.AwaitsTime
			}
		}
		if !waits {
			group.progressed = now
		}
	}
}

// restState is how a group is called that waits for a time, by what holds it back.
var restState = map[planner.Code]GroupState{planner.CodePaused: GroupPaused, planner.CodeWindow: GroupWaiting, planner.CodeFreeze: GroupWaiting}

// rest notes how the groups of a turn have come to rest that does not begin in this run:
// the first that is told counts, but what stops them counts more.
func (g *rolling) rest(t *turn, s GroupState, why planner.Reason) {
	for _, p := range t.In {
		group := g.groups[p.Group]
		if group.rest == "" || s == GroupStopped && group.rest != s {
			group.rest, group.why = cmp.Or(s, GroupWaiting), why
		}
	}
}

// drop ends a turn that has not begun.
func (g *rolling) drop(t *turn, why *Error) {
	if t.State != rollout.Pending || !t.waiting {
		return
	}
	t.waiting, t.over, g.dirty = false, true, true
	for _, p := range t.In {
		g.groups[p.Group].stopped = true
	}
	g.run.end(t.job, g.run.unstarted(t.job), why)
	g.run.advance(t.job)
}

// world is all that a decision depends on.
func (g *rolling) world(now time.Time, turns []*turn) rollout.World {
	w := rollout.World{Now: now, Members: make(map[string]rollout.Member, len(g.members)), AllowSelf: g.run.AllowSelf, OverrideFreeze: g.run.OverrideFreeze != ""}
	for _, group := range g.groups {
		group.active = false
		w.Groups = append(w.Groups, group.world())
	}
	for name, m := range g.members {
		w.Members[name] = g.member(name, m, now)
	}
	selves := 0
	for _, t := range turns {
		if t.Self && t.State == rollout.Pending {
			selves++
		}
	}
	for _, t := range turns {
		t.Blocked = t.State == rollout.Pending && (!t.waiting || t.Self && g.run.open > selves || g.isDown(t))
		t.AllowUnready = slices.Contains(g.run.AllowUnready, t.Name) || g.wasStopped(t.Name)
		w.Turns = append(w.Turns, t.Turn)
		for _, p := range t.In {
			g.groups[p.Group].active = g.groups[p.Group].active || t.State == rollout.Pending || t.State == rollout.InFlight
		}
	}
	return w
}

// wasStopped reports whether a server was stopped before the plan: it need not be ready.
func (g *rolling) wasStopped(name string) bool {
	m := g.members[name]
	return m != nil && m.Status == planner.StatusStopped
}

// isDown reports whether a server that is to be rebooted is not there to be.
func (g *rolling) isDown(t *turn) bool {
	m := g.members[t.Name]
	return m != nil && t.Kind == rollout.Restarts && !t.Destroys && !g.is(m.id, planner.StatusActive)
}

// member is how a member is.
func (g *rolling) member(name string, m *member, now time.Time) rollout.Member {
	mark := g.marks[name]
	e, listed := g.run.cache.entries[m.id]
	x := rollout.Member{Active: listed && e.Status == planner.StatusActive, Drained: !mark.Drained.IsZero(), Health: g.health(name, m.id, now)}
	x.New = !m.was || mark.New && !(x.Active && x.Health == rollout.Unchecked) // it may have become ready since it was made
	if !mark.Disrupted.IsZero() {
		x.Health = rollout.Unready
	}
	if m.replaced {
		x.Drained = false // that is the old one
	}
	if mark.New && x.Active && x.Health == rollout.Ready {
		x.New = false
		g.forget(name)
	}
	return x
}

// tell tells how the groups go, where that has changed.
func (g *rolling) tell(turns []*turn, d rollout.Decision, now time.Time) {
	for i, group := range g.groups {
		r := group.result(g.of(i), d.Away[i])
		r.Probe, r.Server = g.unready(i)
		for n := range turns {
			if h, held := d.Held[n]; held && r.State == GroupRunning && r.Why.Code == "" && turns[n].isIn(i) {
				r.Why, r.Until = h.Reason, h.Until
			}
		}
		if !reflect.DeepEqual(group.told, r) {
			group.told = r
			g.run.emit(GroupProgress{r})
		}
	}
}
