package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/planner"
)

func describeJobs(p *planner.Plan) string {
	var b strings.Builder
	for i, l := range p.Jobs() {
		fmt.Fprintf(&b, "%d %s:", i, l.Name)
		if l.Wait >= 0 {
			fmt.Fprintf(&b, " wait #%s", p.Waits[l.Wait].ID)
		}
		for _, c := range l.Changes {
			fmt.Fprintf(&b, " %s", p.Changes[c].Action())
		}
		if len(l.Needs) > 0 {
			fmt.Fprintf(&b, " needs %v", l.Needs)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestJobs(t *testing.T) {
	for _, test := range []struct {
		name, file string
		live       []string
		want       string
	}{
		{"one server's changes stay in order", "servers: {a: {" + web + ", status: stopped}, b: {hostname: x, status: stopped}, c: {plan: performance, replace: delete-first, status: stopped}}",
			[]string{"2 b starting", "3 c active"},
			lines("0 a: create stop", "1 b: wait #2 update stop", "2 c: replace stop")},
		{"creates begin before deletes", "servers: {a: {absent: true}, b: {" + web + "}}", []string{"1 a active"},
			lines("0 b: create", "1 a: delete")},
		{"a name is taken after it is free", "unlisted: delete\nservers: {a: {id: 2}, b: {" + web + "}, c: {id: 4}}",
			[]string{"1 a starting", "2 b active", "4 x active", "5 c active"},
			lines("0 b: create needs [1]", "1 a: update needs [3]", "2 c: update needs [4]", "3 a: wait #1 delete", "4 c: delete")},
	} {
		t.Run(test.name, func(t *testing.T) {
			if d := cmp.Diff(test.want, describeJobs(diff(t, test.file, test.live...))); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}
