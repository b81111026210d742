package apply

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply/health"
	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// watch is the watch of a server, or of a group by its gate, and the job that waits until
// the server is ready.
type watch struct {
	health.Watch
	name, id string // of the server; "": it is a gate
	groups   []int  // for which it is watched

	health.Arrival
	job *job // nil: none waits
}

// watch begins to watch a server.
func (g *rolling) watch(name, id string) *watch {
	w := g.servers[id]
	if w == nil {
		rule := g.rules[name]
		w = &watch{Watch: health.Watch{Probes: rule.Ready, For: rule.ReadyFor}, name: name, id: id, groups: rule.Groups}
		g.servers[id] = w
		g.watches = append(g.watches, w)
	}
	return w
}

// due are the watches whose probes are to be asked, now or later: of servers that are
// waited for, and of all that groups watch whose rollouts go on.
func (g *rolling) due() iter.Seq[*watch] {
	active := make([]bool, len(g.world.Groups))
	for i := range active {
		active[i] = g.world.Active(i)
	}
	return func(yield func(*watch) bool) {
		for _, w := range g.watches {
			wanted := w.job != nil || slices.ContainsFunc(w.groups, func(i int) bool { return active[i] })
			if wanted && !w.Busy && len(w.Probes) > 0 && !yield(w) {
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
		probes, t := w.Probes, g.target(w.name, w.id)
		g.do(func(ctx context.Context) errand {
			asked := time.Now()
			return probed{w, asked, firstError(probes, func(p fleet.Probe) error { return g.run.Prober.Probe(ctx, p, t) })}
		})
	}
}

// probed is what the probes of a server, or of a gate, have told.
type probed struct {
	watch *watch
	asked time.Time
	err   error // why it is not well
}

func (g *rolling) probed(e probed) {
	if e.watch.Answer(e.asked, e.err, time.Now()) {
		g.dirty = true
	}
}

// target is the server that probes and commands are about.
func (g *rolling) target(name, id string) Target {
	t := Target{Name: name, ID: id, Labels: g.labels[name]}
	if e, known := g.run.cache.entries[id]; known {
		g.see(e.Server)
	}
	s := g.seen[id]
	t.Location = s.Location
	if s.IPAddress != nil {
		t.IP = *s.IPAddress
	}
	if s.Hostname != nil {
		t.Hostname = *s.Hostname
	}
	return t
}

// await waits until a job's server is ready.
func (g *rolling) await(j *job, s planner.Ready) {
	now, rule, rebooted := time.Now(), g.rules[j.name], time.Time{}
	w := g.watch(j.name, cmp.Or(s.ID, j.made))
	w.job, w.Next, w.Often = j, now, true
	if s.Rebooted {
		rebooted = cmp.Or(s.Since, j.answered)
		w.Restart(now) // that was the old boot, for all that is known
	}
	w.Arrival = health.NewArrival(now, rebooted, rule.MinDown, rule.ReadyFor, rule.ReadyTimeout)
	w.Evidence = j.left
	if j.turn != nil {
		j.turn.Readying = true
	}
	g.run.reports[j.tasks[0].report].begin(planner.TargetReady)
	g.run.emit(WaitStarted{Name: j.name, ID: w.id, Target: planner.TargetReady})
}

// awaited are the servers that jobs wait for.
func (g *rolling) awaited() iter.Seq[*watch] {
	return func(yield func(*watch) bool) {
		for _, w := range g.watches {
			if w.job != nil && !yield(w) {
				return
			}
		}
	}
}

// read takes in a server that was read alone: one that has left active is being booted anew.
func (g *rolling) read(s observe.Reading) {
	g.dirty = true
	if w := g.servers[s.ID]; w != nil && s.Err == nil && s.Server.Status != planner.StatusActive {
		w.Left(s.Asked)
	}
}

// check lets the jobs go on whose servers are ready, and ends the waits that have lasted
// too long.
func (g *rolling) check(now time.Time) {
	for w := range g.awaited() {
		switch {
		case g.is(w.id, planner.StatusActive) && w.Over(&w.Watch, now):
			j := g.leaveReady(w)
			if _, member := g.ids[j.name]; member {
				g.ids[j.name] = w.id
			}
			g.run.advance(j)
		case !now.Before(w.Until):
			g.give(w, &Error{Reason: planner.Reason{Code: planner.CodeUnhealthy}, Err: w.Why})
		}
	}
}

// give ends a wait that nobody waits for any longer, and its task with it.
func (g *rolling) give(w *watch, why *Error) {
	j := g.leaveReady(w)
	if t := j.turn; t != nil && t.State == rollout.InFlight {
		t.unready = true
	}
	g.run.end(j, Unknown, why)
	g.run.advance(j)
}

// leaveReady ends a job's wait, well or not.
func (g *rolling) leaveReady(w *watch) *job {
	j := w.job
	w.job, w.Often, g.dirty = nil, false, true
	if j.turn != nil {
		j.turn.Readying = false
	}
	g.run.reports[j.tasks[0].report].passed()
	return j
}

// is reports whether a server has a status by the newest that was seen of it.
func (g *rolling) is(id string, s planner.Status) bool {
	e, known := g.run.cache.entries[id]
	return known && e.Status == s
}
