package apply

import (
	"context"
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

// Observe reads what a plan of the input needs. It opens the state first only where that
// has cached details to read.
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
	a.endPauses = !by.unattended()
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
	var corrections []planner.Correction // none where a person has approved
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
	p, a.endPauses = p.Allow(allow), true
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

// Keep keeps a plan under its digest, for an Apply of that digest by whoever has the
// same store.
func (e *Engine) Keep(ctx context.Context, p *planner.Plan) error {
	state, err := e.Store.Open(ctx, Key{p.Endpoint, p.Account})
	if err != nil {
		return err
	}
	defer e.close(state)
	return state.PutPlan(ctx, p)
}

// plan compares the input's fleet with what was observed.
func (in Input) plan(seen planner.Observation) Planned {
	p := planner.Diff(in.Fleet, seen, in.Selection)
	return Planned{p.Only(in.Only).Allow(in.Allow), &seen}
}

func (e *Engine) emit(event Event) {
	if e.Emit != nil {
		e.Emit(event)
	}
}

func (e *Engine) warn(what WarningKind, err error) { e.emit(Warning{What: what, Err: err}) }

// close gives a state back. What could not be kept any more is a warning: the
// servers are as the result says.
func (e *Engine) close(s State) {
	if err := s.Close(); err != nil {
		e.warn(StateUnsaved, err)
	}
}
