package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
		{"{}", []string{"max_deletes 0 at : 3 > 0"}},
		{"{max_deletes: 2}", []string{"max_deletes 2 at f.yaml:3:23: 3 > 2"}},
		{"{max_deletes: 3}", nil},
		{"{max_deletes: 30%}", nil},
		{"{max_deletes: 29%}", []string{"max_deletes 29% at f.yaml:3:23: 3 > 2"}},
		{"{max_deletes: 3, max_changes: 4}", nil},
		{"{max_deletes: 3, max_changes: 3}", []string{"max_changes 3 at f.yaml:3:39: 4 > 3"}},
		{"{max_deletes: 3, max_changes: 40%}", nil},
		{"{max_deletes: 0, max_changes: 39%}", []string{"max_deletes 0 at f.yaml:3:23: 3 > 0", "max_changes 39% at f.yaml:3:39: 4 > 3"}},
	} {
		p := diff(t, "guards: "+test.guards+file, live...)
		if d := cmp.Diff(test.want, violations(p)); d != "" {
			t.Errorf("guards %s: -want +got\n%s", test.guards, d)
		}
		if lacking, ok := p.Lacking(); !ok || p.Allow(lacking).Violations() != nil {
			t.Errorf("guards %s: with %+v allowed, it still goes beyond %q", test.guards, lacking, violations(p.Allow(lacking)))
		}
	}
}

// violations writes in short by how much a plan goes beyond which guards.
func violations(p *planner.Plan) (texts []string) {
	for _, v := range p.Violations() {
		switch v := v.(type) {
		case planner.CountViolation:
			texts = append(texts, fmt.Sprintf("%s %s at %s: %d > %d", v.Guard, v.Limit, v.Limit.Pos, v.Got, v.Allowed))
		case planner.CostViolation:
			text := fmt.Sprintf("%s %s at %s: %s > %s", v.Guard, v.Limit, v.Limit.Pos, v.Got, v.Allowed)
			if v.Unpriced != nil {
				text = fmt.Sprintf("%s %s at %s: unpriced %s", v.Guard, v.Limit, v.Limit.Pos, v.Unpriced)
			}
			texts = append(texts, text)
		}
	}
	return texts
}

func TestCostViolations(t *testing.T) {
	const add, more = ", os: 5, location: us-west}", "b: {plan: 1, os: 5, location: us-west}"
	live := []string{"1 a active", "2 x active plan=3", "3 y active plan=3"} // 10.00, and two of unknown price
	for _, test := range []struct{ guards, servers, want string }{
		{"max_monthly_cost: 20", "a: {}, " + more, ""},
		{"max_monthly_cost: 19.99", "a: {}, " + more, "max_monthly_cost 19.99 at f.yaml:3:28: 20.00 > 19.99"},
		{"max_cost_increase: 10", "a: {}, " + more, ""},
		{"max_cost_increase: 100%", "a: {}, " + more, ""},
		{"max_cost_increase: 99%", "a: {}, " + more, "max_cost_increase 99% at f.yaml:3:29: 10.00 > 9.90"},
		{"max_cost_increase: 0", "a: {plan: 2, replace: create-first}", "max_cost_increase 0.00 at f.yaml:3:29: 10.00 > 0.00"},
		// What costs no more than before is within every limit.
		{"max_monthly_cost: 5, max_cost_increase: 0", "a: {hostname: h}", ""},
		{"max_monthly_cost: 0, max_cost_increase: 0", "a: {os: debian, replace: delete-first}", ""},
		{"max_monthly_cost: 0", "a: {absent: true}", ""},
		{"max_monthly_cost: 0", "x: {}, y: {absent: true}", ""},
		// Of an unknown price nobody can say that it is within a limit.
		{"max_cost_increase: 900", "a: {}, b: {plan: 3" + add, "max_cost_increase 900.00 at f.yaml:3:29: unpriced [Plan 3 (3)]"},
		{"max_cost_increase: 900", "a: {plan: 3, replace: delete-first}", "max_cost_increase 900.00 at f.yaml:3:29: unpriced [Plan 3 (3)]"},
		{"max_monthly_cost: 900", "a: {}, x: {}, " + more, "max_monthly_cost 900.00 at f.yaml:3:28: unpriced [Plan 3 (3)]"},
		{"max_monthly_cost: 900", "x: {absent: true}, y: {absent: true}, " + more, ""},
		{"max_cost_increase: 10", "x: {}, " + more, ""},
		{"max_cost_increase: 0", "x: {location: us-east, replace: delete-first}", ""},
	} {
		p := pricedDiff(t, "guards: {"+test.guards+", max_deletes: 9}\nservers: {"+test.servers+"}", live...)
		if got := strings.Join(violations(p), "\n"); got != test.want {
			t.Errorf("%s, %s:\n got %s\nwant %s", test.guards, test.servers, got, test.want)
		}
		lacking, ok := p.Lacking()
		if unpriced := strings.Contains(test.want, "unpriced"); ok == unpriced || ok && p.Allow(lacking).Violations() != nil {
			t.Errorf("%s, %s: with %+v allowed, it still goes beyond %q", test.guards, test.servers, lacking, violations(p.Allow(lacking)))
		}
	}
}
