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
	Before fleet.Money  `json:"before"`           // a month, without the servers whose price is unknown
	After  fleet.Money  `json:"after"`            // likewise
	Delta  fleet.Money  `json:"delta"`            // After less Before
	Peak   Peak         `json:"peak"`             // while the plan is carried out
	Hourly *fleet.Money `json:"hourly"`           // an hour of the servers that the plan makes; nil: it makes none, or not every price is known
	Rows   []CostRow    `json:"rows"`             // by the plan's name, then its id, then the location
	Labels []LabelCost  `json:"labels,omitempty"` // by key, then value; a server counts under each of its labels
}

// LabelCost is what the servers whose entries have one label cost.
type LabelCost struct {
	Key           string      `json:"key"`
	Value         string      `json:"value"`
	Before        int         `json:"before"` // servers
	After         int         `json:"after"`
	Unpriced      int         `json:"unpriced"`       // of those after, whose price is unknown
	MonthlyBefore fleet.Money `json:"monthly_before"` // without the servers whose price is unknown
	MonthlyAfter  fleet.Money `json:"monthly_after"`  // likewise
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

// unpriced lists the plans without a monthly price for which count, added up over all
// locations, is more than 0.
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

// newCost adds up what live servers cost, by their places and the labels of their
// entries, and what a plan's changes make of that.
func newCost(live []*Server, entries map[*Server]*fleet.Server, changes []Change, offers []Offer) Cost {
	t := tally{byKey(offers, func(o Offer) string { return o.ID }), make(map[place]*CostRow), make(map[label]*LabelCost)}
	for _, s := range live {
		var labels fleet.Labels
		if e := entries[s]; e != nil {
			labels = e.Labels
		}
		t.add(s.Plan, s.Location, labels, 1, 1)
	}
	for _, c := range changes {
		t.count(c, 1)
	}
	return t.cost()
}

// without is the cost of the same plan without some of its changes.
func (c Cost) without(changes []Refused) Cost {
	t := tally{nil, make(map[place]*CostRow), make(map[label]*LabelCost)}
	for _, r := range c.Rows {
		t.rows[place{r.Plan.ID, r.Location}] = &r
	}
	for _, l := range c.Labels {
		t.labels[label{l.Key, l.Value}] = &l
	}
	for _, l := range changes {
		t.count(l.Change, -1)
	}
	return t.cost()
}

// tally counts servers by plan and location, and by label.
type tally struct {
	offers map[string]Offer // by id
	rows   map[place]*CostRow
	labels map[label]*LabelCost
}

type (
	place struct{ planID, location string }
	label struct{ key, value string }
)

// add counts servers of one place and of the same labels.
func (t tally) add(plan Named, location string, labels fleet.Labels, before, after int) *CostRow {
	at := place{plan.ID, location}
	r, ok := t.rows[at]
	if !ok {
		offer := t.offers[plan.ID]
		r = &CostRow{Plan: Named{plan.ID, cmp.Or(offer.Name, plan.Name)}, Location: location, PriceMonthly: offer.Monthly, PriceHourly: offer.Hourly}
		t.rows[at] = r
	}
	r.Before += before
	r.After += after
	for key, value := range labels {
		l, ok := t.labels[label{key, value}]
		if !ok {
			l = &LabelCost{Key: key, Value: value}
			t.labels[label{key, value}] = l
		}
		l.Before += before
		l.After += after
		if r.PriceMonthly == nil {
			l.Unpriced += after
			continue
		}
		l.MonthlyBefore += *r.PriceMonthly * fleet.Money(before)
		l.MonthlyAfter += *r.PriceMonthly * fleet.Money(after)
	}
	return r
}

// count adds what a change makes and what it ends, n times.
func (t tally) count(c Change, n int) {
	labels := c.About().Labels
	create := func(s Spec) { t.add(s.Plan, s.Location, labels, 0, n).Created += n }
	switch c := c.(type) {
	case *Create:
		create(c.Spec)
	case *Replace:
		t.add(c.Old.Plan, c.Old.Location, labels, 0, -n)
		if c.NextID == "" { // else the new server is live, and counted
			create(c.Spec)
		}
	case *Delete:
		t.add(c.Old.Plan, c.Old.Location, labels, 0, -n)
	}
}

// cost adds the rows up.
func (t tally) cost() Cost {
	var c Cost
	var hourly fleet.Money
	created, known := 0, true
	for _, r := range t.rows {
		if r.Before == 0 && r.After == 0 {
			continue
		}
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
	for _, l := range t.labels {
		if l.Before > 0 || l.After > 0 {
			c.Labels = append(c.Labels, *l)
		}
	}
	slices.SortFunc(c.Labels, func(a, b LabelCost) int {
		return cmp.Or(strings.Compare(a.Key, b.Key), strings.Compare(a.Value, b.Value))
	})
	return c
}
