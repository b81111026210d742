package apply

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// Engine makes the servers of an account be what a fleet says. Nothing of a run
// stays in it, so an Engine may have many runs, one after another or at once.
type Engine struct {
	Client         *vpsorg.Client
	Store          Store
	Holder         Holder        // who locks the account's state; the engine sets Since
	LockTimeout    time.Duration // how long another apply of the account is waited for; 0: not at all
	Runner         Runner        // how plans are carried out; the engine sets Client, State and Emit
	MaxCorrections int           // an unattended run blocks what so many in a row have corrected in vain; 0: nothing
	DetailsMaxAge  time.Duration // how old a cached detail may be; 0: nothing is cached
	Emit           func(Event)   // is told what happens, one event at a time; may be nil
}

// Input is what a plan is made from.
type Input struct {
	Fleet     *fleet.Fleet
	Selection planner.Selection
	Only      []planner.Action // the kinds of change to make; none: all
	Allow     planner.Allowance
}

// Approval says who approves the plan of an Apply: somebody who has reviewed it, or
// somebody who is asked. Without either, the run is unattended.
type Approval struct {
	Digest    string                      // of the plan that was reviewed; "": none was
	Ask       func(context.Context) error // asks about the plan that was emitted last; an error is a no
	Bootstrap bool                        // an unattended run may find none of ten or more listed servers
}

// Observe reads what a plan of the input needs. The state is needed before that only for
// its cached details.
func (e *Engine) Observe(ctx context.Context, in Input) (seen planner.Observation, err error) {
	observer := observe.New(e.Client)
	var state State
	if e.DetailsMaxAge > 0 {
		account, err := observer.Account(ctx)
		if err != nil {
			return seen, err
		}
		state = e.open(ctx, account)
	}
	seen, err = e.observe(ctx, observer, state, in)
	if err == nil && e.DetailsMaxAge == 0 {
		state = e.open(ctx, seen.Account)
	}
	if state == nil {
		return seen, err
	}
	defer e.close(state)
	if err != nil {
		return seen, err
	}
	return e.recall(ctx, state, seen, in.includes)
}

// open opens an account's state to be read; nil where that cannot be, which is no
// reason not to plan.
func (e *Engine) open(ctx context.Context, account string) State {
	state, err := e.Store.Open(ctx, Key{e.Client.Endpoint(), account})
	if err != nil {
		e.warn(StateUnread, err)
		return nil
	}
	return state
}

// Plan plans. It changes nothing and locks nothing.
func (e *Engine) Plan(ctx context.Context, in Input) (Planned, error) {
	seen, err := e.Observe(ctx, in)
	if err != nil {
		return Planned{}, err
	}
	return in.plan(seen), nil
}

// Apply plans, gets the plan approved and carries it out. A digest approves its plan
// and, where an earlier Apply of the digest has kept that plan, what is left of it.
// With an error, such as a Refusal, there is no result: nothing was changed.
//
// When drain is closed nothing more is started; when ctx ends the run leaves at once.
func (e *Engine) Apply(ctx context.Context, drain <-chan struct{}, in Input, by Approval) (*Result, error) {
	a, err := e.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer e.close(a.state)
	if err := a.resume(ctx, by.Digest); err != nil {
		return nil, err
	}
	seen, err := a.observeShown(ctx, drain, in.includes, func() (planner.Observation, error) {
		return e.observe(ctx, a.observer, a.state, in)
	})
	if err != nil {
		return nil, err
	}
	planned := a.withoutDone(in.plan(seen))
	past, err := a.state.Corrections(ctx)
	if err != nil {
		return nil, err
	}
	wanted := planned.Plan
	if by.unattended() {
		planned.Plan = wanted.BlockCorrected(past, e.MaxCorrections)
	}
	p := planned.Plan
	a.goes = !by.unattended()
	e.emit(planned)
	if err := a.check(by, p); err != nil {
		return nil, err
	}
	if by.Ask != nil && !p.Empty() {
		if err := by.Ask(ctx); err != nil {
			return nil, err
		}
		if p, err = a.recheck(ctx, drain, p); err != nil {
			return nil, err
		}
	}
	if by.Digest == p.Digest() && !p.Empty() {
		if err := a.state.PutPlan(ctx, p); err != nil {
			return nil, err
		}
	}
	result, err := a.carryOut(ctx, drain, p)
	if err != nil {
		return nil, err
	}
	var corrections []planner.Correction // a person has looked: none
	if by.unattended() {
		corrections = planner.CountCorrections(past, wanted.Changes, done(result), in.includes)
	}
	a.remember(ctx, corrections, by.Digest, result)
	return result, nil
}

// Resume carries out what is left of a plan that was approved and saved. Its errors
// are those of Apply.
func (e *Engine) Resume(ctx context.Context, drain <-chan struct{}, p *planner.Plan, allow planner.Allowance) (*Result, error) {
	if endpoint := e.Client.Endpoint(); p.Endpoint != endpoint {
		return nil, &WrongEndpoint{p.Endpoint, endpoint}
	}
	a, err := e.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer e.close(a.state)
	if err := a.resume(ctx, p.Digest()); err != nil {
		return nil, err
	}
	p, a.goes = p.Allow(allow), true
	a.emit(Planned{Plan: p})
	if err := a.checkPolicy(p); err != nil {
		return nil, err
	}
	if p.Asks() { // a run that is cut off is to be told from one that has ended
		if err := a.state.PutPlan(ctx, p); err != nil {
			return nil, err
		}
	}
	left, err := a.recheck(ctx, drain, p)
	if err != nil {
		return nil, err
	}
	result, err := a.carryOut(ctx, drain, left)
	if err != nil {
		return nil, err
	}
	a.remember(ctx, nil, p.Digest(), result)
	return result, nil
}

// account is a run's hold on its account: nobody else applies to it meanwhile.
type account struct {
	*Engine
	observer *observe.Observer
	state    LockedState
	digest   string           // of the plan that was approved; "": of none that can be resumed
	kept     *KeptPlan        // that plan, where no run has come to its end; nil: none
	left     *planner.Plan    // what is left of that; nil: none was kept
	seen     []planner.Server // as they were observed last
	goes     bool             // somebody lets rollouts go on after a manual pause
}

// lock finds out whose token this is and locks the state. All that the run observes
// has to be observed after it.
func (e *Engine) lock(ctx context.Context) (*account, error) {
	observer := observe.New(e.Client)
	name, err := observer.Account(ctx)
	if err != nil {
		return nil, err
	}
	state, err := e.awaitLock(ctx, Key{e.Client.Endpoint(), name})
	return &account{Engine: e, observer: observer, state: state}, err
}

// plan compares the input's fleet with what was observed.
func (in Input) plan(seen planner.Observation) Planned {
	p := planner.Diff(in.Fleet, seen, in.Selection)
	return Planned{p.Only(in.Only).Allow(in.Allow), &seen}
}

// recheck observes again and returns what is left of an approved plan. A change that
// the servers no longer fit is blocked, and so is whatever needs it.
func (a *account) recheck(ctx context.Context, drain <-chan struct{}, p *planner.Plan) (*planner.Plan, error) {
	names := p.Names()
	seen, err := a.observeShown(ctx, drain, func(name string) bool { return names[name] }, func() (planner.Observation, error) {
		seen, err := steady(a.observer.Plan(ctx, p))
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
	r.Client, r.State, r.Emit, r.Digest, r.Goes, r.seen = a.Client, a.state, a.Emit, a.digest, a.goes, a.seen
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
