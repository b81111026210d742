package render

import (
	"testing"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

func TestViolation(t *testing.T) {
	const review = "review the plan, then allow exactly this with "
	amount := fleet.CostLimit{Set: true, N: *money("20"), Pos: at(3, 28)}
	for _, test := range []struct {
		violation     planner.Violation
		message, hint string
	}{
		{planner.CountViolation{Guard: planner.GuardDeletes, Limit: fleet.Limit{Set: true}, Got: 3},
			"guards.max_deletes allows 0, the plan has 3", review + "--allow-deletes 3, or raise guards.max_deletes in the fleet file"},
		{planner.CountViolation{Guard: planner.GuardChanges, Limit: fleet.Limit{Set: true, Percent: true, N: 39, Pos: at(3, 39)}, Allowed: 3, Got: 4},
			"guards.max_changes allows 39%, that is 3 (fleet.yaml:3:39), the plan has 4", review + "--allow-changes 4, or raise guards.max_changes in the fleet file"},
		{planner.CostViolation{Guard: planner.GuardCost, Limit: amount, Allowed: *money("20"), Got: *money("30"), After: *money("30")},
			"guards.max_monthly_cost allows 20.00 a month (fleet.yaml:3:28), the servers would cost 30.00", review + "--allow-cost 30.00, or raise guards.max_monthly_cost in the fleet file"},
		{planner.CostViolation{Guard: planner.GuardIncrease, Limit: fleet.CostLimit{Set: true, Percent: true, N: 99, Pos: at(3, 29)}, Allowed: *money("9.90"), Got: *money("10"), After: *money("20")},
			"guards.max_cost_increase allows 99%, that is 9.90 a month (fleet.yaml:3:29), the plan adds 10.00", review + "--allow-cost 20.00, or raise guards.max_cost_increase in the fleet file"},
		{planner.CostViolation{Guard: planner.GuardCost, Limit: amount, Unpriced: []planner.Named{{ID: "3", Name: "Plan 3"}}},
			"guards.max_monthly_cost allows 20.00 a month (fleet.yaml:3:28), and the API tells no price of plan Plan 3 (3)",
			"choose plans whose price the API tells, or take guards.max_monthly_cost out of the fleet file"},
	} {
		if message, hint := Violation(test.violation); message != test.message || hint != test.hint {
			t.Errorf("%+v is\n%s\nhint: %s\nwant\n%s\nhint: %s", test.violation, message, hint, test.message, test.hint)
		}
	}
}
