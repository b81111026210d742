package render

import (
	"testing"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

func TestCostTotal(t *testing.T) {
	ten := ptr(fleet.Money(10_000_000))
	unpriced := planner.CostRow{Plan: planner.Named{ID: "4", Name: "Big\x1b VPS"}, Before: 1, After: 1}
	priced := planner.CostRow{Plan: standard, PriceMonthly: ten, Before: 1, After: 1}
	for _, test := range []struct {
		cost planner.Cost
		want string
	}{
		{planner.Cost{}, ""},
		{planner.Cost{Rows: []planner.CostRow{unpriced}}, `Cost: unknown; the API tells no price of Big\x1b VPS.`},
		{planner.Cost{Before: *ten, After: *ten, Rows: []planner.CostRow{priced}}, "Cost: 10.00 a month, as before."},
		{planner.Cost{Before: *ten, After: *ten, Rows: []planner.CostRow{priced, unpriced}},
			`Cost: 10.00 a month, as before; the API tells no price of Big\x1b VPS.`},
		{planner.Cost{Before: 2 * *ten, After: *ten, Delta: -*ten, Rows: []planner.CostRow{priced}}, "Cost: 20.00 → 10.00 a month (-10.00)."},
		{planner.Cost{After: *ten, Delta: *ten, Hourly: ptr(fleet.Money(14_000)), Rows: []planner.CostRow{priced}},
			"Cost: 0.00 → 10.00 a month (+10.00); what is created costs 0.014 an hour."},
	} {
		if got := costTotal(test.cost); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}
