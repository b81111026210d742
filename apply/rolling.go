package apply

import (
	"context"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// rolling is the part of the loop's state that is about rollouts, windows and probes:
// whose turn it is, who is ready, and what is left for the next run. In this file it
// is made and driven; gate.go decides who begins, watch.go asks servers how they are,
// ready.go waits for that, errand.go runs commands and notes marks.
type rolling struct {
	run     *run
	rules   map[string]*planner.Rule
	groups  []*group
	members map[string]*member // of all groups
	turns   []*turn            // in the order of the jobs
	marks   map[string]ServerMark
	watches map[string]*watch // by the server's id
	readies []*ready
	unread  error // why nobody knows what earlier runs have left

	dirty  bool      // the decision may be another one
	wake   time.Time // when it may be by the clock; zero: never
	asked  time.Time // when the newest list was asked for; zero: none has come
	list   time.Time // when the list is to be read again; zero: when it is wanted
	busy   int       // probes, commands and notes that are under way
	slots  chan struct{}
	ctx    context.Context // of these
	cancel context.CancelFunc
	closed bool
}

// member is a server of some groups, by the name of its entry.
type member struct {
	planner.Member
	id       string // of the server that it is by now; "": none
	was      bool   // it existed, or was being disrupted, before this run, or has been ready in it
	replaced bool   // a new server has taken over
}

// moment is how long after something has happened a decision is made, so that what
// happens at once counts together.
const moment = 10 * time.Millisecond

// errandsAtOnce bounds how many probes and commands are under way at a time.
const errandsAtOnce = 32

func newRolling(r *run) *rolling {
	g := &rolling{run: r, rules: r.plan.Rules(), members: make(map[string]*member), marks: make(map[string]ServerMark),
		watches: make(map[string]*watch), slots: make(chan struct{}, errandsAtOnce), dirty: true}
	for i := range r.plan.Rollouts {
		g.groups = append(g.groups, &group{Group: r.plan.Rollouts[i], progressed: r.began, gateNext: r.began})
		for _, m := range r.plan.Rollouts[i].Servers {
			g.members[m.Name] = &member{Member: m, id: m.ID, was: m.Status != ""}
		}
	}
	return g
}

// recall takes in what earlier runs have left, and makes the turns.
func (g *rolling) recall(ctx context.Context) {
	marks, err := g.run.State.Marks(ctx)
	g.unread = err
	groups := make(map[string]GroupMark)
	for _, m := range marks {
		switch {
		case m.Group != nil:
			groups[m.Group.Name] = *m.Group
		case g.fits(*m.Server):
			g.marks[m.Server.Name] = *m.Server
		}
	}
	for _, j := range g.run.jobs {
		if j.turn != nil {
			g.turns = append(g.turns, j.turn)
		} else if g.underWay(j) {
			j.turn = &turn{job: j, touched: true, Turn: rollout.Turn{Name: j.name, State: rollout.InFlight, In: places(g.run.plan, g.rules[j.name], j.name)}}
			g.turns = append(g.turns, j.turn)
		}
	}
	for i, group := range g.groups {
		group.recall(groups[group.Policy.Name], g.of(i), g.run.Goes)
	}
}

// fits reports whether a mark is about the server that has the name by now.
func (g *rolling) fits(s ServerMark) bool {
	m := g.members[s.Name]
	return m != nil && (s.ID == "" || m.ID == "" || s.ID == m.ID)
}

// underWay reports whether a job goes on with what an earlier run has disrupted.
func (g *rolling) underWay(j *job) bool {
	m := g.members[j.name]
	if m == nil || g.marks[j.name].Disrupted.IsZero() {
		return false
	}
	m.was = true
	return true
}

// of are the turns of a group.
func (g *rolling) of(group int) (list []*turn) {
	for _, t := range g.turns {
		if t.isIn(group) {
			list = append(list, t)
		}
	}
	return list
}

// begin makes ready for the first step.
func (g *rolling) begin(ctx context.Context) {
	g.ctx, g.cancel = context.WithCancel(ctx)
	if len(g.groups) > 0 && g.run.stopped == nil {
		g.run.readList(ctx)
	}
}

// step goes on with whatever can: probes that are due, servers that are ready, and
// turns that may begin.
func (g *rolling) step(ctx context.Context) {
	if g.run.open == 0 {
		g.wake = time.Time{}
		return
	}
	now := time.Now()
	g.probe(now)
	g.check(now)
	if g.run.stopped != nil {
		g.wake = time.Time{}
		return
	}
	if g.dirty {
		g.wake = sooner(g.wake, now.Add(moment))
	}
	g.dirty = false
	if !g.wake.IsZero() && !now.Before(g.wake) {
		g.wake = time.Time{}
		g.decide(ctx, now)
	}
	if g.dirty {
		g.wake = now // what it has done counts at once
	}
}

// next is when there is something to do next; zero: when something has happened.
func (g *rolling) next() time.Time {
	return sooner(g.wake, sooner(g.nextProbe(), g.nextReady()))
}

// sooner is the first of two times, of which zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// listed takes in that a list has come.
func (g *rolling) listed(l listing) {
	g.dirty = true
	if l.err == nil {
		g.asked = l.asked
	}
}

// waiting reports whether something goes on by itself.
func (g *rolling) waiting() bool {
	return g.busy > 0 || len(g.readies) > 0 || slices.ContainsFunc(g.turns, func(t *turn) bool { return t.waiting })
}

// abandon ends what waits, because the run stops.
func (g *rolling) abandon() {
	readies := g.readies
	g.readies = nil
	for _, x := range readies {
		g.give(x, g.run.stopped.before(planner.TargetReady, planner.StatusActive))
	}
	for _, t := range g.turns {
		if t.waiting {
			t.waiting = false
			g.rest(t, GroupStopped, g.run.stopped.Reason)
			g.run.advance(t.job)
		}
	}
}
