package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/planner"
)

// unapproved lists in short what of a new plan is not left of one that was approved.
func unapproved(left, now *planner.Plan) string {
	var list []string
	for _, c := range now.Unapproved(left) {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s", c.Action(), c.About().Name, c.About().ID)))
	}
	return strings.Join(list, ", ")
}

func TestApproval(t *testing.T) {
	const replaced = "servers: {a: {plan: performance, replace: create-first, status: stopped}}"
	for _, test := range []struct {
		name, file    string
		before, after []string
		want          string // what is new
	}{
		{"nothing happened", "servers: {a: {hostname: x}}", []string{"1 a active"}, []string{"1 a active"}, ""},
		{"one of two done", "servers: {a: {hostname: x}, b: {hostname: x}}", []string{"1 a active", "2 b active"}, []string{"1 a active host=x", "2 b active"}, ""},
		{"all done", "servers: {a: {hostname: x}}", []string{"1 a active"}, []string{"1 a active host=x"}, ""},
		{"edited meanwhile", "servers: {a: {hostname: x}}", []string{"1 a active"}, []string{"1 a active host=y"}, "update a 1"},
		{"another server of that name", "servers: {a: {hostname: x}}", []string{"1 a active"}, []string{"2 a active"}, "update a 2"},
		{"one more to do", "servers: {a: {hostname: x}, b: {hostname: x}}", []string{"1 a active", "2 b active host=x"}, []string{"1 a active", "2 b active"}, "update b 2"},
		{"gone meanwhile", "servers: {a: {" + web + ", hostname: x}}", []string{"1 a active"}, nil, "create a"},
		{"one more to delete", "owns: ['*']\nunlisted: delete\nservers: {a: {hostname: x}}", []string{"1 a active", "2 b active"}, []string{"2 b active", "1 a active", "3 c active"}, "delete c 3"},
		{"changed before its delete", "servers: {a: {absent: true}}", []string{"1 a active"}, []string{"1 a active host=y"}, "delete a 1"},
		{"stopped by somebody", "servers: {a: {absent: true}}", []string{"1 a active"}, []string{"1 a stopped"}, "delete a 1"},
		{"created, still to be stopped", "servers: {a: {" + web + ", status: stopped}}", nil, []string{"1 a provisioning"}, ""},
		{"to be stopped, but not made by this plan", "servers: {a: {status: stopped}}", []string{"1 a stopped"}, []string{"1 a active"}, "stop a 1"},
		{"started by somebody", "servers: {a: {status: active, hostname: x}}", []string{"1 a active"}, []string{"1 a stopped"}, "start a 1"},
		{"create-first, created", replaced, []string{"1 a active"}, []string{"1 a active", "2 a--next active plan=2"}, ""},
		{"create-first, deleted", replaced, []string{"1 a active"}, []string{"2 a--next active plan=2"}, ""},
		{"create-first, still to be stopped", replaced, []string{"1 a active"}, []string{"2 a active plan=2"}, ""},
		{"create-first, left by an earlier run", "servers: {a: {plan: performance, replace: create-first, hostname: x, reboot_on: [hostname]}}",
			[]string{"1 a active host=x", "2 a--next active plan=2 host=y"}, []string{"2 a--next active plan=2 host=y"}, ""},
		{"create-first, the old one was edited", replaced, []string{"1 a active"}, []string{"1 a active host=y", "2 a--next active plan=2"}, "replace a 1, stop a"},
		{"create-first, another old one", replaced, []string{"1 a active"}, []string{"3 a active", "2 a--next active plan=2"}, "replace a 3, stop a"},
		{"create-first, nobody reviewed it", "servers: {a: {plan: performance, replace: create-first, hostname: x}}", []string{"1 a active plan=2"}, []string{"2 a--next active plan=2 host=x"}, "update a 2"},
		{"delete-first, deleted", "servers: {a: {plan: performance, os: ubuntu, location: us-west, replace: delete-first}}", []string{"1 a active"}, nil, ""},
		{"delete-first, deleted with the host name that it would have kept", "servers: {a: {plan: performance, os: ubuntu, location: us-west, replace: delete-first}}", []string{"1 a active host=x"}, nil, "create a"},
		{"delete-first, deleted with its former name in use", "servers: {a: {plan: performance, renamed_from: b, replace: delete-first}}", []string{"1 a active", "2 b active plan=2"}, []string{"2 b active plan=2"}, "update a 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			left, _ := diff(t, test.file, test.before...).Remaining(observe(t, test.after...))
			if d := cmp.Diff(test.want, unapproved(left, diff(t, test.file, test.after...))); d != "" {
				t.Errorf("new changes (-want +got):\n%s", d)
			}
		})
	}
}

func TestApprovalIsForOneAccountAndEndpoint(t *testing.T) {
	p := diff(t, everything, everythingLive...)
	for _, other := range []func(*planner.Plan){
		func(p *planner.Plan) { p.Account = "eve@example.com" },
		func(p *planner.Plan) { p.Endpoint = "https://api.example.org/api/v1" },
	} {
		q := *p
		other(&q)
		if got := q.Unapproved(p); len(got) != len(q.Changes) {
			t.Errorf("%d of %d changes are not approved", len(got), len(q.Changes))
		}
	}
}

func TestParseDigest(t *testing.T) {
	want := diff(t, everything, everythingLive...).Digest()
	for _, text := range []string{want, " " + want + "\n", strings.ToUpper(want)} {
		if got, err := planner.ParseDigest(text); got != want || err != nil {
			t.Errorf("%q is %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", want[:31], want + "0", want + ".8pkHrZkIjOABV200o1", want + "\n" + want, strings.Repeat("g", 32), strings.Repeat("０", 32)} {
		if got, err := planner.ParseDigest(text); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}
