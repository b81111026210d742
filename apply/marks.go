package apply

import (
	"cmp"
	"context"
	"reflect"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// This file notes in the state what the next run is to know of rollouts.

// disrupting is the mark to be noted before a change is sent; nil: there is none.
func (g *rolling) disrupting(j *job, c planner.Change) *rollout.Mark {
	if _, member := g.ids[j.name]; !member {
		return nil
	}
	var t *rollout.Turn
	if j.turn != nil {
		t = j.turn.Turn
	}
	s, needed := g.marks[j.name].Before(c, t)
	if !needed {
		return nil
	}
	s.Name = j.name
	return &rollout.Mark{Endpoint: g.run.plan.Endpoint, Account: g.run.plan.Account, Server: &s}
}

// answered takes in what became of a job's change.
func (g *rolling) answered(a answer) {
	j := a.job
	g.dirty = true
	if a.mark != nil {
		g.marks[j.name] = *a.mark.Server
	}
	if a.change.Action() == planner.ActionReboot {
		j.answered, j.left = time.Now(), a.left
	}
	if t := j.turn; t != nil && t.State == rollout.InFlight {
		g.world.GoOn(t.Turn, time.Now())
		t.touched = t.touched || planner.Disrupts(a.change) && (a.outcome == Done || a.outcome == Unknown)
	}
}

// forget notes that nothing is left to be known of a server, and goes on then.
func (g *rolling) forget(name string, then func()) {
	delete(g.marks, name)
	var err error
	g.do(func(ctx context.Context) {
		err = g.run.mark(ctx, rollout.Mark{Server: &rollout.ServerMark{Name: name}})
	}, func() {
		g.unnoted(err)
		then()
	})
}

// unnoted takes in that something was noted, or could not be.
func (g *rolling) unnoted(err error) {
	g.dirty = true
	g.run.stateErr = cmp.Or(g.run.stateErr, err)
}

// note is what the state knows of a group.
type note struct {
	kept rollout.GroupMark
	busy bool  // it is being written
	err  error // why it cannot be
}

// keep notes how far groups have come, one note at a time.
func (g *rolling) keep() {
	for i := range g.notes {
		n, mark := &g.notes[i], g.world.Mark(i)
		if n.busy || n.err != nil || reflect.DeepEqual(mark, n.kept) || len(mark.Turns)+len(n.kept.Turns) == 0 {
			continue
		}
		n.busy = true
		var err error
		g.do(func(ctx context.Context) {
			err = g.run.mark(ctx, rollout.Mark{Group: &mark})
		}, func() {
			if n.busy, n.err = false, err; err == nil {
				n.kept = mark
			}
			g.unnoted(err)
			g.keep()
		})
	}
}

// isNoted reports whether the state knows how far a turn's groups have come, or why that
// cannot be. Nobody waits until it knows who has begun, which his own mark tells.
func (g *rolling) isNoted(t *turn) (noted bool, err error) {
	noted = true
	for _, p := range t.In {
		n, mark := g.notes[p.Group], g.world.Mark(p.Group)
		mark.Begun = n.kept.Begun
		noted, err = noted && reflect.DeepEqual(mark, n.kept), cmp.Or(err, n.err)
	}
	return noted, err
}
