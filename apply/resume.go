package apply

import (
	"context"

	"github.com/vps-fleet/fleet/planner"
)

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
