package apply

import (
	"cmp"
	"context"
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

// forget notes that nothing is left to be known of a server. A job may wait for that.
func (g *rolling) forget(name string, j *job) {
	delete(g.marks, name)
	g.do(func(ctx context.Context) errand {
		return forgotten{j, g.run.mark(ctx, rollout.Mark{Server: &rollout.ServerMark{Name: name}})}
	})
}

// forgotten is that nothing is left to be known of a server.
type forgotten struct {
	job     *job // that waits for it; nil: none does
	unnoted error
}

func (g *rolling) forgotten(e forgotten) {
	g.unnoted(e.unnoted)
	if e.job != nil {
		g.run.advance(e.job)
	}
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
		if n.busy || n.err != nil || mark.SaysAs(n.kept) {
			continue
		}
		n.busy = true
		g.do(func(ctx context.Context) errand {
			return kept{i, mark, g.run.mark(ctx, rollout.Mark{Group: &mark})}
		})
	}
}

// kept is that the mark of a group was noted.
type kept struct {
	group   int
	mark    rollout.GroupMark
	unnoted error
}

func (g *rolling) kept(e kept) {
	n := &g.notes[e.group]
	if n.busy, n.err = false, e.unnoted; n.err == nil {
		n.kept = e.mark
	}
	g.unnoted(e.unnoted)
	g.keep()
}

// isNoted reports whether the state knows how far a turn's groups have come, or why that
// cannot be. Nobody waits until it knows who has begun, which his own mark tells.
func (g *rolling) isNoted(t *turn) (noted bool, err error) {
	noted = true
	for _, p := range t.In {
		n, mark := g.notes[p.Group], g.world.Mark(p.Group)
		mark.Begun = n.kept.Begun
		noted, err = noted && mark.SaysAs(n.kept), cmp.Or(err, n.err)
	}
	return noted, err
}
