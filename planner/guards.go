package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// Violation is a guard that a plan goes beyond; the whole run is refused then.
type Violation struct {
	Guard string    // the key in the file, such as max_deletes
	Limit string    // as written, and what that comes to here
	At    fleet.Pos // where it is written; zero for the default and for a flag's number
	Got   string    // what the plan does: "the plan has 3"
	Flag  string    // the flag that would allow exactly this, with its number; "": none can
}

func (v Violation) Error() string {
	where := ""
	if v.At.Line > 0 {
		where = " (" + v.At.String() + ")"
	}
	return fmt.Sprintf("guards.%s allows %s%s, %s", v.Guard, v.Limit, where, v.Got)
}

// Hint says what would allow the run.
func (v Violation) Hint() string {
	if v.Flag == "" {
		return fmt.Sprintf("choose plans whose price the API tells, or take guards.%s out of the fleet file", v.Guard)
	}
	return fmt.Sprintf("review the plan, then allow exactly this with %s, or raise guards.%s in the fleet file", v.Flag, v.Guard)
}

// Violations are the guards that the plan goes beyond. Equal is allowed. A
// server that changes in several ways counts once; a replacement counts as a
// delete. A plan that costs no more than before is within every limit of cost; one
// that a price is missing of is beyond them, because nobody can tell.
func (p *Plan) Violations() []Violation {
	return slices.Concat(p.countViolations(), p.costViolations())
}

func (p *Plan) countViolations() (found []Violation) {
	deletes, changes := p.touched()
	deleteLimit := p.Guards.MaxDeletes
	deleteLimit.Set = true // none written means none allowed
	for _, g := range []struct {
		guard, flag string
		limit       fleet.Limit
		got         int
	}{
		{"max_deletes", "--allow-deletes", deleteLimit, deletes},
		{"max_changes", "--allow-changes", p.Guards.MaxChanges, changes},
	} {
		allowed := g.limit.Of(p.Scope.Total)
		if !g.limit.Set || g.got <= allowed {
			continue
		}
		v := Violation{g.guard, g.limit.String(), g.limit.Pos, fmt.Sprintf("the plan has %d", g.got), fmt.Sprintf("%s %d", g.flag, g.got)}
		if g.limit.Percent {
			v.Limit += fmt.Sprintf(", that is %d", allowed)
		}
		found = append(found, v)
	}
	return found
}

func (p *Plan) costViolations() (found []Violation) {
	c := p.Cost
	added := c.unpriced(func(r CostRow) int { return r.After - r.Before })
	if c.Delta <= 0 && added == nil {
		return nil
	}
	for _, g := range []struct {
		guard    string
		limit    fleet.CostLimit
		got      fleet.Money
		what     string
		unpriced []Named
	}{
		{"max_monthly_cost", p.Guards.MaxMonthlyCost, c.After, "the servers would cost %s", c.unpriced(func(r CostRow) int { return r.After })},
		{"max_cost_increase", p.Guards.MaxCostIncrease, c.Delta, "the plan adds %s", added},
	} {
		allowed := g.limit.Of(c.Before)
		if !g.limit.Set || g.got <= allowed && g.unpriced == nil {
			continue
		}
		v := Violation{g.guard, g.limit.String() + " a month", g.limit.Pos, fmt.Sprintf(g.what, g.got), "--allow-cost " + c.After.String()}
		if g.limit.Percent > 0 {
			v.Limit = fmt.Sprintf("%s, that is %s a month", g.limit, allowed)
		}
		if g.unpriced != nil {
			v.Got, v.Flag = "and the API tells no price of "+listed(g.unpriced), ""
		}
		found = append(found, v)
	}
	return found
}

// listed names plans in a sentence.
func listed(plans []Named) string {
	var names []string
	for _, n := range plans {
		names = append(names, "plan "+n.String())
	}
	return strings.Join(names, ", ")
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
