package apply

import (
	"cmp"
	"context"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// This file runs the commands of rollouts, and notes in the state what the next run is
// to know.

// errand is what a job waits for that is neither a request nor a server: commands and
// notes.
type errand struct {
	job   *job
	phase Phase
	joins bool // of a restore: of a new server, while of the old one something is still to come
	last  bool // the job ends with it, whatever comes of it
}

// errandOver is what became of an errand.
type errandOver struct {
	errand
	unnoted error // it could not be noted, so nothing was run
	err     error
}

func (errandOver) isMessage() {}

// drain runs the drain commands of a job's server, once it is noted that they may have
// been run.
func (g *rolling) drain(j *job, id string) {
	mark := g.marks[j.name]
	mark.Name, mark.ID, mark.Drained = j.name, id, time.Now().Round(0)
	g.marks[j.name] = mark
	t := g.target(j.name, id)
	t.PeerIP = g.target(j.name, j.made).IP
	commands := g.commands(j.name, PhaseDrain)
	g.do(func(ctx context.Context) message {
		over := errandOver{errand: errand{job: j, phase: PhaseDrain}}
		if over.unnoted = g.run.mark(ctx, Mark{Server: &mark}); over.unnoted == nil {
			over.err = g.run.commands(ctx, commands, t, PhaseDrain)
		}
		return over
	})
}

// restore runs the restore commands of a job's server, where it is drained or new, and
// notes then that nothing is left to be known of it. It reports false where there is
// nothing to do.
func (g *rolling) restore(j *job, s planner.Restore, last bool) bool {
	mark, marked := g.marks[j.name]
	id := cmp.Or(s.ID, j.made)
	var commands []fleet.Command
	if s.New || !mark.Drained.IsZero() {
		commands = g.commands(j.name, PhaseRestore)
	}
	if s.New {
		marked = false // of the old one something is still to come
	}
	if len(commands) == 0 && !marked {
		return false
	}
	t := g.target(j.name, id)
	if s.New {
		t.PeerIP = g.target(j.name, g.old(j)).IP
	}
	g.do(func(ctx context.Context) message {
		over := errandOver{errand: errand{j, PhaseRestore, s.New, last}}
		over.err = g.run.commands(ctx, commands, t, PhaseRestore)
		if marked && over.err == nil {
			over.unnoted = g.run.mark(ctx, Mark{Server: &ServerMark{Name: j.name, ID: id}})
		}
		return over
	})
	return true
}

// old is the id of the server that a job replaces.
func (g *rolling) old(j *job) string { return g.run.reports[j.tasks[0].report].Change.About().ID }

// errandOver goes on with a job whose errand is over.
func (g *rolling) errandOver(o errandOver) {
	j := o.job
	g.dirty = true
	g.run.stateErr = cmp.Or(g.run.stateErr, o.unnoted)
	if o.phase == PhaseRestore && o.err == nil && !o.joins {
		delete(g.marks, j.name)
	}
	code := planner.CodeDrainFailed
	outcome := Failed
	if o.phase == PhaseRestore {
		code, outcome = planner.CodeRestoreFailed, Unknown
	}
	switch {
	case o.last && o.err != nil:
		g.run.emit(Warning{What: NotRestored, Server: j.name, Err: o.err})
	case o.last:
	case o.unnoted != nil && o.phase == PhaseDrain:
		g.run.end(j, g.run.unstarted(j), &Error{Reason: planner.Reason{Code: planner.CodeNotNoted}, Err: o.unnoted})
	case o.err != nil && g.run.stopped != nil:
		g.run.end(j, g.run.unstarted(j), g.run.stopped)
	case o.err != nil:
		g.run.end(j, outcome, &Error{Reason: planner.Reason{Code: code}, Err: o.err})
	}
	g.run.advance(j)
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
		g.do(func(ctx context.Context) message {
			return errandOver{errand: errand{job: j, phase: PhaseRestore, last: true}, unnoted: g.run.mark(ctx, Mark{Server: &ServerMark{Name: j.name}})}
		})
		return true
	}
	return g.restore(j, planner.Restore{ID: mark.ID}, true)
}

// commands are those of all groups of a server.
func (g *rolling) commands(name string, phase Phase) (list []fleet.Command) {
	for _, i := range g.rules[name].Groups {
		c := g.groups[i].Policy.Drain
		if phase == PhaseRestore {
			c = g.groups[i].Policy.Restore
		}
		if c != nil {
			list = append(list, *c)
		}
	}
	return list
}

// commands runs one command after another, until one fails.
func (r Runner) commands(ctx context.Context, list []fleet.Command, t Target, phase Phase) error {
	for _, c := range list {
		if r.Prober == nil {
			return errNoProber
		}
		if err := r.Prober.Run(ctx, c, t, phase); err != nil {
			return err
		}
	}
	return nil
}

// forget notes that nothing is left to be known of a server.
func (g *rolling) forget(name string) {
	delete(g.marks, name)
	g.do(func(ctx context.Context) message {
		return kept{group: -1, err: g.run.mark(ctx, Mark{Server: &ServerMark{Name: name}})}
	})
}

// keep notes how far groups have come, one note at a time.
func (g *rolling) keep() {
	for i, group := range g.groups {
		if group.noted == group.version && !group.stale || group.keeping || group.unkept != nil {
			continue
		}
		group.keeping, group.stale = true, false
		mark, version := group.mark, group.version
		g.do(func(ctx context.Context) message { return kept{i, version, g.run.mark(ctx, Mark{Group: &mark})} })
	}
}

// kept is that something was noted for later runs, or could not be.
type kept struct {
	group   int // -1: it is not about one
	version int // of the group's mark
	err     error
}

func (kept) isMessage() {}

// noted takes in that something was noted, or could not be.
func (g *rolling) noted(k kept) {
	g.dirty = true
	g.run.stateErr = cmp.Or(g.run.stateErr, k.err)
	if k.group < 0 {
		return
	}
	group := g.groups[k.group]
	group.keeping, group.unkept = false, k.err
	if k.err == nil {
		group.noted = k.version
	}
	g.keep()
}
