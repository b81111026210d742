package planner_test

import (
	"fmt"
	"testing"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// The peak has the new servers of create-first beside the old ones, as many as their
// rollouts let there be, and the dearest of them.
func TestPeak(t *testing.T) {
	const rollouts = "rollouts: {all: {names: [\"*\"], max_surge: %s}, few: {names: [w1, w2], max_surge: 1}}\n"
	const servers = `servers:
  w[1:4]: {os: debian, replace: create-first, backups_enabled: false}
  x: {plan: 2, replace: create-first, backups_enabled: false}
  y: {os: debian, replace: delete-first, backups_enabled: false}
  z: {plan: 1, os: 5, location: us-west}
`
	live := []string{"1 w1 active", "2 w2 active", "3 w3 active", "4 w4 active", "5 x active", "6 y active"}
	for _, test := range []struct{ head, want string }{
		{"", "12 servers, 130.00"},                         // 60 → 80, and five of 10 beside
		{fmt.Sprintf(rollouts, "2"), "10 servers, 110.00"}, // two of all, and one of few
		{fmt.Sprintf(rollouts, "100%"), "11 servers, 120.00"},
	} {
		f := parse(t, test.head+servers)
		o := observe(t, live...)
		ten, twenty := fleet.Money(10_000_000), fleet.Money(20_000_000)
		o.Offers = []planner.Offer{{ID: "1", Available: true, Monthly: &ten}, {ID: "2", Available: true, Monthly: &twenty}}
		p := planner.Diff(f, o, planner.Selection{})
		if got := fmt.Sprintf("%d servers, %s", p.Cost.Peak.Servers, p.Cost.Peak.Monthly); got != test.want {
			t.Errorf("with %q: %s, want %s", test.head, got, test.want)
		}
		checkReadsBack(t, p)
		only := p.Only([]planner.Action{planner.ActionCreate})
		if got := only.Cost.Peak; got != (planner.Peak{Servers: 7, Monthly: 70_000_000}) {
			t.Errorf("of the create alone: %+v", got)
		}
	}
}

// A replacement that costs the same afterwards may still be too dear meanwhile.
func TestCostAtPeakViolates(t *testing.T) {
	ten := fleet.Money(10_000_000)
	for guards, want := range map[string]string{
		"max_monthly_cost: 30, max_cost_increase: 0": "",
		"max_monthly_cost: 29.99":                    "max_monthly_cost 29.99 at f.yaml:3:44: 30.00 > 29.99",
	} {
		f := parse(t, "guards: {max_deletes: 2, "+guards+"}\nservers: {'w[1:2]': {os: debian, replace: create-first, backups_enabled: false}}\nrollouts: {w: {names: [w1, w2]}}\n")
		o := observe(t, "1 w1 active", "2 w2 active")
		o.Offers = []planner.Offer{{ID: "1", Available: true, Monthly: &ten}}
		p := planner.Diff(f, o, planner.Selection{})
		got := ""
		for _, v := range violations(p) {
			got += v
		}
		if got != want {
			t.Errorf("%s: %q, want %q", guards, got, want)
		}
		if lacking, ok := p.Lacking(); !ok || p.Allow(lacking).Violations() != nil {
			t.Errorf("%s: %+v does not allow it", guards, lacking)
		}
	}
}
