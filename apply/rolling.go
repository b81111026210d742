package apply

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply/health"
	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// rolling is the part of the loop's state that is about rollouts, windows and probes.
// What may begin, and how far groups have come, is the world's to say, and how servers
// are is that of their watches. In this file it is made and driven; gate.go decides who
// begins, ready.go asks servers how they are and waits until they are ready, hooks.go
// runs commands, and marks.go notes what later runs have to know. What takes time is an
// errand, of errand.go.
//
// Each promise of a rollout is kept in one place: rollout.Decide lets no more be away than
// are allowed, and none go past a failed canary; hooks.go restores who was drained; and
// World.Recall goes on with a run that was cut off, by marks that are noted before what
// they are about.
type rolling struct {
	run     *run
	rules   map[string]*planner.Rule
	world   rollout.World
	turns   []*turn                       // those of the world, in its order
	members []string                      // of all groups
	ids     map[string]string             // of the servers that these are by now, by name; "": none is there
	labels  map[string]fleet.Labels       // of servers, by name
	seen    map[string]planner.Server     // the servers as they were seen last, by id, also those that are gone
	marks   map[string]rollout.ServerMark // by name
	notes   []note                        // of the groups' marks
	watches []*watch                      // first those of the groups, in their order, then those of servers
	servers map[string]*watch             // of these, those of servers, by id
	told    []rollout.GroupResult
	unread  error // why nobody knows what earlier runs have left

	dirty  bool      // the decision may be another one
	wake   time.Time // when it may be by the clock; zero: never
	asked  time.Time // when the newest list was asked for; zero: none has come
	tried  time.Time // when a list came, or could not be read
	busy   int       // probes, commands and notes that are under way
	slots  chan struct{}
	ctx    context.Context // of these
	cancel context.CancelFunc
}

// turn is a turn of the world, and the job whose it is. It is early until the job has come
// to it.
type turn struct {
	*rollout.Turn
	job     *job
	unready bool // it was begun, in whichever run, and its server has not become ready
	touched bool // a request that disrupts the server was sent, and may have been taken
}

// moment is how long after something has happened a decision is made, so that what
// happens at once counts together.
const moment = 10 * time.Millisecond

func newRolling(r *run) *rolling {
	g := &rolling{
		run: r, rules: r.plan.Rules(), ids: make(map[string]string), labels: make(map[string]fleet.Labels), seen: make(map[string]planner.Server), marks: make(map[string]rollout.ServerMark),
		servers: make(map[string]*watch), slots: make(chan struct{}, errandsAtOnce), dirty: true,
		notes: make([]note, len(r.plan.Rollouts)), told: make([]rollout.GroupResult, len(r.plan.Rollouts)),
	}
	g.world = rollout.World{AllowSelf: r.AllowSelf, OverrideFreeze: r.OverrideFreeze != "", Members: make(map[string]rollout.Member)}
	for _, c := range r.plan.Changes {
		g.labels[c.About().Name] = c.About().Labels
	}
	for i, group := range r.plan.Rollouts {
		g.world.Groups = append(g.world.Groups, rollout.NewGroup(group, r.began))
		gate := health.Watch{Probes: group.Policy.Gate, For: group.Policy.ReadyFor.Duration, Often: true}
		g.watches = append(g.watches, &watch{Watch: gate, groups: []int{i}})
		for _, m := range group.Servers {
			g.members = append(g.members, m.Name)
			g.ids[m.Name], g.labels[m.Name] = m.ID, m.Labels
			g.seen[m.ID] = planner.Server{}
		}
	}
	for _, s := range r.seen {
		if _, member := g.seen[s.ID]; member {
			g.seen[s.ID] = s
		}
	}
	return g
}

// newTurn makes a job's turn; nil where nothing is disrupted.
func (g *rolling) newTurn(j *job, self bool) *turn {
	if !slices.ContainsFunc(j.tasks, func(t task) bool { _, ok := t.steps[0].(planner.Turn); return ok }) {
		return nil
	}
	var changes []planner.Change
	for _, task := range j.tasks {
		if task.report < len(g.run.plan.Changes) {
			changes = append(changes, g.run.plan.Changes[task.report])
		}
	}
	t := rollout.NewTurn(g.run.plan, j.name, g.rules[j.name], changes)
	t.Early, t.Self, t.Estimate = true, self, t.Estimate+j.usual()
	t.AllowUnready = t.AllowUnready || slices.Contains(g.run.AllowUnready, j.name)
	return &turn{Turn: t, job: j}
}

