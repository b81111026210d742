package render

import (
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// Violation says which guard a plan goes beyond, and what would allow it.
func Violation(v planner.Violation) (message, hint string) {
	switch v := v.(type) {
	case planner.CountViolation:
		limit := v.Limit.String()
		if v.Limit.Percent {
			limit += fmt.Sprintf(", that is %d", v.Allowed)
		}
		flag := map[string]string{planner.GuardDeletes: "--allow-deletes", planner.GuardChanges: "--allow-changes"}[v.Guard]
		return beyond(v.Guard, limit, v.Limit.Pos, fmt.Sprintf("the plan has %d", v.Got)), allowHint(fmt.Sprintf("%s %d", flag, v.Got), v.Guard)
	case planner.CostViolation:
		return costViolation(v)
	}
	panic(fmt.Sprintf("unknown violation %T", v))
}

func costViolation(v planner.CostViolation) (message, hint string) {
	limit := v.Limit.String() + " a month"
	if v.Limit.Percent > 0 {
		limit = fmt.Sprintf("%s, that is %s a month", v.Limit, v.Allowed)
	}
	if v.Unpriced != nil {
		var plans []string
		for _, n := range v.Unpriced {
			plans = append(plans, "plan "+n.String())
		}
		return beyond(v.Guard, limit, v.Limit.Pos, "and the API tells no price of "+strings.Join(plans, ", ")),
			fmt.Sprintf("choose plans whose price the API tells, or take guards.%s out of the fleet file", v.Guard)
	}
	got := "the plan adds " + v.Got.String()
	if v.Guard == planner.GuardCost {
		got = "the servers would cost " + v.Got.String()
		if v.AtPeak {
			got += " while new ones are there beside those that they replace"
		}
	}
	return beyond(v.Guard, limit, v.Limit.Pos, got), allowHint("--allow-cost "+v.After.String(), v.Guard)
}

func beyond(guard, limit string, at fleet.Pos, got string) string {
	where := ""
	if at.Line > 0 {
		where = " (" + at.String() + ")"
	}
	return fmt.Sprintf("guards.%s allows %s%s, %s", guard, limit, where, got)
}

func allowHint(flag, guard string) string {
	return fmt.Sprintf("review the plan, then allow exactly this with %s, or raise guards.%s in the fleet file", flag, guard)
}
