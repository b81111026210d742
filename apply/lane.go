package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// notStarted is why a step was never begun: nothing was sent for it.
type notStarted struct{ why error }

func (e notStarted) Error() string { return e.why.Error() }
func (e notStarted) Unwrap() error { return e.why }

// unknown is why nobody can tell whether a step took effect.
type unknown struct{ why error }

func (e unknown) Error() string { return e.why.Error() }
func (e unknown) Unwrap() error { return e.why }

// advance carries a lane on as far as it goes without waiting: to its next wait,
// which the watcher takes over, or to its end.
func (r *run) advance(ctx context.Context, l *lane) {
	defer r.handed()
	for len(l.tasks) > 0 {
		t := &l.tasks[0]
		if len(t.steps) == 0 {
			r.end(l, nil)
			continue
		}
		if why := r.stopped(); why != nil {
			r.end(l, r.cutShort(t, why))
			continue
		}
		if l.failed {
			r.end(l, notStarted{errors.New("what comes before it was not done")})
			continue
		}
		switch s := t.steps[0].(type) {
		case awaitStep:
			t.steps = t.steps[1:]
			r.await(l, s)
			return
		case settleStep:
			t.steps = t.steps[1:]
			r.settle(l, s)
			return
		}
		r.begun(t)
		err := r.do(ctx, l, t.steps[0])
		r.reports[t.report].passed()
		var unclear unclearCreate
		switch {
		case errors.As(err, &unclear):
			t.steps = append([]step{r.settleStep(unclear)}, t.steps...)
		case err != nil:
			r.end(l, l.inPart(err))
		default:
			t.acted, t.steps = true, t.steps[1:]
		}
	}
	r.leave(l)
}

// cutShort is how a task ends that a stop finds at a step not yet begun: it was
// not started at all, or it was and the rest is missing.
func (r *run) cutShort(t *task, why error) error {
	if r.reports[t.report].Started.IsZero() {
		return notStarted{why}
	}
	switch s := t.steps[0].(type) {
	case awaitStep:
		return unknown{fmt.Errorf("not yet %s: %w", s.goal, why)}
	case settleStep:
		return unknown{fmt.Errorf("%s: %w", s.doubt(), why)}
	}
	return unknown{fmt.Errorf("only a part was done: %w", why)}
}

// inPart is the error of a task that a step ends with. That this step was not
// begun does not make the task one for which nothing was sent.
func (l *lane) inPart(err error) error {
	var n notStarted
	switch {
	case !errors.As(err, &n):
		return err
	case l.tasks[0].acted:
		return unknown{fmt.Errorf("only a part was done: %w", n.why)}
	case l.settled > 0:
		return n.why // it was sent, and proven to have made nothing
	}
	return err
}

// begun notes a request of a task, and tells of the first one.
func (r *run) begun(t *task) {
	if rep := &r.reports[t.report]; rep.begin("") && rep.Change != nil {
		r.emit(Begun{rep.Change})
	}
}

// begin begins a span, and reports whether it is the first.
func (rep *Report) begin(waiting goal) (first bool) {
	now := time.Now()
	if first = rep.Started.IsZero(); first {
		rep.Started = now
	}
	rep.Spans = append(rep.Spans, Span{string(waiting), now, now})
	return first
}

// passed ends the span that was begun last.
func (rep *Report) passed() { rep.Spans[len(rep.Spans)-1].To = time.Now() }

// stages is 0 where nothing comes after the step that a lane has just begun, and
// else one more than there are waits to come.
func (l *lane) stages() int {
	n := 0
	if len(l.tasks) > 1 || len(l.tasks[0].steps) > 0 || len(l.next) > 0 {
		n = 1
	}
	for _, t := range l.tasks {
		for _, s := range t.steps {
			if _, ok := s.(awaitStep); ok {
				n++
			}
		}
	}
	return n
}

// await hands a lane to the watcher until its server has arrived.
func (r *run) await(l *lane, s awaitStep) {
	r.watch(&wait{lane: l, id: cmp.Or(s.id, l.made), goal: s.goal, last: s.last, byList: l.doubted && s.goal == goalGone})
}

// watch begins a wait.
func (r *run) watch(x *wait) {
	x.begun = time.Now()
	x.since, x.lane.sent = x.lane.sent, time.Time{}
	if x.since.IsZero() || x.settling != nil {
		x.since = x.begun
	}
	r.reports[x.lane.tasks[0].report].begin(x.goal)
	r.emit(Waiting{Name: x.lane.Name, ID: string(x.id), For: string(x.goal)})
	r.watcher.add(x)
}

// arrived takes a lane back from the watcher.
func (r *run) arrived(l *lane, err error) {
	r.reports[l.tasks[0].report].passed()
	if err != nil {
		r.end(l, err)
	}
	r.hand(r.resumed, l)
}

// end reports what became of a lane's first task and drops it.
func (r *run) end(l *lane, err error) {
	rep := &r.reports[l.tasks[0].report]
	l.tasks = l.tasks[1:]
	rep.Outcome, rep.Err = outcome(err), err
	if _, replaced := rep.Change.(*planner.Replace); l.made != "" && (rep.ID == "" || replaced) {
		rep.ID = string(l.made)
	}
	if !rep.Started.IsZero() {
		rep.Duration = time.Since(rep.Started)
	}
	l.failed = l.failed || err != nil
	r.mu.Lock()
	r.left--
	left := r.left
	r.mu.Unlock()
	r.emit(Ended{*rep, left})
}

func outcome(err error) Outcome {
	var n notStarted
	var u unknown
	switch {
	case err == nil:
		return Done
	case errors.As(err, &u):
		return Unknown
	case errors.As(err, &n):
		return NotStarted
	}
	return Failed
}

// leave ends a lane and lets those begin that waited for it. Where it failed they
// come to nothing, each with its own report.
func (r *run) leave(l *lane) {
	for _, next := range l.next {
		r.mu.Lock()
		next.waiting--
		next.failed = next.failed || l.failed
		ready := next.waiting == 0
		r.mu.Unlock()
		if ready {
			r.hand(r.fresh, next)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open--
	if r.open == 0 {
		close(r.finished)
	}
}

// fatal stops the run where the API refuses the token: whatever comes after would
// be refused as well. It returns err.
func (r *run) fatal(err error) error {
	if errors.Is(err, vpsorg.ErrUnauthorized) || errors.Is(err, vpsorg.ErrForbidden) {
		r.stop(err)
	}
	return err
}
