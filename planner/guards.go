package planner

import "github.com/vps-fleet/fleet/fleet"

// Violation is a guard that a plan goes beyond, a CountViolation or a
// CostViolation; the whole run is refused then.
type Violation interface{ isViolation() }

// CountViolation is a guard that counts servers.
type CountViolation struct {
	Guard   string      // the key in the file: max_deletes or max_changes
	Limit   fleet.Limit // as it is written, or as a flag widens it
	Allowed int         // what that comes to here
	Got     int         // servers that the plan deletes, or changes
}

// CostViolation is a guard that limits what the servers cost a month.
type CostViolation struct {
	Guard    string          // the key in the file: max_monthly_cost or max_cost_increase
	Limit    fleet.CostLimit // as it is written, or as a flag widens it
	Allowed  fleet.Money     // what that comes to here
	Got      fleet.Money     // what the servers would cost, or cost more than before
	After    fleet.Money     // what they would cost: what --allow-cost has to allow
	AtPeak   bool            // Got is what they cost while new servers are there beside those that they replace
	Unpriced []Named         // plans of unknown price, for which nobody can tell; nothing allows these
}

func (CountViolation) isViolation() {}
func (CostViolation) isViolation()  {}

// The guards, as the fleet file has them.
const (
	GuardDeletes  = "max_deletes"
	GuardChanges  = "max_changes"
	GuardCost     = "max_monthly_cost"
	GuardIncrease = "max_cost_increase"
)

// Violations are the guards that the plan goes beyond. Equal is allowed. A
// server that changes in several ways counts once; a replacement counts as a
// delete. A plan that at no time costs more than before is within every limit of cost;
// one with an unknown price is beyond all of them, because nobody can tell.
func (p *Plan) Violations() (found []Violation) {
	deletes, changes := p.touched()
	deleteLimit := p.Guards.MaxDeletes
	deleteLimit.Set = true // none written means none allowed
	for _, v := range []CountViolation{
		{Guard: GuardDeletes, Limit: deleteLimit, Got: deletes},
		{Guard: GuardChanges, Limit: p.Guards.MaxChanges, Got: changes},
	} {
		v.Allowed = v.Limit.Of(p.Scope.Total)
		if v.Limit.Set && v.Got > v.Allowed {
			found = append(found, v)
		}
	}
	c := p.Cost
	added := c.unpriced(func(r CostRow) int { return r.After - r.Before })
	most := max(c.After, c.Peak.Monthly)
	if most <= c.Before && added == nil {
		return found
	}
	for _, v := range []CostViolation{
		{Guard: GuardCost, Limit: p.Guards.MaxMonthlyCost, Got: most, After: most, AtPeak: most > c.After, Unpriced: c.unpriced(func(r CostRow) int { return r.After })},
		{Guard: GuardIncrease, Limit: p.Guards.MaxCostIncrease, Got: c.Delta, After: c.After, Unpriced: added},
	} {
		v.Allowed = v.Limit.Of(c.Before)
		if v.Limit.Set && (v.Got > v.Allowed || v.Unpriced != nil) {
			found = append(found, v)
		}
	}
	return found
}

// touched counts the servers that the plan deletes, and those that it changes in any way.
func (p *Plan) touched() (deletes, changes int) {
	names := make(map[string]bool)
	for _, c := range p.Changes {
		if _, ok := c.(*Replace); ok || c.Action() == ActionDelete {
			deletes++
		}
		if s := c.About(); c.Action() == ActionDelete {
			changes++ // its name may also be the name of a server that stays
		} else {
			names[s.Name] = true
		}
	}
	return deletes, changes + len(names)
}

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
