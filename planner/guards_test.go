package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
		{"{}", []string{"max_deletes 3>0"}},
		{"{max_deletes: 2}", []string{"max_deletes 3>2"}},
		{"{max_deletes: 3}", nil},
		{"{max_deletes: 30%}", nil},
		{"{max_deletes: 29%}", []string{"max_deletes 3>2"}},
		{"{max_deletes: 3, max_changes: 4}", nil},
		{"{max_deletes: 3, max_changes: 3}", []string{"max_changes 4>3"}},
		{"{max_deletes: 3, max_changes: 40%}", nil},
		{"{max_deletes: 0, max_changes: 39%}", []string{"max_deletes 3>0", "max_changes 4>3"}},
	} {
		var got []string
		for _, v := range diff(t, "guards: "+test.guards+file, live...).Violations() {
			got = append(got, fmt.Sprintf("%s %d>%d", v.Guard, v.Got, v.Allowed))
			if !strings.Contains(v.Hint(), fmt.Sprintf("--allow-%s %d", strings.TrimPrefix(v.Guard, "max_"), v.Got)) {
				t.Errorf("%s: the hint does not say how to allow it: %s", test.guards, v.Hint())
			}
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("guards %s: -want +got\n%s", test.guards, d)
		}
	}
}