// recall takes in what earlier runs have left, and goes on with that.
func (g *rolling) recall(ctx context.Context) {
	marks, err := g.run.State.Marks(ctx)
	g.unread = err
	for _, m := range marks {
		if s := m.Server; s != nil && g.fits(*s) {
			g.marks[s.Name] = *s
		}
	}
	for _, j := range g.run.jobs {
		if _, member := g.ids[j.name]; member && j.turn == nil && !g.marks[j.name].Disrupted.IsZero() {
			j.turn = &turn{Turn: rollout.NewTurn(g.run.plan, j.name, g.rules[j.name], nil), job: j, touched: true}
		}
		if j.turn != nil {
			g.turns = append(g.turns, j.turn)
			g.world.Turns = append(g.world.Turns, j.turn.Turn)
		}
	}
	g.world.Recall(marks, g.run.EndPauses)
}

// fits reports whether a mark is about the server that has the name by now.
func (g *rolling) fits(s rollout.ServerMark) bool {
	id, member := g.ids[s.Name]
	return member && (s.ID == "" || id == "" || s.ID == id)
}

// begin makes ready for the first step.
func (g *rolling) begin(ctx context.Context) {
	g.ctx, g.cancel = context.WithCancel(ctx)
	if len(g.world.Groups) > 0 && g.run.stopped == nil {
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
	if g.run.stopped != nil || len(g.turns) == 0 {
		g.wake = time.Time{}
		return
	}
	if g.dirty {
		g.wake = rollout.Sooner(g.wake, now.Add(moment))
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
	next := g.wake
	for w := range g.due() {
		next = rollout.Sooner(next, w.Next)
	}
	now := time.Now()
	for w := range g.awaited() {
		next = rollout.Sooner(next, w.Wake(now))
	}
	return next
}

// listed takes in that a list has come.
func (g *rolling) listed(l observe.Listing) {
	g.dirty, g.tried = true, time.Now()
	if l.Err == nil {
		g.asked = l.Asked
	}
	for _, s := range l.Servers {
		if _, member := g.seen[s.ID]; member {
			g.see(s)
		}
	}
}

// see keeps what a server was seen to be. It has an address for good, although an answer
// may be from before.
func (g *rolling) see(s planner.Server) {
	s.IPAddress = cmp.Or(s.IPAddress, g.seen[s.ID].IPAddress)
	g.seen[s.ID] = s
}

// waiting reports whether something goes on by itself.
func (g *rolling) waiting() bool {
	return g.busy > 0 || slices.ContainsFunc(g.turns, func(t *turn) bool { return t.Waits() }) ||
		slices.ContainsFunc(g.watches, func(w *watch) bool { return w.job != nil })
}

// abandon ends what waits, because the run stops.
func (g *rolling) abandon() {
	for w := range g.awaited() {
		g.give(w, g.run.stopped.before(planner.TargetReady, planner.StatusActive))
	}
	for _, t := range g.turns {
		if t.Waits() {
			g.stop(t)
			g.run.advance(t.job)
		}
	}
}

// stop ends a turn because the run stops.
func (g *rolling) stop(t *turn) {
	g.world.Drop(t.Turn, rollout.Hold{Reason: g.run.stopped.Reason, Awaits: rollout.AwaitsNothing})
}

// left ends the turn of a job that has ended. After the last job it ends what is under
// way, and notes and tells how far the groups have come.
func (g *rolling) left(j *job) {
	g.dirty = true
	if t := j.turn; t != nil {
		g.world.GoOn(t.Turn, time.Now())
		failed := t.unready || j.failed != ""
		if failed && t.State == rollout.InFlight && g.run.stopped != nil {
			g.stop(t) // it was cut off, which is no failure of its rollout
		} else {
			t.End(failed)
		}
	}
	if g.run.open > 0 {
		return
	}
	g.cancel()
	if len(g.world.Groups) > 0 {
		g.tell(g.decision(time.Now()))
	}
}

// decision is what may begin now. How far groups have come by it is noted.
func (g *rolling) decision(now time.Time) rollout.Decision {
	g.look(now)
	d := rollout.Decide(g.world)
	g.world.Take(d)
	g.keep()
	return d
}
