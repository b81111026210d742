package planner

import "github.com/vps-fleet/fleet/fleet"

// Allowance is what a run allows beyond the guards of its fleet file. Zeros allow
// nothing more.
type Allowance struct {
	Deletes, Changes int         // servers
	Cost             fleet.Money // of all servers, a month
}

// Lacking is what a run has to allow beyond the guards for the plan to be carried out.
// ok is false where nothing would do, because a price is unknown.
func (p *Plan) Lacking() (a Allowance, ok bool) {
	for _, v := range p.Violations() {
		switch v := v.(type) {
		case CountViolation:
			if v.Guard == GuardDeletes {
				a.Deletes = v.Got
			} else {
				a.Changes = v.Got
			}
		case CostViolation:
			if v.Unpriced != nil {
				return a, false
			}
			a.Cost = v.After
		}
	}
	return a, true
}

// Allow is the plan with its guards widened, never narrowed. Without a max_deletes
// none are allowed; without one of the other guards, anything is.
func (p *Plan) Allow(a Allowance) *Plan {
	wide := *p
	g := &wide.Guards
	if a.Deletes > g.MaxDeletes.Of(p.Scope.Total) {
		g.MaxDeletes = fleet.Limit{Set: true, N: a.Deletes}
	}
	if g.MaxChanges.Set && a.Changes > g.MaxChanges.Of(p.Scope.Total) {
		g.MaxChanges = fleet.Limit{Set: true, N: a.Changes}
	}
	if g.MaxMonthlyCost.Set && a.Cost > g.MaxMonthlyCost.N {
		g.MaxMonthlyCost = fleet.CostLimit{Set: true, N: a.Cost}
	}
	if more := a.Cost - p.Cost.Before; g.MaxCostIncrease.Set && more > g.MaxCostIncrease.Of(p.Cost.Before) {
		g.MaxCostIncrease = fleet.CostLimit{Set: true, N: more}
	}
	return &wide
}
