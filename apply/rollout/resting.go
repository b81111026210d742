package rollout

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// Resting tells, by name, why servers are not yet as a plan would make them: an earlier
// run has begun with their rollout, and a run that begins now would find that only time,
// or somebody who lets it go on, can change something.
func Resting(p *planner.Plan, marks []Mark, now time.Time) map[string]planner.Reason {
	w := World{Now: now, AllowSelf: true}
	rules := p.Rules()
	for _, c := range p.Changes {
		name := c.About().Name
		if t := NewTurn(p, name, rules[name], []planner.Change{c}); t.Identity != "" && rules[name] != nil {
			w.Turns = append(w.Turns, t)
		}
	}
	for _, g := range p.Rollouts {
		w.Groups = append(w.Groups, NewGroup(g, time.Time{})) // nothing goes on now, nor is late
	}
	left := lastOfGroups(marks)
	w.Recall(marks, false)
	why := make(map[string]planner.Reason)
	for i, h := range Decide(w).Held {
		t := w.Turns[i]
		begun := slices.ContainsFunc(t.In, func(in Place) bool { return slices.Contains(left[w.Groups[in.Group].Policy.Name].Turns, t.Identity) })
		switch h.Code {
		case planner.CodePaused, planner.CodeWindow, planner.CodeFreeze:
			if begun {
				why[t.Name] = h.Reason
			}
		}
	}
	return why
}
