package apply

import (
	"cmp"
	"context"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// This file runs the drain and restore commands of rollouts. What was drained is restored,
// by this run or by a later one: its mark is noted before the first drain command runs, and
// goes once the last restore command has succeeded.

// drain runs the drain commands of a job's server, once it is noted that they may have
// been run.
func (g *rolling) drain(j *job, id string) {
	mark := g.marks[j.name]
	mark.Name, mark.ID, mark.Drained = j.name, id, time.Now().Round(0)
	g.marks[j.name] = mark
	t := g.target(j.name, id)
	t.PeerIP = g.target(j.name, j.made).IP
	commands := g.rules[j.name].Drain
	g.do(func(ctx context.Context) errand {
		e := drained{job: j}
		if e.unnoted = g.run.mark(ctx, rollout.Mark{Server: &mark}); e.unnoted == nil {
			e.err = g.runAll(ctx, commands, t, PhaseDrain)
		}
		return e
	})
}

// drained is that a job's server was to be drained.
type drained struct {
	job     *job
	unnoted error // nothing was run
	err     error // of a command
}

func (g *rolling) drained(e drained) {
	g.unnoted(e.unnoted)
	switch {
	case e.unnoted != nil:
		g.run.end(e.job, g.run.unstarted(e.job), &Error{Reason: planner.Reason{Code: planner.CodeNotNoted}, Err: e.unnoted})
	case e.err != nil:
		g.failed(e.job, Failed, planner.CodeDrainFailed, e.err)
	}
	g.run.advance(e.job)
}

// restore runs the restore commands of a job's server, where it is drained or new, and
// notes then that nothing is left to be known of it. It reports false where there is
// nothing to do.
func (g *rolling) restore(j *job, s planner.Restore) bool {
	t := g.target(j.name, cmp.Or(s.ID, j.made))
	if s.ID == "" {
		t.PeerIP = g.target(j.name, g.run.reports[j.tasks[0].report].Change.About().ID).IP
	}
	return g.rejoin(j, t, s.New)
}

// rejoin runs the restore commands of a server, and ends its mark; not that of a new one,
// since of the old one something is still to come.
func (g *rolling) rejoin(j *job, t Target, isNew bool) bool {
	mark, marked := g.marks[j.name]
	ends := marked && !isNew
	var commands []fleet.Command
	if isNew || !mark.Drained.IsZero() {
		commands = g.rules[j.name].Restore
	}
	if len(commands) == 0 && !ends {
		return false
	}
	g.do(func(ctx context.Context) errand {
		e := restored{job: j, isNew: isNew, err: g.runAll(ctx, commands, t, PhaseRestore)}
		if ends && e.err == nil {
			e.unnoted = g.run.mark(ctx, rollout.Mark{Server: &rollout.ServerMark{Name: j.name, ID: t.ID}})
		}
		return e
	})
	return true
}

// restored is that a job's server was to be restored.
type restored struct {
	job     *job
	isNew   bool
	err     error // of a command
	unnoted error
}

func (g *rolling) restored(e restored) {
	g.unnoted(e.unnoted)
	switch {
	case e.err == nil && !e.isNew:
		delete(g.marks, e.job.name)
	case e.err != nil && e.job.finished: // what it was drained for has its report already
		g.run.emit(Warning{What: NotRestored, Server: e.job.name, Err: e.err})
	case e.err != nil:
		g.failed(e.job, Unknown, planner.CodeRestoreFailed, e.err)
	}
	g.run.advance(e.job)
}

// failed ends a task whose commands have failed.
func (g *rolling) failed(j *job, o Outcome, code planner.Code, err error) {
	if g.run.stopped != nil {
		g.run.end(j, g.run.unstarted(j), g.run.stopped)
		return
	}
	g.run.end(j, o, &Error{Reason: planner.Reason{Code: code}, Err: err})
}

// finish reports whether something is left to do for a job that has come to its end: a
// server that was drained in vain is restored, and one of which nothing is left to be
// known is noted so.
func (g *rolling) finish(j *job) bool {
	t := j.turn
	mark, marked := g.marks[j.name]
	if t == nil || j.finished || t.State != rollout.InFlight {
		return false
	}
	j.finished = true
	gone := j.failed == "" && t.Destroys && t.Kind != rollout.Restarts
	switch {
	case !marked || t.touched && !gone:
		return false
	case gone:
		g.forget(j.name, j)
		return true
	}
	return g.rejoin(j, g.target(j.name, cmp.Or(mark.ID, j.made, g.ids[j.name])), false)
}

// runAll runs one command after another, until one fails.
func (g *rolling) runAll(ctx context.Context, list []fleet.Command, t Target, phase Phase) error {
	return firstError(list, func(c fleet.Command) error { return g.run.Prober.Run(ctx, c, t, phase) })
}
