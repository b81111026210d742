package render

import (
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// prices are what servers cost a month, by plan and location; nil where nobody knows.
type prices map[priceKey]*fleet.Money

type priceKey struct{ planID, location string }

func pricesOf(c planner.Cost) prices {
	p := make(prices)
	for _, r := range c.Rows {
		p[priceKey{r.Plan.ID, r.Location}] = r.PriceMonthly
	}
	return p
}

// costChange is what changes make of the cost a month.
type costChange struct {
	Any          bool // they make something of it
	Unknown      bool // and the API does not tell how much
	Added, Ended fleet.Money
}

// add counts what a change makes of the cost. A wait makes nothing of it.
func (c *costChange) add(change planner.Change, p prices) {
	count := func(sum *fleet.Money, plan planner.Named, location string) {
		c.Any = true
		if price := p[priceKey{plan.ID, location}]; price != nil {
			*sum += *price
		} else {
			c.Unknown = true
		}
	}
	switch x := change.(type) {
	case *planner.Create:
		count(&c.Added, x.Spec.Plan, x.Spec.Location)
	case *planner.Delete:
		count(&c.Ended, x.Old.Plan, x.Old.Location)
	case *planner.Replace:
		count(&c.Ended, x.Old.Plan, x.Old.Location)
		if x.NextID == "" { // else the new server is there, and paid for
			count(&c.Added, x.Spec.Plan, x.Spec.Location)
		}
	}
}

// difference is by how much the cost rises.
func (c costChange) difference() fleet.Money { return c.Added - c.Ended }

// String writes the difference, or a question mark where nobody knows it.
func (c costChange) String() string {
	switch {
	case !c.Any:
		return ""
	case c.Unknown:
		return "?"
	}
	return c.difference().Signed()
}

// price says of each group what it makes of the cost.
func price(groups []group, c planner.Cost) {
	p := pricesOf(c)
	for i, g := range groups {
		for _, f := range g.facts {
			groups[i].Cost.add(f.change, p)
		}
	}
}
