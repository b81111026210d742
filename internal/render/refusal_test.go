package render

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

func TestRefusals(t *testing.T) {
	account := fleet.Pos{File: "fleet.yaml", Line: 2, Column: 10}
	var six []planner.Change
	for i := range 6 {
		six = append(six, &planner.Delete{Subject: planner.Subject{Name: fmt.Sprintf("web-%d", i), ID: fmt.Sprint(i)}})
	}
	for _, test := range []struct {
		refusal apply.Refusal
		want    string
	}{
		{&apply.WrongEndpoint{Want: "https://a", Got: "https://b"},
			"the plan is for the API at https://a, this is https://b\nhint: set VPS_API_URL to the plan's, or make a new plan\n"},
		{&apply.WrongAccount{Want: "a@example.com"},
			"the plan is for the account a@example.com, the token is of (unknown)\nhint: use the token that the plan was made with, or make a new plan\n"},
		{&apply.WrongAccount{At: account, Want: "a@example.com", Got: "b@example.com"},
			"fleet.yaml:2:10: the file is for the account a@example.com, the token is of b@example.com\nhint: use a token of a@example.com\n"},
		{&apply.WrongAccount{At: account, Want: "a@example.com"},
			"fleet.yaml:2:10: the file is for the account a@example.com, and the API does not tell whose token this is\nhint: if the token is the right one, remove account: from the file\n"},
		{&apply.UnknownTarget{Pattern: "wbe-\x1b*"},
			"wbe-\\x1b* matches no server, neither in the file nor at the API\nhint: check the name; * stands for any letters\n"},
		{&apply.EmptyAccount{Listed: 12},
			"none of the 12 listed servers exists, which is how a wrong token or account looks\nhint: if all of them are to be created, say so with --bootstrap\n"},
		{&apply.CommandsForbidden{Commands: []fleet.Command{{Argv: []string{"./leave", "{name}"}}}},
			"the plan would run commands on this host, so nothing was changed:\n  ./leave {name}\nhint: read what the plan shows of them; then give --allow-commands\n"},
		{&apply.NotReviewed{},
			"the plan is not the one that was reviewed, nothing was changed\nhint: the servers or the file have changed since; review the plan as it is now and give its digest\n" +
				"hint: a plan file, or a plan that an apply of its digest has kept on this host, would have let it resume\n"},
		{&apply.NotReviewed{Changes: six},
			"this was not reviewed, nothing was changed:\n  delete web-0 (0)\n  delete web-1 (1)\n  delete web-2 (2)\n  delete web-3 (3)\n  delete web-4 (4)\n  and 1 more\n" +
				"hint: the servers or the file have changed since; review the plan as it is now and give its digest\n"},
	} {
		if d := cmp.Diff(test.want, ErrorLines(fmt.Errorf("wrapped: %w", test.refusal))); d != "" {
			t.Errorf("%T, -want +got:\n%s", test.refusal, d)
		}
	}
}

// A plan that is beyond its guards is refused with all that would allow it.
func TestGuardsExceeded(t *testing.T) {
	p := &planner.Plan{Changes: []planner.Change{&planner.Delete{Subject: planner.Subject{Name: "web-1", ID: "1"}}}, Scope: planner.Scope{Total: 4}}
	p.Guards.MaxChanges = fleet.Limit{Set: true}
	got := ErrorLines(&apply.GuardsExceeded{Violations: p.Violations()})
	for _, want := range []string{"refused, nothing was changed: ", "max_deletes", "; ", "max_changes", "\nhint: ", "--allow-deletes 1", "--allow-changes 1"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

func TestWarnings(t *testing.T) {
	told := make(map[string]bool)
	for _, what := range []apply.WarningKind{apply.CacheUnread, apply.CacheUnsaved, apply.CacheWrong, apply.StateUnsaved, apply.StateUnread} {
		told[Warning(apply.Warning{What: what, Err: errors.New("x")})] = true
	}
	if len(told) != 5 {
		t.Errorf("there are only %d sentences: %v", len(told), told)
	}
}

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
