package apply

import "context"

// resume finds out whether the run goes on with an approved plan.
func (a *account) resume(ctx context.Context, digest string) (err error) {
	if a.digest = digest; digest != "" {
		a.kept, err = a.state.Plan(ctx, digest)
	}
	return err
}

// withoutDone leaves out of a new plan what earlier runs of the approved one have done.
func (a *account) withoutDone(planned Planned) Planned {
	approved := a.kept
	if approved == nil && planned.Plan.Digest() == a.digest {
		approved = planned.Plan
	}
	if approved != nil {
		left, _ := approved.Remaining(*planned.Observation)
		planned.Plan = planned.Plan.WithoutAsked(approved, left)
	}
	return planned
}
