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
	var approved *planner.Plan
	switch {
	case a.kept != nil:
		approved = a.kept.Plan
	case planned.Plan.Digest() == a.digest:
		approved = planned.Plan
	}
	if approved != nil {
		left, _ := approved.Remaining(*planned.Observation)
		planned.Plan = planned.Plan.WithoutAsked(approved, left)
	}
	return planned
}
