package apply

import (
	"cmp"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// ready is a job that waits until its server passes its probes.
type ready struct {
	planner.Ready
	job      *job
	rule     *planner.Rule
	answered time.Time // when its reboot was answered
	evidence bool      // of a new boot: the status has left active since
	until    time.Time
}

// await waits until a job's server is ready.
func (g *rolling) await(j *job, s planner.Ready) {
	s.ID = cmp.Or(s.ID, j.made)
	rule := g.rules[j.name]
	now := time.Now()
	x := &ready{Ready: s, job: j, rule: rule, answered: cmp.Or(s.Since, j.answered), evidence: j.left, until: now.Add(rule.ReadyTimeout)}
	w := g.watch(s.ID, j.name)
	w.next = now
	if s.Rebooted {
		w.since = time.Time{} // that was the old boot, for all that is known
		if end := x.answered.Add(rule.MinDown + rule.ReadyFor); end.After(x.until) {
			x.until = end
		}
	}
	g.readies, j.readying = append(g.readies, x), true
	g.run.reports[j.tasks[0].report].begin(planner.TargetReady)
	g.run.emit(WaitStarted{Name: j.name, ID: s.ID, Target: planner.TargetReady})
}

func (g *rolling) isAwaited(id string) bool {
	return slices.ContainsFunc(g.readies, func(x *ready) bool { return x.ID == id })
}

// saw takes in the status of a server: one that has left active is being booted anew.
func (g *rolling) saw(id string, status planner.Status, asked time.Time) {
	for _, x := range g.readies {
		if x.ID == id && status != planner.StatusActive && asked.After(x.answered) {
			x.evidence = true
		}
	}
}

// is reports whether a server is ready: after a reboot, for all that is known, in its
// new boot. Without evidence of that the old one gets some time to go.
func (x *ready) is(w *watch, now time.Time) bool {
	booted := !x.Rebooted || x.evidence || w.failed.After(x.answered) || !now.Before(x.answered.Add(x.rule.MinDown))
	return booted && w.held()
}

// check lets the jobs go on whose servers are ready, and ends the waits that have lasted
// too long.
func (g *rolling) check(now time.Time) {
	for _, x := range slices.Clone(g.readies) {
		w := g.watches[x.ID]
		switch {
		case !slices.Contains(g.readies, x): // another has ended it
		case g.is(x.ID, planner.StatusActive) && x.is(w, now):
			g.remove(x)
			g.came(x)
		case !now.Before(x.until):
			g.remove(x)
			g.give(x, &Error{Reason: planner.Reason{Code: planner.CodeUnhealthy}, Err: w.why})
		}
	}
}

// nextReady is when a wait may end by the clock; zero: none may.
func (g *rolling) nextReady() (next time.Time) {
	now := time.Now()
	for _, x := range g.readies {
		at := x.until
		if booted := x.answered.Add(x.rule.MinDown); x.Rebooted && booted.After(now) && booted.Before(at) {
			at = booted
		}
		next = sooner(next, at)
	}
	return next
}

func (g *rolling) remove(x *ready) {
	x.job.readying = false
	g.readies = slices.DeleteFunc(slices.Clone(g.readies), func(o *ready) bool { return o == x })
}

// came ends a wait well.
func (g *rolling) came(x *ready) {
	j := x.job
	g.run.reports[j.tasks[0].report].passed()
	if m := g.members[j.name]; m != nil {
		m.replaced = m.replaced || m.id != "" && m.id != x.ID
		m.id, m.was = x.ID, true
	}
	g.dirty = true
	g.run.advance(j)
}

// give ends a wait that nobody waits for any longer, and its task with it.
func (g *rolling) give(x *ready, why *Error) {
	g.dirty, x.job.readying = true, false
	if t := x.job.turn; t != nil && t.State == rollout.InFlight {
		t.unready = true
	}
	g.run.reports[x.job.tasks[0].report].passed()
	g.run.end(x.job, Unknown, why)
	g.run.advance(x.job)
}
