package render

import (
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// prices are what servers cost a month, by plan and location.
type prices map[priceKey]*fleet.Money

type priceKey struct{ planID, location string }

func pricesOf(c planner.Cost) prices {
	p := make(prices)
	for _, r := range c.Rows {
		p[priceKey{r.Plan.ID, r.Location}] = r.PriceMonthly
	}
	return p
}

// of is what a server costs a month; nil where nobody knows.
func (p prices) of(plan planner.Named, location string) *fleet.Money {
	return p[priceKey{plan.ID, location}]
}

// change is what a change makes of the cost: what it adds, and what it ends. changes
// is false where it does neither; known is false where a price is not.
func (p prices) change(c planner.Change) (added, ended fleet.Money, changes, known bool) {
	known = true
	price := func(plan planner.Named, location string) fleet.Money {
		m := p.of(plan, location)
		if m == nil {
			known = false
			return 0
		}
		return *m
	}
	switch c := c.(type) {
	case *planner.Create:
		return price(c.Spec.Plan, c.Spec.Location), 0, true, known
	case *planner.Delete:
		return 0, price(c.Old.Plan, c.Old.Location), true, known
	case *planner.Replace:
		ended = price(c.Old.Plan, c.Old.Location)
		if c.NextID == "" { // else the new server is there, and paid for
			added = price(c.Spec.Plan, c.Spec.Location)
		}
		return added, ended, true, known
	}
	return 0, 0, false, true
}

// costChange is what a group makes of the cost a month.
type costChange struct {
	Any     bool // it makes something of it
	Known   bool // and the API tells how much
	Monthly fleet.Money
}

// String writes the difference, or a question mark where nobody knows it.
func (c costChange) String() string {
	switch {
	case !c.Any:
		return ""
	case !c.Known:
		return "?"
	}
	return c.Monthly.Signed()
}

// price says of each group what it makes of the cost.
func price(groups []group, c planner.Cost) {
	p := pricesOf(c)
	for i := range groups {
		cost := costChange{Known: true}
		for _, change := range groups[i].changes {
			added, ended, changes, known := p.change(change)
			cost.Any = cost.Any || changes
			cost.Known = cost.Known && known
			cost.Monthly += added - ended
		}
		groups[i].Cost = cost
	}
}
