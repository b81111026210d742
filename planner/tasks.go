package planner

import (
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// Task is one of a job's changes, or its wait, with the steps that it takes.
type Task struct {
	Change int // index into Plan.Changes; -1: it is the wait
	Wait   int // index into Plan.Waits; -1: it is a change
	Steps  []Step
}

// Tasks are what a job takes, in order, by what the policies say about its server: nil
// where they say nothing. Whoever has to ask before a server is disrupted, whatever the
// policies say, wants a turn all the same.
func (p *Plan) Tasks(j Job, rule *Rule, turns bool) []Task {
	var tasks []Task
	if j.Wait >= 0 {
		tasks = append(tasks, Task{-1, j.Wait, p.Waits[j.Wait].steps(rule)})
	}
	first := p.turn(j)
	for n, i := range j.Changes {
		steps := Steps(p.Changes[i])
		if rule != nil {
			stops := n+1 < len(j.Changes) && p.Changes[j.Changes[n+1]].Action() == ActionStop
			steps = rule.steps(p.Changes[i], steps, stops)
		}
		if n == first && (rule != nil || turns) {
			steps = slices.Concat(p.begin(j, rule), steps)
		}
		tasks = append(tasks, Task{i, -1, steps})
	}
	return tasks
}

// turn is the index, among a job's changes, of the one at which its disruption begins;
// -1 where nothing is disrupted. With the reboot that it brings, an update is one.
func (p *Plan) turn(j Job) int {
	for n, i := range j.Changes {
		c := p.Changes[i]
		switch {
		case c.Action() == ActionReboot && c.About().Reason.Code != CodeAskedFor && p.Changes[j.Changes[0]].Action() == ActionUpdate:
			return 0
		case waitsForWindow(c):
			return n
		}
	}
	return -1
}

// begin are the steps before a job's disruption. A create-first replacement drains the
// old server once the new one is ready.
func (p *Plan) begin(j Job, rule *Rule) []Step {
	steps := []Step{Turn{}}
	for _, i := range j.Changes {
		if r, ok := p.Changes[i].(*Replace); ok && r.Mode == fleet.ReplaceCreateFirst {
			return steps
		}
	}
	if rule != nil && rule.drains {
		steps = append(steps, Drain{p.Changes[j.Changes[0]].About().ID})
	}
	return steps
}

// steps are those of a change with what the policies ask for. A server that is to be
// stopped at once need not be ready first.
func (r *Rule) steps(c Change, steps []Step, stops bool) []Step {
	switch c := c.(type) {
	case *Replace:
		return r.replaceSteps(c, steps, stops)
	case *Create:
		if !stops {
			return append(steps, r.comeBack("", false)...)
		}
	case *Power:
		if c.Verb != ActionStop {
			return append(steps, r.comeBack(c.ID, c.Verb == ActionReboot)...)
		}
	}
	return steps
}

// comeBack are the steps until a server serves again.
func (r *Rule) comeBack(id string, rebooted bool) (steps []Step) {
	if r.awaitsReady() {
		steps = append(steps, Ready{ID: id, Rebooted: rebooted})
	}
	if len(r.Groups) > 0 {
		steps = append(steps, Restore{ID: id})
	}
	return steps
}

// replaceSteps adds, for create-first, that the new server takes over before the old
// one leaves.
func (r *Rule) replaceSteps(c *Replace, steps []Step, stops bool) (all []Step) {
	if c.Mode == fleet.ReplaceDeleteFirst {
		if stops {
			return steps
		}
		return append(steps, r.comeBack("", false)...)
	}
	for _, s := range steps {
		request, ok := s.(Request)
		if ok && request.Change.Action() == ActionDelete && !stops {
			all = append(all, r.takeOver(c.ID)...)
		}
		all = append(all, s)
	}
	return all
}

// takeOver are the steps between a new server that is active and the end of the old one.
func (r *Rule) takeOver(old string) (steps []Step) {
	if r.awaitsReady() {
		steps = append(steps, Ready{})
	}
	if r.restores {
		steps = append(steps, Restore{New: true}, Ready{})
	}
	if r.drains {
		steps = append(steps, Drain{old})
	}
	return steps
}

// steps are those of a wait.
func (w Wait) steps(rule *Rule) (steps []Step) {
	if w.From != w.To {
		steps = append(steps, w.Step())
	}
	if rule != nil && w.disturbed() {
		since := w.Disrupted
		if since.IsZero() {
			since = w.Drained
		}
		steps = append(steps, Ready{ID: w.ID, Rebooted: !w.Disrupted.IsZero(), Since: since}, Restore{ID: w.ID})
	}
	return steps
}
