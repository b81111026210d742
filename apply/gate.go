package apply

import (
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

const (
	// relistEvery is the time between two lists while turns wait for servers that others look after.
	relistEvery = 10 * time.Second

	// fresh is how old the list may be, beside the time that it takes, on which a
	// disruption begins.
	fresh = time.Second
)

// join lets a job wait for its turn.
func (g *rolling) join(j *job) {
	j.turn.Early, g.dirty = false, true
}

// decide asks who may begin, lets them, and ends those that will not in this run.
func (g *rolling) decide(ctx context.Context, now time.Time) {
	if !slices.ContainsFunc(g.turns, func(t *turn) bool { return t.State != rollout.Dropped }) || !g.known(ctx, now) {
		return
	}
	d := g.decision(now)
	g.wake = d.Wake
	switch {
	case len(d.Begin) > 0 && !g.current(now):
		g.run.readList(ctx)
	case len(d.Begin) > 0:
		g.let(d.Begin, now)
	}
	g.hold(ctx, d, now)
	g.tell(d)
}

// known reports whether enough is known for a decision at all: how the servers are,
// and what earlier runs have left.
func (g *rolling) known(ctx context.Context, now time.Time) bool {
	switch {
	case g.unread != nil:
		for _, t := range g.turns {
			g.drop(t, never(planner.CodeNotRead), g.unread)
		}
		return false
	case len(g.world.Groups) == 0 || !g.asked.IsZero():
		return true
	}
	g.relist(ctx, now)
	return false
}

// never is that a turn does not begin in this run.
func never(code planner.Code) rollout.Hold {
	return rollout.Hold{Reason: planner.Reason{Code: code}, Awaits: rollout.AwaitsNothing}
}

// current reports whether the list is new enough for a disruption to begin.
func (g *rolling) current(now time.Time) bool {
	return len(g.world.Groups) == 0 || now.Sub(g.asked) <= g.run.cache.took+fresh
}

// let lets turns begin. Those whose groups are not noted in the state yet wait for that.
func (g *rolling) let(begin []int, now time.Time) {
	for _, i := range begin {
		t := g.turns[i]
		switch noted, err := g.isNoted(t); {
		case err != nil:
			g.drop(t, never(planner.CodeNotNoted), err)
			continue
		case !noted || !t.Waits():
			continue
		}
		g.dirty = true
		g.world.Begin(t.Turn, now)
		for _, p := range t.In {
			g.watches[p.Group].Restart(now)
		}
		t.job.tasks[0].pop()
		g.run.advance(t.job)
	}
}

// hold ends turns that do not begin in this run, and where only time or people can
// change something, all.
func (g *rolling) hold(ctx context.Context, d rollout.Decision, now time.Time) {
	health := false
	for i, h := range d.Held {
		health = health || h.Awaits == rollout.AwaitsHealth
		if h.Awaits == rollout.AwaitsNothing {
			g.drop(g.turns[i], h, nil)
		}
	}
	for i, t := range g.turns {
		if h, held := d.Held[i]; d.Over && held {
			g.drop(t, h, nil)
		}
	}
	if health && g.run.open > 0 {
		g.relist(ctx, now)
	}
}

// relist reads the list again now and then.
func (g *rolling) relist(ctx context.Context, now time.Time) {
	at := g.tried.Add(relistEvery)
	if !at.After(now) {
		g.run.readList(ctx)
		at = now.Add(relistEvery)
	}
	g.wake = rollout.Sooner(g.wake, at)
}

// drop ends a turn that waits, for a reason and what has caused it.
func (g *rolling) drop(t *turn, why rollout.Hold, cause error) {
	if !t.Waits() {
		return
	}
	g.dirty = true
	g.world.Drop(t.Turn, why)
	g.run.end(t.job, g.run.unstarted(t.job), &Error{Reason: why.Reason, Err: cause})
	g.run.advance(t.job)
}

// look brings the world up to date.
func (g *rolling) look(now time.Time) {
	g.world.Now = now
	for i := range g.world.Groups {
		g.world.Groups[i].Gate = g.watches[i].Since
	}
	for _, name := range g.members {
		was, m := g.world.Members[name], g.member(name, g.ids[name], now)
		if m.Recovers = was.Recovers; was.Available() && !m.Available() {
			m.Recovers = now.Add(g.rules[name].ReadyFor)
		}
		g.world.Members[name] = m
	}
	g.world.Moving = g.run.open - g.run.needing
	for _, t := range g.turns {
		t.Blocked = g.isDown(t)
		if t.Waits() {
			g.world.Moving--
		}
	}
}

// isDown reports whether a server that is to be rebooted is not there to be.
func (g *rolling) isDown(t *turn) bool {
	id, member := g.ids[t.Name]
	return member && t.Kind == rollout.Restarts && !t.Destroys && !g.is(id, planner.StatusActive)
}

// member is how a member is. A new one that is ready is new no more.
func (g *rolling) member(name, id string, now time.Time) rollout.Member {
	mark, health := g.marks[name], rollout.Unready
	if id != "" {
		health = g.watch(name, id).Health(now)
	}
	m := mark.Member(id, g.is(id, planner.StatusActive), health)
	if mark.New && m.Active && m.Health == rollout.Ready {
		g.forget(name, nil)
	}
	return m
}

// tell tells how the groups go, where that has changed.
func (g *rolling) tell(d rollout.Decision) {
	for i, r := range g.world.Results(d) {
		r.Probe, r.Server = g.unready(i)
		if !reflect.DeepEqual(g.told[i], r) {
			g.told[i] = r
			g.run.emit(GroupProgress{r})
		}
	}
}

// unready is a server of a group that is waited for, and what its probe has told last.
func (g *rolling) unready(group int) (probe, server string) {
	for w := range g.awaited() {
		if w.job.turn != nil && w.job.turn.IsIn(group) && w.Why != nil {
			return w.Why.Error(), w.name
		}
	}
	return "", ""
}
