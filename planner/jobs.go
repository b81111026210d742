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

// Jobs divides a plan into jobs, in the plan's order: creates come before deletes.
func (p *Plan) Jobs() []Job {
	b := jobs{at: make(map[jobKey]int)}
	deletes := make(map[string]bool)
	for _, c := range p.Changes {
		if c.Action() == ActionDelete {
			deletes[c.About().ID] = true
		}
	}
	for i, c := range p.Changes {
		s := c.About()
		job := b.job(s.Name, s.ID, c.Action() == ActionDelete)
		job.Changes = append(job.Changes, i)
	}
	for i, w := range p.Waits {
		b.job(w.Name, w.ID, deletes[w.ID]).Wait = i
	}
	b.order(p)
	return b.list
}

// jobKey tells jobs apart: by name, because a server to be created has no id
// yet; but a delete by id, because the name may live on in another server.
type jobKey struct{ name, id string }

type jobs struct {
	list []Job
	at   map[jobKey]int
}

func (b *jobs) job(name, id string, deletes bool) *Job {
	key := jobKey{name: name}
	if deletes {
		key = jobKey{id: id}
	}
	i, ok := b.at[key]
	if !ok {
		i = len(b.list)
		b.at[key] = i
		b.list = append(b.list, Job{Name: name, Wait: -1})
	}
	return &b.list[i]
}

// order lets every job wait for those without which its changes cannot be done.
func (b *jobs) order(p *Plan) {
	of := make([]int, len(p.Changes))
	for i, job := range b.list {
		for _, c := range job.Changes {
			of[c] = i
		}
	}
	for c, needs := range p.needs() {
		job := &b.list[of[c]]
		for _, before := range needs {
			if of[before] != of[c] {
				job.Needs = append(job.Needs, of[before])
			}
		}
	}
}

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
	if rule != nil && rule.drains {
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
