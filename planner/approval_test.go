package planner_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vps-fleet/fleet/fleet"
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

// partly carries out some of a plan, in an order in which an apply may: each lane
// up to some change, replacements also to their middle.
func partly(t *rapid.T, f *fleet.Fleet, p *planner.Plan, o planner.Observation) planner.Observation {
	lanes := p.Lanes()
	ended := make([]int, len(lanes)) // changes that each lane has made
	for i, l := range lanes {
		ended[i] = rapid.IntRange(0, len(l.Changes)).Draw(t, "made in "+l.Name)
	}
	held := func(l planner.Lane) bool {
		return slices.ContainsFunc(l.After, func(other int) bool { return ended[other] < len(lanes[other].Changes) })
	}
	for range lanes { // what holds a lane back may be held back itself
		for i, l := range lanes {
			if held(l) {
				ended[i] = 0
			}
		}
	}
	some := planner.Plan{}
	for i, l := range lanes {
		if l.Wait >= 0 && (ended[i] > 0 || rapid.Bool().Draw(t, "waited")) {
			some.Waits = append(some.Waits, p.Waits[l.Wait])
		}
		for _, c := range l.Changes[:ended[i]] {
			some.Changes = append(some.Changes, p.Changes[c])
		}
		if ended[i] < len(l.Changes) && !held(l) {
			if r, ok := p.Changes[l.Changes[ended[i]]].(*planner.Replace); ok {
				steps := beginnings(f, r, o)
				some.Changes = append(some.Changes, steps[:rapid.IntRange(0, len(steps)).Draw(t, "steps")]...)
			}
		}
	}
	return applyPlan(t, &some, o)
}

// beginnings are the first steps of a replacement, those after which a new plan
// has the rest of it. Once the old server is gone, it has not where the entry
// leaves out what the new one was to keep, or speaks of another server as well.
func beginnings(f *fleet.Fleet, r *planner.Replace, o planner.Observation) (steps []planner.Change) {
	if r.Mode == fleet.ReplaceCreateFirst && r.NextID == "" {
		steps = append(steps, &planner.Create{Subject: planner.Subject{Name: r.Name + fleet.NextSuffix}, Spec: r.Spec})
	}
	e, _ := f.Lookup(r.Name)
	former := slices.ContainsFunc(o.Servers, func(s planner.Server) bool { return s.Name == e.RenamedFrom })
	if e.Hostname != nil && !former {
		steps = append(steps, &planner.Delete{Subject: r.Subject, Old: r.Old})
	}
	return steps
}

// TestApprovalCoversTheRest checks, on drawn fleets and worlds: however far an
// apply came, the digest of the plan approves what a new plan still has to do,
// and nothing that differs from it.
func TestApprovalCoversTheRest(t *testing.T) {
	for range 10 { // hundreds of draws a time
		rapid.Check(t, checkApproval)
	}
}

func checkApproval(t *rapid.T) {
	f, err := fleet.Parse("f.yaml", []byte(drawFleet(t)))
	if err != nil {
		t.Fatal(err)
	}
	o := drawWorld(t)
	p, err := planner.Diff(f, o, planner.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	rest, err := planner.Diff(f, partly(t, f, p, o), planner.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if got := unapproved(t, p, rest); got != "" {
		t.Fatalf("new is %s; reviewed were\n%sleft is\n%s", got, describe(p), describe(rest))
	}
	if len(rest.Changes) == 0 {
		return
	}
	i := rapid.IntRange(0, len(rest.Changes)-1).Draw(t, "altered")
	altered := *rest
	altered.Changes = slices.Clone(rest.Changes)
	altered.Changes[i] = alter(t, rest.Changes[i])
	if got := approve(t, p).New(&altered); len(got) != 1 || got[0] != altered.Changes[i] {
		t.Fatalf("altered to %#v, new is %v", altered.Changes[i], got)
	}
}

// alter makes a change another one, in one thing.
func alter(t *rapid.T, c planner.Change) planner.Change {
	const other = "other"
	pick := func(alterations ...func()) {
		alterations[rapid.IntRange(0, len(alterations)-1).Draw(t, "alteration")]()
	}
	spec := func(s *planner.Spec) func() {
		return func() {
			pick(func() { s.Plan.ID = other }, func() { s.OS.ID = other }, func() { s.Location = other },
				func() { h := other; s.Hostname = &h }, func() { s.SSHKey = &planner.Named{ID: other} })
		}
	}
	old := func(s *planner.Server) func() {
		return func() {
			pick(func() { s.Name = other }, func() { h := other; s.Hostname = &h }, func() { s.Status = other },
				func() { s.Location = other }, func() { s.Plan.ID = other }, func() { s.OS.ID = other })
		}
	}
	switch c := c.(type) {
	case *planner.Create:
		x := *c
		pick(func() { x.Name = other }, spec(&x.Spec))
		return &x
	case *planner.Update:
		x := *c
		x.Fields = slices.Clone(c.Fields)
		pick(func() { x.Name = other }, func() { x.Fields[0].From = planner.Text(other) }, func() { x.Fields[0].To = planner.Text(other) })
		return &x
	case *planner.Power:
		x := *c
		pick(func() { x.Name = other }, func() { x.From = other }, func() { x.Verb = other })
		return &x
	case *planner.Replace:
		x := *c
		pick(func() { x.ID = other }, func() { x.Mode = other }, spec(&x.Spec), old(&x.Old))
		return &x
	case *planner.Delete:
		x := *c
		pick(func() { x.ID = other }, old(&x.Old))
		return &x
	}
	t.Fatalf("unknown change %T", c)
	return nil
}
