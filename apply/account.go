package apply

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/planner"
)

// account is a run's hold on its account: nobody else applies to it meanwhile.
type account struct {
	*Engine
	observer  *observe.Observer
	state     LockedState
	digest    string           // of the plan that was approved; "": of none that can be resumed
	kept      *KeptPlan        // that plan, where no run has come to its end; nil: none
	left      *planner.Plan    // what is left of the kept plan; nil: none was kept
	seen      []planner.Server // as they were observed last
	endPauses bool             // a person lets rollouts go on after a manual pause
}

// lock finds out whose token this is and locks the state. The run must observe nothing
// before that.
func (e *Engine) lock(ctx context.Context) (*account, error) {
	observer := observe.New(e.Client)
	name, err := observer.Account(ctx)
	if err != nil {
		return nil, err
	}
	state, err := e.awaitLock(ctx, Key{e.Client.Endpoint(), name})
	return &account{Engine: e, observer: observer, state: state}, err
}

// resume finds out whether the run goes on with an approved plan.
func (a *account) resume(ctx context.Context, digest string) (err error) {
	if a.digest = digest; digest != "" {
		a.kept, err = a.state.Plan(ctx, digest)
	}
	return err
}

// withoutDone leaves out of a new plan what earlier runs of the approved one have done.
func (a *account) withoutDone(planned Planned) Planned {
	approved := planned.Plan
	if a.kept != nil {
		approved = a.kept.Plan
	} else if approved.Digest() != a.digest {
		return planned
	}
	left, _ := approved.Remaining(*planned.Observation)
	if a.kept != nil {
		a.left = left
	}
	planned.Plan = planned.Plan.WithoutAsked(approved, left)
	return planned
}

// recheck observes again and returns what is left of an approved plan. A change that
// the servers no longer fit is blocked, and so is whatever needs it.
func (a *account) recheck(ctx context.Context, drain <-chan struct{}, p *planner.Plan) (*planner.Plan, error) {
	names := p.Names()
	seen, err := a.observeShown(ctx, drain, func(name string) bool { return names[name] }, func() (planner.Observation, error) {
		seen, err := explainUnstable(a.observer.Plan(ctx, p))
		if err == nil && p.Account != seen.Account {
			err = &WrongAccount{Want: p.Account, Got: seen.Account}
		}
		return seen, err
	})
	if err != nil {
		return nil, err
	}
	left, refused := p.Remaining(seen)
	left.Blocked = append(slices.Clone(left.Blocked), blocked(refused)...)
	a.emit(Rechecked{p, left, refused})
	return left, nil
}

// blocked are the refused changes of an approved plan, as blocked entries.
func blocked(refused []planner.Refused) (all []planner.Blocked) {
	for _, r := range refused {
		b := r.Blocked()
		if r.Reason.Code != planner.CodeNeeds {
			b.Reason.Action = r.Change.Action()
		}
		all = append(all, b)
	}
	return all
}

// carryOut runs a plan that was approved.
func (a *account) carryOut(ctx context.Context, drain <-chan struct{}, p *planner.Plan) (*Result, error) {
	open, err := a.state.Intents(ctx)
	if err != nil {
		return nil, err
	}
	a.emit(Starting{p, open})
	if p.Empty() && len(p.Waits) == 0 {
		return &Result{Blocked: p.Blocked, Started: time.Now()}, nil
	}
	if err := a.state.Announce(ctx, comingCreates(p)); err != nil {
		return nil, err
	}
	a.forgetDetails(ctx, p)
	r := a.Runner
	r.Client, r.State, r.Emit, r.Digest, r.EndPauses, r.seen = a.Client, a.state, a.Emit, a.digest, a.endPauses, a.seen
	result := r.Run(ctx, drain, p)
	if result.StateErr != nil {
		a.warn(StateUnsaved, result.StateErr)
	}
	return result, nil
}

// remember keeps what the next run is to know: what was corrected, and the plan of
// the digest, unless nothing is left that it could approve.
func (a *account) remember(ctx context.Context, corrections []planner.Correction, digest string, r *Result) {
	ctx = context.WithoutCancel(ctx)
	err := a.state.PutCorrections(ctx, corrections)
	if digest != "" && r.exhausted() {
		err = errors.Join(err, a.state.DropPlan(ctx, digest))
	}
	if err != nil {
		a.warn(StateUnsaved, err)
	}
}
