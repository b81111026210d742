package apply

import (
	"context"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// Resting tells, by the names of entries, why servers are not yet as a plan would make
// them: an earlier run has begun with their rollout, which is between two steps, or waits
// for a window or for the end of a freeze.
func (e *Engine) Resting(ctx context.Context, p *planner.Plan) map[string]planner.Reason {
	if len(p.Rollouts) == 0 {
		return nil
	}
	state := e.open(ctx, p.Account)
	if state == nil {
		return nil
	}
	defer e.close(state)
	marks, err := state.Marks(ctx)
	if err != nil {
		e.warn(StateUnread, err)
		return nil
	}
	return resting(p, marks, time.Now())
}

// resting asks what a run would decide that begins now, and keeps what only time, or
// somebody who lets it go on, can change.
func resting(p *planner.Plan, marks []Mark, now time.Time) map[string]planner.Reason {
	left := make(map[string]GroupMark)
	for _, m := range marks {
		if m.Group != nil {
			left[m.Group.Name] = *m.Group
		}
	}
	turns, w := turnsOf(p), rollout.World{Now: now, AllowSelf: true}
	for _, t := range turns {
		w.Turns = append(w.Turns, t.Turn)
	}
	for i, g := range p.Rollouts {
		as := &group{Group: g}
		as.recall(left[g.Policy.Name], slices.DeleteFunc(slices.Clone(turns), func(t *turn) bool { return !t.isIn(i) }), false)
		w.Groups = append(w.Groups, as.world())
		w.Groups[i].ProgressDeadline = 0 // nothing goes on now
	}
	held, why := rollout.Decide(w).Held, make(map[string]planner.Reason)
	for i, t := range turns {
		begun := slices.ContainsFunc(t.In, func(in rollout.Place) bool {
			return slices.Contains(left[p.Rollouts[in.Group].Policy.Name].Turns, t.identity)
		})
		switch held[i].Code {
		case planner.CodePaused, planner.CodeWindow, planner.CodeFreeze:
			if begun {
				why[t.Name] = held[i].Reason
			}
		}
	}
	return why
}

// turnsOf are the turns of a plan's changes that nobody carries out.
func turnsOf(p *planner.Plan) (turns []*turn) {
	rules := p.Rules()
	for _, c := range p.Changes {
		t := &turn{Turn: rollout.Turn{Name: c.About().Name}}
		if t.is(c); t.identity == "" || rules[t.Name] == nil {
			continue
		}
		t.Windows, t.Freezes, t.In = rules[t.Name].Windows, rules[t.Name].Freezes, places(p, rules[t.Name], t.Name)
		turns = append(turns, t)
	}
	return turns
}
