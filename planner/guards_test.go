package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

func TestViolations(t *testing.T) {
	// Ten servers: two to be deleted, one replaced, one updated and stopped, six as they are.
	file := `
servers:
  a-[1:2]: {absent: true}
  b: {plan: performance, replace: delete-first}
  c: {hostname: x, status: stopped}
  d-[1:6]: {}
`
	var live []string
	for i, name := range strings.Fields("a-1 a-2 b c d-1 d-2 d-3 d-4 d-5 d-6") {
		live = append(live, fmt.Sprintf("%d %s active", i+1, name))
	}
	for _, test := range []struct {
		guards string
		want   []string
	}{
		{"{}", []string{"max_deletes allows 0, the plan has 3"}},
		{"{max_deletes: 2}", []string{"max_deletes allows 2 (f.yaml:3:23), the plan has 3"}},
		{"{max_deletes: 3}", nil},
		{"{max_deletes: 30%}", nil},
		{"{max_deletes: 29%}", []string{"max_deletes allows 29%, that is 2 (f.yaml:3:23), the plan has 3"}},
		{"{max_deletes: 3, max_changes: 4}", nil},
		{"{max_deletes: 3, max_changes: 3}", []string{"max_changes allows 3 (f.yaml:3:39), the plan has 4"}},
		{"{max_deletes: 3, max_changes: 40%}", nil},
		{"{max_deletes: 0, max_changes: 39%}", []string{"max_deletes allows 0 (f.yaml:3:23), the plan has 3", "max_changes allows 39%, that is 3 (f.yaml:3:39), the plan has 4"}},
	} {
		p := diff(t, "guards: "+test.guards+file, live...)
		if d := cmp.Diff(test.want, violations(p)); d != "" {
			t.Errorf("guards %s: -want +got\n%s", test.guards, d)
		}
	}
}

func violations(p *planner.Plan) (texts []string) {
	for _, v := range p.Violations() {
		m, _ := render.Violation(v)
		texts = append(texts, strings.TrimPrefix(m, "guards."))
	}
	return texts
}

func TestCostViolations(t *testing.T) {
	const add, more = ", os: 5, location: us-west}", "b: {plan: 1, os: 5, location: us-west}"
	live := []string{"1 a active", "2 x active plan=3", "3 y active plan=3"} // 10.00, and two of unknown price
	for _, test := range []struct{ guards, servers, want string }{
		{"max_monthly_cost: 20", "a: {}, " + more, ""},
		{"max_monthly_cost: 19.99", "a: {}, " + more, "max_monthly_cost allows 19.99 a month (f.yaml:3:28), the servers would cost 20.00"},
		{"max_cost_increase: 10", "a: {}, " + more, ""},
		{"max_cost_increase: 100%", "a: {}, " + more, ""},
		{"max_cost_increase: 99%", "a: {}, " + more, "max_cost_increase allows 99%, that is 9.90 a month (f.yaml:3:29), the plan adds 10.00"},
		{"max_cost_increase: 0", "a: {plan: 2, replace: create-first}", "max_cost_increase allows 0.00 a month (f.yaml:3:29), the plan adds 10.00"},
		// What costs no more than before is within every limit.
		{"max_monthly_cost: 5, max_cost_increase: 0", "a: {hostname: h}", ""},
		{"max_monthly_cost: 0, max_cost_increase: 0", "a: {os: debian, replace: delete-first}", ""},
		{"max_monthly_cost: 0", "a: {absent: true}", ""},
		{"max_monthly_cost: 0", "x: {}, y: {absent: true}", ""},
		// Of an unknown price nobody can say that it is within a limit.
		{"max_cost_increase: 900", "a: {}, b: {plan: 3" + add, "max_cost_increase allows 900.00 a month (f.yaml:3:29), and the API tells no price of plan Plan 3 (3)"},
		{"max_cost_increase: 900", "a: {plan: 3, replace: delete-first}", "max_cost_increase allows 900.00 a month (f.yaml:3:29), and the API tells no price of plan Plan 3 (3)"},
		{"max_monthly_cost: 900", "a: {}, x: {}, " + more, "max_monthly_cost allows 900.00 a month (f.yaml:3:28), and the API tells no price of plan Plan 3 (3)"},
		{"max_monthly_cost: 900", "x: {absent: true}, y: {absent: true}, " + more, ""},
		{"max_cost_increase: 10", "x: {}, " + more, ""},
		{"max_cost_increase: 0", "x: {location: us-east, replace: delete-first}", ""},
	} {
		p := pricedDiff(t, "guards: {"+test.guards+", max_deletes: 9}\nservers: {"+test.servers+"}", live...)
		if got := strings.Join(violations(p), "\n"); got != test.want {
			t.Errorf("%s, %s:\n got %s\nwant %s", test.guards, test.servers, got, test.want)
		}
	}
}
