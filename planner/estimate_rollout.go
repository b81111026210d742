package planner

import (
	"slices"
	"time"
)

// This file foresees how long rollouts take, which let only some servers be away at a
// time, and pause between steps.

// rolling are the turns of a plan's rollouts, with the steps of each.
type rolling struct {
	groups []Group
	turns  [][]turnSteps // of each group
}

// turnSteps are the steps of one server's turn.
type turnSteps struct {
	steps  []Step
	ready  time.Duration // for which its probes have to hold
	surges bool
}

// add adds a job that has a turn to its groups.
func (r *rolling) add(rule *Rule, steps []Step) {
	turn := turnSteps{steps: steps}
	if len(rule.Ready) > 0 {
		turn.ready = rule.ReadyFor
	}
	turns := false
	for i, s := range steps {
		_, is := s.(Turn)
		turns = turns || is
		if is && i+1 < len(steps) {
			request, creates := steps[i+1].(Request)
			turn.surges = creates && request.Change.Action() == ActionCreate
		}
	}
	if !turns {
		return
	}
	for _, g := range rule.Groups {
		r.turns[g] = append(r.turns[g], turn)
	}
}

// end is when the last of the rollouts ends, pauses included.
func (r *rolling) end(o EstimateOptions, provisioning Range, longest bool) (end time.Duration) {
	ends := make(map[string]time.Duration)
	for range r.groups { // as often as it may take until those that come first are known
		for i, g := range r.groups {
			var begin time.Duration
			for _, first := range g.Policy.After {
				begin = max(begin, ends[first])
			}
			ends[g.Policy.Name] = begin + r.takes(i, o, provisioning, longest)
			end = max(end, ends[g.Policy.Name])
		}
	}
	return end
}

// takes is how long one rollout takes: so many rounds in each step.
func (r *rolling) takes(group int, o EstimateOptions, provisioning Range, longest bool) time.Duration {
	g, turns := r.groups[group], r.turns[group]
	if len(turns) == 0 {
		return 0
	}
	var round time.Duration
	atOnce := max(g.Budget(), 1)
	if slices.ContainsFunc(turns, func(t turnSteps) bool { return t.surges }) {
		atOnce = max(g.Surge(), 1)
	}
	for _, t := range turns {
		round = max(round, o.takes(t.steps, provisioning, longest)+t.ready)
	}
	steps := g.StepsOf(len(turns))
	rounds, done := 0, 0
	for _, n := range steps {
		rounds += (n - done + atOnce - 1) / atOnce
		done = n
	}
	return time.Duration(rounds)*round + time.Duration(len(steps)-1)*g.Policy.Pause.For.Duration
}

// takes is how long a row of steps takes by itself.
func (o EstimateOptions) takes(steps []Step, provisioning Range, longest bool) (takes time.Duration) {
	for _, s := range steps {
		if a, ok := s.(Await); ok {
			takes += o.waits(a, provisioning, longest)
		}
		takes += time.Duration(Requests(s)) * o.Latency
	}
	return takes
}
