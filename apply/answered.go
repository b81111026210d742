package apply

import (
	"cmp"
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// answered takes a job back from a worker.
func (r *run) answered(a answer) {
	r.working--
	r.handled++
	j := a.job
	t := &j.tasks[0]
	r.reports[t.report].passed()
	r.intents = append(r.intents, a.begun...)
	r.stateErr = cmp.Or(r.stateErr, a.stateErr)
	r.cache.done(a.deeds)
	if a.outcome == Done || !a.down.IsZero() {
		r.down = a.down
	}
	r.rolling.answered(a)
	if a.why != nil {
		r.stopFor(a.why)
		r.noCreates = cmp.Or(a.noCreates(), r.noCreates)
	}
	switch unclear := a.unclear(); {
	case unclear != nil:
		t.unresolved = &unresolved{intents: []Intent{*unclear}, until: time.Now().Add(r.Settle), why: a.why.Err}
		t.steps = append([]planner.Step{planner.Resolve{Create: a.change.(*planner.Create)}}, t.steps...)
	case a.outcome == Done:
		t.acted, t.steps = true, t.steps[1:]
		j.made = cmp.Or(a.made, j.made)
	case a.outcome == NotStarted:
		r.end(j, r.outcomeUnsent(j), a.why)
	default:
		r.end(j, a.outcome, a.why)
	}
	r.advance(j)
}

// outcomeUnsent is the outcome of a task whose step was begun, but not sent after all. Its
// earlier steps may have changed something.
func (r *run) outcomeUnsent(j *job) Outcome {
	switch t := j.tasks[0]; {
	case t.acted:
		return Unknown
	case j.resolved > 0:
		return Failed
	}
	return NotStarted
}
