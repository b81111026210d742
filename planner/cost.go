package planner

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// Cost is what the servers that the fleet speaks for cost, before the plan and
// after it: all that Scope counts, whether they run or not, for a stopped server
// is billed too. Prices are those that the API told when the plan was made; they
// hold neither traffic nor backups, of which it tells no price.
type Cost struct {
	Before fleet.Money  `json:"before"` // a month, without the servers whose price is unknown
	After  fleet.Money  `json:"after"`  // likewise
	Delta  fleet.Money  `json:"delta"`  // After less Before
	Hourly *fleet.Money `json:"hourly"` // an hour of the servers that the plan makes; nil: it makes none, or not every price is known
	Rows   []CostRow    `json:"rows"`   // by the plan's name, then its id, then the location
}

// CostRow is what the servers of one plan at one location cost.
type CostRow struct {
	Plan         Named        `json:"plan"`
	Location     string       `json:"location"`
	PriceMonthly *fleet.Money `json:"price_monthly"` // of one server; nil: unknown
	PriceHourly  *fleet.Money `json:"price_hourly"`  // likewise
	Before       int          `json:"before"`        // servers
	After        int          `json:"after"`
	Created      int          `json:"created"` // of those after; it is not After less Before where others go
}

// Monthly is what the row's servers cost a month, before the plan and after it;
// known is false where the API tells no price.
func (r CostRow) Monthly() (before, after fleet.Money, known bool) {
	if r.PriceMonthly == nil {
		return 0, 0, false
	}
	return *r.PriceMonthly * fleet.Money(r.Before), *r.PriceMonthly * fleet.Money(r.After), true
}

// Unknown lists the plans whose monthly price the API does not tell.
func (c Cost) Unknown() []Named {
	return c.unpriced(func(CostRow) int { return 1 })
}

// unpriced lists the plans without a monthly price of which there is more than
// none of what count counts, over all locations.
func (c Cost) unpriced(count func(CostRow) int) (plans []Named) {
	sums := make(map[string]int)
	for _, r := range c.Rows {
		sums[r.Plan.ID] += count(r)
	}
	for _, r := range c.Rows {
		if r.PriceMonthly == nil && sums[r.Plan.ID] > 0 {
			plans = append(plans, r.Plan)
			sums[r.Plan.ID] = 0
		}
	}
	return plans
}

// newCost adds up what live servers cost, and what a plan's changes make of that.
func newCost(live []*Server, changes []Change, offers []Offer) Cost {
	t := tally{make(map[string]Offer, len(offers)), make(map[place]*CostRow)}
	for _, o := range offers {
		t.offers[o.ID] = o
	}
	for _, s := range live {
		r := t.row(s.Plan, s.Location)
		r.Before++
		r.After++
	}
	for _, c := range changes {
		switch c := c.(type) {
		case *Create:
			t.create(c.Spec)
		case *Replace:
			t.row(c.Old.Plan, c.Old.Location).After--
			if c.NextID == "" { // else the new server is live, and counted
				t.create(c.Spec)
			}
		case *Delete:
			t.row(c.Old.Plan, c.Old.Location).After--
		}
	}
	return t.cost()
}

// tally counts servers by plan and location.
type tally struct {
	offers map[string]Offer // by id
	rows   map[place]*CostRow
}

type place struct{ planID, location string }

func (t tally) row(plan Named, location string) *CostRow {
	at := place{plan.ID, location}
	r, ok := t.rows[at]
	if !ok {
		offer := t.offers[plan.ID]
		r = &CostRow{Plan: Named{plan.ID, cmp.Or(offer.Name, plan.Name)}, Location: location, PriceMonthly: offer.Monthly, PriceHourly: offer.Hourly}
		t.rows[at] = r
	}
	return r
}

func (t tally) create(s Spec) {
	r := t.row(s.Plan, s.Location)
	r.After++
	r.Created++
}

// cost adds the rows up.
func (t tally) cost() Cost {
	var c Cost
	var hourly fleet.Money
	created, known := 0, true
	for _, r := range t.rows {
		c.Rows = append(c.Rows, *r)
		before, after, _ := r.Monthly()
		c.Before += before
		c.After += after
		created += r.Created
		switch {
		case r.PriceHourly != nil:
			hourly += *r.PriceHourly * fleet.Money(r.Created)
		case r.Created > 0:
			known = false
		}
	}
	c.Delta = c.After - c.Before
	if created > 0 && known {
		c.Hourly = &hourly
	}
	slices.SortFunc(c.Rows, func(a, b CostRow) int {
		return cmp.Or(strings.Compare(a.Plan.Name, b.Plan.Name), strings.Compare(a.Plan.ID, b.Plan.ID), strings.Compare(a.Location, b.Location))
	})
	return c
}
