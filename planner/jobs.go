package planner

import (
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// Job is what happens to one server, one thing after another: first it is waited
// for, if it is in transition, then come its changes. Jobs are independent of each
// other, but for what they need.
type Job struct {
	Name    string
	Wait    int   // index into Plan.Waits, or -1
	Changes []int // indexes into Plan.Changes, in order
	Needs   []int // jobs that have to be done first, because they release the name that this one claims
}

// jobKey tells jobs apart: by name, because a server to be created has no id
// yet; but a delete by id, because the name may live on in another server.
type jobKey struct{ name, id string }

// Jobs divides a plan into jobs, in the plan's order: creates come before deletes. Each
// needs those without which its changes cannot be done.
func (p *Plan) Jobs() []Job {
	var list []Job
	at := make(map[jobKey]int)
	job := func(name, id string, deletes bool) int {
		key := jobKey{name: name}
		if deletes {
			key = jobKey{id: id}
		}
		i, ok := at[key]
		if !ok {
			i, at[key] = len(list), len(list)
			list = append(list, Job{Name: name, Wait: -1})
		}
		return i
	}
	of := make([]int, len(p.Changes)) // the job of each change
	deleted := make(map[string]bool)
	for i, c := range p.Changes {
		s, deletes := c.About(), c.Action() == ActionDelete
		deleted[s.ID] = deleted[s.ID] || deletes
		of[i] = job(s.Name, s.ID, deletes)
		list[of[i]].Changes = append(list[of[i]].Changes, i)
	}
	for i, w := range p.Waits {
		list[job(w.Name, w.ID, deleted[w.ID])].Wait = i
	}
	for c, needs := range p.needs() {
		for _, before := range needs {
			if of[before] != of[c] {
				list[of[c]].Needs = append(list[of[c]].Needs, of[before])
			}
		}
	}
	return list
}

// Task is one of a job's changes, or its wait, with the steps that it takes.
type Task struct {
	Change int // index into Plan.Changes; -1: it is the wait
	Wait   int // index into Plan.Waits; -1: it is a change
	Steps  []Step
}

// Tasks are what a job takes, in order. rule is what the policies say about its server,
// nil where they say nothing. With turns the job waits for a turn even without a rule:
// its server is not to be disrupted unasked.
func (p *Plan) Tasks(j Job, rule *Rule, turns bool) []Task {
	var tasks []Task
	if j.Wait >= 0 {
		tasks = append(tasks, Task{-1, j.Wait, p.Waits[j.Wait].steps(rule)})
	}
	first := p.turn(j)
	for n, i := range j.Changes {
		stops := n+1 < len(j.Changes) && p.Changes[j.Changes[n+1]].Action() == ActionStop
		steps := rule.steps(p.Changes[i], stops)
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
	if rule != nil && len(rule.Drain) > 0 {
		steps = append(steps, Drain{p.Changes[j.Changes[0]].About().ID})
	}
	return steps
}

// steps are those of a wait.
func (w Wait) steps(rule *Rule) (steps []Step) {
	if w.From != w.To {
		steps = append(steps, Await{ID: w.ID, Target: Target(w.To), From: w.From})
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
