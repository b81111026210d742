package apply

import (
	"cmp"
	"context"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// This file runs the commands of rollouts.

// errandOver goes on in the loop with what was done beside it.
type errandOver func()

func (errandOver) isMessage() {}

// do does something beside the loop, not too much of it at a time, and then goes on in
// the loop.
func (g *rolling) do(what func(context.Context), then errandOver) {
	g.busy++
	go func() {
		g.slots <- struct{}{}
		what(g.ctx)
		<-g.slots
		g.run.messages <- then
	}()
}

// drain runs the drain commands of a job's server, once it is noted that they may have
// been run.
func (g *rolling) drain(j *job, id string) {
	mark := g.marks[j.name]
	mark.Name, mark.ID, mark.Drained = j.name, id, time.Now().Round(0)
	g.marks[j.name] = mark
	t := g.target(j.name, id)
	t.PeerIP = g.target(j.name, j.made).IP
	commands := g.rules[j.name].Drain
	var unnoted, err error
	g.do(func(ctx context.Context) {
		if unnoted = g.run.mark(ctx, rollout.Mark{Server: &mark}); unnoted == nil {
			err = g.runAll(ctx, commands, t, PhaseDrain)
		}
	}, func() {
		g.unnoted(unnoted)
		if unnoted != nil {
			g.run.end(j, g.run.unstarted(j), &Error{Reason: planner.Reason{Code: planner.CodeNotNoted}, Err: unnoted})
		} else if err != nil {
			g.failed(j, Failed, planner.CodeDrainFailed, err)
		}
		g.run.advance(j)
	})
}

// restore runs the restore commands of a job's server, where it is drained or new, and
// notes then that nothing is left to be known of it. It reports false where there is
// nothing to do.
func (g *rolling) restore(j *job, s planner.Restore) bool {
	id := cmp.Or(s.ID, j.made)
	t := g.target(j.name, id)
	if s.New {
		old := g.run.reports[j.tasks[0].report].Change.About().ID
		t.PeerIP = g.target(j.name, old).IP
	}
	return g.rejoin(j, t, s.New, func(err error) {
		if err != nil {
			g.failed(j, Unknown, planner.CodeRestoreFailed, err)
		}
	})
}

// rejoin runs the restore commands of a server, and ends its mark; not that of a new one,
// since of the old one something is still to come.
func (g *rolling) rejoin(j *job, t Target, isNew bool, then func(error)) bool {
	mark, marked := g.marks[j.name]
	ends := marked && !isNew
	var commands []fleet.Command
	if isNew || !mark.Drained.IsZero() {
		commands = g.rules[j.name].Restore
	}
	if len(commands) == 0 && !ends {
		return false
	}
	var unnoted, err error
	g.do(func(ctx context.Context) {
		err = g.runAll(ctx, commands, t, PhaseRestore)
		if ends && err == nil {
			unnoted = g.run.mark(ctx, rollout.Mark{Server: &rollout.ServerMark{Name: j.name, ID: t.ID}})
		}
	}, func() {
		g.unnoted(unnoted)
		if err == nil && !isNew {
			delete(g.marks, j.name)
		}
		then(err)
		g.run.advance(j)
	})
	return true
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
		g.forget(j.name, func() { g.run.advance(j) })
		return true
	}
	return g.rejoin(j, g.target(j.name, cmp.Or(mark.ID, j.made)), false, func(err error) {
		if err != nil {
			g.run.emit(Warning{What: NotRestored, Server: j.name, Err: err})
		}
	})
}

// runAll runs one command after another, until one fails.
func (g *rolling) runAll(ctx context.Context, list []fleet.Command, t Target, phase Phase) error {
	return firstError(list, func(c fleet.Command) error { return g.run.Prober.Run(ctx, c, t, phase) })
}
