package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vps-fleet/fleet/planner"
)

// approve parses a plan's digest, as an apply in another place does.
func approve(t rapid.TB, p *planner.Plan) planner.Approval {
	t.Helper()
	a, err := planner.ParseDigest(" " + p.Digest() + "\n")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// unapproved lists in short what a digest of one plan does not approve of another.
func unapproved(t rapid.TB, reviewed, now *planner.Plan) string {
	t.Helper()
	var list []string
	for _, c := range approve(t, reviewed).New(now) {
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
		{"create-first, the old one was edited", replaced, []string{"1 a active"}, []string{"1 a active host=y", "2 a--next active plan=2"}, "replace a 1"},
		{"create-first, another old one", replaced, []string{"1 a active"}, []string{"3 a active", "2 a--next active plan=2"}, "replace a 3"},
		{"create-first, nobody reviewed it", "servers: {a: {plan: performance, replace: create-first, hostname: x}}", []string{"1 a active plan=2"}, []string{"2 a--next active plan=2 host=x"}, "update a 2"},
		{"delete-first, deleted", "servers: {a: {plan: performance, os: ubuntu, location: us-west, replace: delete-first}}", []string{"1 a active"}, nil, ""},
		{"delete-first, deleted with the host name that it would have kept", "servers: {a: {plan: performance, os: ubuntu, location: us-west, replace: delete-first}}", []string{"1 a active host=x"}, nil, "create a"},
		{"delete-first, deleted with its former name in use", "servers: {a: {plan: performance, renamed_from: b, replace: delete-first}}", []string{"1 a active", "2 b active plan=2"}, []string{"2 b active plan=2"}, "update a 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if d := cmp.Diff(test.want, unapproved(t, diff(t, test.file, test.before...), diff(t, test.file, test.after...))); d != "" {
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
		if got := approve(t, p).New(&q); len(got) != len(q.Changes) {
			t.Errorf("%d of %d changes are new", len(got), len(q.Changes))
		}
	}
}

func TestParseDigest(t *testing.T) {
	p := diff(t, everything, everythingLive...)
	head, tags, _ := strings.Cut(p.Digest(), ".")
	part := *p
	part.Changes = p.Changes[1:]
	for _, test := range []struct {
		name, text        string
		whole, partial    bool // what is approved of the plan, and of a part of it
		wholeOnly, broken bool
	}{
		{"as it is", p.Digest(), true, true, false, false},
		{"in capitals", strings.ToUpper(head) + "." + tags, true, true, false, false},
		{"the head alone", head, true, false, true, false},
		{"of another plan", strings.Repeat("0", 32), false, false, true, false},
		{"another head with the same tags", strings.Repeat("0", 32) + "." + tags, false, false, true, true},
		{"cut between two tags", head + "." + tags[:len(tags)-6], false, false, true, true},
		{"with one tag only", head + "." + tags[:6], false, false, true, true},
		{"cut within a tag", head + "." + tags[:8], false, false, true, true},
		{"a dot and nothing", head + ".", false, false, true, true},
		{"a short head", head[:31] + "." + tags, false, false, true, true},
		{"nothing", "", false, false, true, true},
		{"two lines", head + "\n" + head, false, false, true, true},
	} {
		a, err := planner.ParseDigest(test.text)
		if (err != nil) != test.broken || a.WholeOnly() != test.wholeOnly {
			t.Errorf("%s: %v, whole only %t", test.name, err, a.WholeOnly())
		}
		if whole, partial := len(a.New(p)) == 0, len(a.New(&part)) == 0; whole != test.whole || partial != test.partial {
			t.Errorf("%s: approves the plan %t, a part %t", test.name, whole, partial)
		}
	}
}

func TestDigestFitsInAnArgument(t *testing.T) {
	for n, tagged := range map[int]bool{20_000: true, 20_001: false} {
		p := &planner.Plan{}
		for i := range n {
			p.Changes = append(p.Changes, &planner.Power{Subject: planner.Subject{Name: fmt.Sprint(i)}, Verb: planner.ActionStop, From: planner.StatusActive})
		}
		if got := p.Digest(); len(got) > 128<<10-1 || strings.Contains(got, ".") != tagged {
			t.Errorf("the digest of %d changes has %d characters", n, len(got))
		}
	}
}

func TestDigestInLittleRoom(t *testing.T) {
	p := diff(t, everything, everythingLive...)
	all := p.Digest()
	if got := p.DigestIn(len(all)); got != all {
		t.Errorf("with room for it, it is %s", got)
	}
	if got := p.DigestIn(len(all) - 1); got != all[:32] {
		t.Errorf("without room for it, it is %s", got)
	}
}
