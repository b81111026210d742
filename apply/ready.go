package apply

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply/health"
	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// watch is the watch of a server, or of a group by its gate.
type watch struct {
	health.Watch
	name, id string // of the server; "": it is a gate
	groups   []int  // for which it is watched
}

func newWatch(name, id string, probes []fleet.Probe, holds time.Duration, groups []int) *watch {
	return &watch{Watch: health.Watch{Probes: probes, For: holds}, name: name, id: id, groups: groups}
}

// watch begins to watch a server.
func (g *rolling) watch(name, id string) *watch {
	w := g.watches[id]
	if w == nil {
		rule := g.rules[name]
		w = newWatch(name, id, rule.Ready, rule.ReadyFor, rule.Groups)
		g.watches[id] = w
	}
	return w
}

// due are the watches whose probes are to be asked, now or later.
func (g *rolling) due() iter.Seq[*watch] {
	active := make([]bool, len(g.world.Groups))
	for i := range active {
		active[i] = g.world.Active(i)
	}
	due := func(w *watch) bool {
		return !w.Busy && len(w.Probes) > 0 && (g.isAwaited(w.id) || slices.ContainsFunc(w.groups, func(i int) bool { return active[i] }))
	}
	return func(yield func(*watch) bool) {
		for _, w := range g.gates {
			if due(w) && !yield(w) {
				return
			}
		}
		for _, w := range g.watches {
			if due(w) && !yield(w) {
				return
			}
		}
	}
}

// probe asks the servers and gates whose time has come.
func (g *rolling) probe(now time.Time) {
	for w := range g.due() {
		if now.Before(w.Next) {
			continue
		}
		w.Busy = true
		var asked time.Time
		var err error
		t := g.target(w.name, w.id)
		g.do(func(ctx context.Context) {
			asked = time.Now()
			err = g.run.ask(ctx, w.Probes, t)
		}, func() {
			awaited := w.id == "" || g.isAwaited(w.id)
			changed := w.Answer(asked, err, awaited, time.Now())
			g.dirty = g.dirty || changed
		})
	}
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

// target is the server that probes and commands are about.
func (g *rolling) target(name, id string) Target {
	t := Target{Name: name, ID: id, Labels: g.labels[name]}
	e := g.run.cache.entries[id]
	t.Location = e.Location
	if e.IPAddress != nil {
		t.IP = *e.IPAddress
	}
	if e.Hostname != nil {
		t.Hostname = *e.Hostname
	}
	return t
}

// ready is a job that waits until its server passes its probes.
type ready struct {
	health.Arrival
	job *job
	id  string // of the server
}

// await waits until a job's server is ready.
func (g *rolling) await(j *job, s planner.Ready) {
	x := &ready{job: j, id: cmp.Or(s.ID, j.made)}
	now, rule, rebooted := time.Now(), g.rules[j.name], time.Time{}
	w := g.watch(j.name, x.id)
	w.Next = now
	if s.Rebooted {
		rebooted = cmp.Or(s.Since, j.answered)
		w.Restart(now) // that was the old boot, for all that is known
	}
	x.Arrival = health.NewArrival(now, rebooted, rule.MinDown, rule.ReadyFor, rule.ReadyTimeout)
	x.Evidence = j.left
	g.readies = append(g.readies, x)
	if j.turn != nil {
		j.turn.Readying = true
	}
	g.run.reports[j.tasks[0].report].begin(planner.TargetReady)
	g.run.emit(WaitStarted{Name: j.name, ID: x.id, Target: planner.TargetReady})
}

func (g *rolling) isAwaited(id string) bool {
	return slices.ContainsFunc(g.readies, func(x *ready) bool { return x.id == id })
}

// read takes in a server that was read alone: one that has left active is being booted anew.
func (g *rolling) read(s observe.Reading) {
	g.dirty = true
	for _, x := range g.readies {
		if s.Err == nil && x.id == s.ID && s.Server.Status != planner.StatusActive {
			x.Left(s.Asked)
		}
	}
}

// check lets the jobs go on whose servers are ready, and ends the waits that have lasted
// too long.
func (g *rolling) check(now time.Time) {
	for _, x := range slices.Clone(g.readies) {
		w := g.watches[x.id]
		switch {
		case g.is(x.id, planner.StatusActive) && x.Over(&w.Watch, now):
			g.leaveReady(x)
			if _, member := g.ids[x.job.name]; member {
				g.ids[x.job.name] = x.id
			}
			g.run.advance(x.job)
		case !now.Before(x.Until):
			g.give(x, &Error{Reason: planner.Reason{Code: planner.CodeUnhealthy}, Err: w.Why})
		}
	}
}

// give ends a wait that nobody waits for any longer, and its task with it.
func (g *rolling) give(x *ready, why *Error) {
	g.leaveReady(x)
	if t := x.job.turn; t != nil && t.State == rollout.InFlight {
		t.unready = true
	}
	g.run.end(x.job, Unknown, why)
	g.run.advance(x.job)
}

// leaveReady ends a wait, well or not.
func (g *rolling) leaveReady(x *ready) {
	g.dirty = true
	g.readies = slices.DeleteFunc(slices.Clone(g.readies), func(o *ready) bool { return o == x })
	if t := x.job.turn; t != nil {
		t.Readying = false
	}
	g.run.reports[x.job.tasks[0].report].passed()
}

// is reports whether a server has a status by the newest that was seen of it.
func (g *rolling) is(id string, s planner.Status) bool {
	e, known := g.run.cache.entries[id]
	return known && e.Status == s
}
