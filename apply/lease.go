package apply

import (
	"context"
	"errors"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// This file has what a run does about its right to change the account: it announces
// its creates, waits while the right has lapsed, and stops when another apply has it.

// comingCreates are the creates that a plan begins with: they wait for nothing else.
func comingCreates(p *planner.Plan) (list []Intent) {
	for _, j := range p.Jobs() {
		if len(j.Needs) > 0 || len(j.Changes) == 0 {
			continue
		}
		if c, ok := p.Changes[j.Changes[0]].(*planner.Create); ok {
			i := newIntent(Key{p.Endpoint, p.Account}, c, 0)
			i.At = time.Time{}
			list = append(list, i)
		}
	}
	return list
}

// checkLease stops the run when another apply has taken the state. What is on the
// wire is let end.
func (r *run) checkLease() {
	if err := r.State.MayChange(); errors.Is(err, ErrLeaseLost) {
		r.stop(leaseLost(err))
	}
}

func leaseLost(err error) *Error {
	return &Error{Reason: planner.Reason{Code: planner.CodeLeaseLost}, Err: err}
}

// mark notes a mark, also when the run is cut off. It waits while the right to change the
// account has lapsed, so that what the mark is about waits too.
func (r *run) mark(ctx context.Context, m rollout.Mark) error {
	m.Endpoint, m.Account, m.At = r.plan.Endpoint, r.plan.Account, time.Now().Round(0)
	until := m.At.Add(r.Timeout)
	for {
		err := r.State.Mark(context.WithoutCancel(ctx), m)
		if err == nil {
			err = r.State.MayChange()
		}
		if !errors.Is(err, ErrLapsed) || time.Now().After(until) || !pause(ctx, r.stopping, lockEvery) {
			return err
		}
	}
}

// lapsed waits a while because the right to change the account has lapsed. That may take
// long, so the worker then reads again all that the change rests on.
func (w *worker) lapsed(ctx context.Context, err error) *ending {
	again := w.again(ctx, err, w.until, tellBusy)
	switch {
	case ctx.Err() != nil:
		return &ending{NotStarted, interrupted()}
	case !again && !w.stopped(): // else the run says why
		return ended(NotStarted, planner.CodeNotNoted, err)
	}
	w.stale = true
	if w.change.Action() == planner.ActionCreate {
		return w.readNames(ctx)
	}
	return nil
}

// readNames reads the list for the run, unless its newest is young enough, so that it
// knows which names are taken.
func (w *worker) readNames(ctx context.Context) *ending {
	if w.stopped() || !w.ask("").read {
		return nil
	}
	if l := w.readList(ctx); l.Err != nil {
		return ended(NotStarted, planner.CodeNotRead, l.Err)
	}
	return nil
}
