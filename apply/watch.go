package apply

import (
	"context"
	"errors"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

const (
	// probeEvery is the time between two probes of a server that is to become ready.
	probeEvery = time.Second

	// reprobeEvery is the time between two probes of one that is ready.
	reprobeEvery = 5 * time.Second
)

// watch is what probes have told of one server.
type watch struct {
	id, name string
	probes   []fleet.Probe
	holds    time.Duration // for which they have to hold
	first    time.Time     // when it was first asked; zero: never
	last     time.Time     // when it was last asked
	since    time.Time     // since when the probes hold; zero: they do not
	failed   time.Time     // when one last failed; zero: never
	why      error         // what it told
	ready    bool          // it has been ready
	busy     bool
	next     time.Time
}

// probed is what a server's probes have told.
type probed struct {
	id    string
	asked time.Time
	err   error
}

func (probed) isMessage() {}

// watch begins to watch a server.
func (g *rolling) watch(id, name string) *watch {
	w := g.watches[id]
	if w == nil {
		rule := g.rules[name]
		w = &watch{id: id, name: name, probes: rule.Ready, holds: rule.ReadyFor, next: time.Now()}
		g.watches[id] = w
	}
	return w
}

// held reports whether all probes have held for long enough.
func (w *watch) held() bool {
	return len(w.probes) == 0 || !w.since.IsZero() && w.last.Sub(w.since) >= w.holds
}

// health is how a server is by its probes. That it is not ready is known when it has
// had the time to be.
func (w *watch) health(now time.Time) rollout.Health {
	switch {
	case w.held():
		return rollout.Ready
	case w.ready:
		return rollout.Unready
	case w.first.IsZero() || w.failed.IsZero() || now.Sub(w.first) < w.holds:
		return rollout.Unchecked
	}
	return rollout.Unready
}

// health is how a member's server is; nobody asks one that is not there.
func (g *rolling) health(name, id string, now time.Time) rollout.Health {
	if id == "" {
		return rollout.Unready
	}
	return g.watch(id, name).health(now)
}

// recovering reports whether a server that is not ready has been so until a moment ago.
func (g *rolling) recovering(name string, now time.Time) bool {
	w := g.watches[g.members[name].id]
	return w != nil && w.ready && now.Sub(w.last) < w.holds
}

// due reports whether a server is to be asked.
func (g *rolling) due(w *watch) bool {
	if w.busy || len(w.probes) == 0 {
		return false
	}
	for _, i := range g.rules[w.name].Groups {
		if g.groups[i].active {
			return true
		}
	}
	return g.isAwaited(w.id)
}

// probe asks the servers and gates that are due.
func (g *rolling) probe(now time.Time) {
	for _, w := range g.watches {
		if g.due(w) && !now.Before(w.next) {
			w.busy = true
			id, probes, t := w.id, w.probes, g.target(w.name, w.id)
			g.do(func(ctx context.Context) message {
				asked := time.Now()
				return probed{id, asked, g.run.ask(ctx, probes, t)}
			})
		}
	}
	for i, group := range g.groups {
		if group.active && len(group.Policy.Gate) > 0 && !group.gateBusy && !now.Before(group.gateNext) {
			group.gateBusy = true
			g.do(func(ctx context.Context) message {
				asked := time.Now()
				return gateAsked{i, asked, g.run.ask(ctx, group.Policy.Gate, Target{})}
			})
		}
	}
}

// nextProbe is when a server or a gate is due next; zero: none is.
func (g *rolling) nextProbe() (next time.Time) {
	for _, w := range g.watches {
		if g.due(w) {
			next = sooner(next, w.next)
		}
	}
	for _, group := range g.groups {
		if group.active && len(group.Policy.Gate) > 0 && !group.gateBusy {
			next = sooner(next, group.gateNext)
		}
	}
	return next
}

// errNoProber is why no probe holds, and no command is run, without a Prober.
var errNoProber = errors.New("there is nothing to ask servers with")

// ask asks one probe after another, until one does not hold.
func (r Runner) ask(ctx context.Context, probes []fleet.Probe, t Target) error {
	for _, p := range probes {
		if r.Prober == nil {
			return errNoProber
		}
		if err := r.Prober.Probe(ctx, p, t); err != nil {
			return err
		}
	}
	return nil
}

// probed takes in what a server's probes have told.
func (g *rolling) probed(p probed) {
	w := g.watches[p.id]
	now := time.Now()
	before := w.health(now)
	w.busy, w.last, w.why = false, p.asked, p.err
	if w.first.IsZero() {
		w.first = p.asked
	}
	switch {
	case p.err != nil:
		w.since, w.failed = time.Time{}, p.asked
	case w.since.IsZero():
		w.since = p.asked
	}
	w.next = p.asked.Add(probeEvery)
	if w.held() {
		w.ready = true
		if !g.isAwaited(w.id) {
			w.next = p.asked.Add(reprobeEvery)
		}
	}
	g.dirty = g.dirty || w.health(now) != before
}

// gateAsked is what the gate of a group has told.
type gateAsked struct {
	group int
	asked time.Time
	err   error
}

func (gateAsked) isMessage() {}

// gateAsked takes in what a gate has told. What was asked before a turn began tells
// nothing of the group as it is since.
func (g *rolling) gateAsked(a gateAsked) {
	group := g.groups[a.group]
	group.gateBusy, group.gateNext, group.gateWhy = false, a.asked.Add(probeEvery), a.err
	switch {
	case a.err != nil:
		group.gate = time.Time{}
	case group.gate.IsZero() && !a.asked.Before(group.gateFrom):
		group.gate, g.dirty = a.asked, true
	}
}

// target is the server that probes and commands are about.
func (g *rolling) target(name, id string) Target {
	t := Target{Name: name, ID: id}
	e := g.run.cache.entries[id]
	t.Location = e.Location
	if e.IPAddress != nil {
		t.IP = *e.IPAddress
	}
	if e.Hostname != nil {
		t.Hostname = *e.Hostname
	}
	if m := g.members[name]; m != nil {
		t.Labels = m.Labels
		return t
	}
	for _, c := range g.run.plan.Changes {
		if about := c.About(); about.Name == name {
			t.Labels = about.Labels
		}
	}
	return t
}

// do does something beside the loop, not too much of it at a time.
func (g *rolling) do(what func(context.Context) message) {
	g.busy++
	go func() {
		g.slots <- struct{}{}
		m := what(g.ctx)
		<-g.slots
		g.run.messages <- m
	}()
}

// is reports whether a server has a status by the newest that was seen of it.
func (g *rolling) is(id string, s planner.Status) bool {
	e, known := g.run.cache.entries[id]
	return known && e.Status == s
}
