package estimate

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// This file foresees how long rollouts take, which let only some servers be away at a
// time, and pause between steps.

// group is a rollout's group, with the turns of its servers.
type group struct {
	planner.Group
	turns []turn
}

// turn is what one server takes.
type turn struct {
	steps  []planner.Step
	ready  time.Duration // for which its probes have to hold
	surges bool
}

// add adds a job that has a turn to its groups.
func add(groups []group, rule *planner.Rule, steps []planner.Step) {
	at := slices.Index(steps, planner.Step(planner.Turn{}))
	if at < 0 {
		return
	}
	t := turn{steps: steps}
	if len(rule.Ready) > 0 {
		t.ready = rule.ReadyFor
	}
	if at+1 < len(steps) {
		request, ok := steps[at+1].(planner.Request)
		t.surges = ok && request.Change.Action() == planner.ActionCreate
	}
	for _, g := range rule.Groups {
		groups[g].turns = append(groups[g].turns, t)
	}
}

// endOfRollouts is when the last of the rollouts ends, pauses included.
func (f forecast) endOfRollouts(groups []group) (end time.Duration) {
	ends := make(map[string]time.Duration)
	for range groups { // as often as it may take until those that come first are known
		for _, g := range groups {
			var begin time.Duration
			for _, first := range g.Policy.After {
				begin = max(begin, ends[first])
			}
			ends[g.Policy.Name] = begin + f.rollout(g)
			end = max(end, ends[g.Policy.Name])
		}
	}
	return end
}

// rollout is how long one rollout takes: so many rounds in each step.
func (f forecast) rollout(g group) time.Duration {
	if len(g.turns) == 0 {
		return 0
	}
	atOnce := max(g.Budget(), 1)
	if slices.ContainsFunc(g.turns, func(t turn) bool { return t.surges }) {
		atOnce = max(g.Surge(), 1)
	}
	var round time.Duration
	for _, t := range g.turns {
		round = max(round, f.takes(t.steps)+t.ready)
	}
	steps := g.StepsOf(len(g.turns))
	rounds, done := 0, 0
	for _, n := range steps {
		rounds += (n - done + atOnce - 1) / atOnce
		done = n
	}
	return time.Duration(rounds)*round + time.Duration(len(steps)-1)*g.Policy.Pause.For.Duration
}

// takes is how long a row of steps takes by itself.
func (f forecast) takes(steps []planner.Step) (takes time.Duration) {
	for _, s := range steps {
		if a, ok := s.(planner.Await); ok {
			takes += f.waits(a)
		}
		takes += time.Duration(planner.Requests(s)) * f.Latency
	}
	return takes
}
