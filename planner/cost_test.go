package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// money reads an amount; "" is one that is unknown.
func money(t testing.TB, s string) *fleet.Money {
	t.Helper()
	if s == "" {
		return nil
	}
	m, err := fleet.ParseMoney(s)
	if err != nil {
		t.Fatal(err)
	}
	return &m
}

// priced observes live servers and an API that sells plans 1 at 10.00, 2 at 20.00
// a month, and 3 at a price that it does not tell.
func priced(t testing.TB, live ...string) planner.Observation {
	t.Helper()
	o := observe(t, live...)
	for id, price := range map[string][2]string{"1": {"10.00", "0.014"}, "2": {"20", "0.0285"}, "3": {"", ""}} {
		o.Offers = append(o.Offers, planner.Offer{ID: id, Name: "Plan " + id, Available: true, Monthly: money(t, price[0]), Hourly: money(t, price[1])})
	}
	return o
}

func pricedDiff(t testing.TB, body string, live ...string) *planner.Plan {
	t.Helper()
	p := planner.Diff(parse(t, body), priced(t, live...), planner.Selection{})
	return p
}

// describeCost writes a cost in short lines: rows, then the sums.
func describeCost(c planner.Cost) string {
	var b strings.Builder
	for _, r := range c.Rows {
		before, after, known := r.Monthly()
		fmt.Fprintf(&b, "%s %s: %d→%d, %d new", r.Plan.ID, r.Location, r.Before, r.After, r.Created)
		if known {
			fmt.Fprintf(&b, ", %s→%s", before, after)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%s→%s %s", c.Before, c.After, c.Delta.Signed())
	if c.Hourly != nil {
		fmt.Fprintf(&b, ", %s an hour", c.Hourly)
	}
	for _, n := range c.Unknown() {
		fmt.Fprintf(&b, ", unknown %s", n.ID)
	}
	return b.String() + "\n"
}

func TestCost(t *testing.T) {
	const at = "os: 5, location: us-west"
	for _, test := range []struct {
		name, file string
		live       []string
		want       string
	}{
		{"nothing", "servers: {}", nil, lines("0.00→0.00 0.00")},
		{"creates", "servers: {a: {plan: 1, " + at + "}, b: {plan: 2, os: 5, location: us-east}, c: {plan: 1, " + at + ", status: stopped}}", nil,
			lines("1 us-west: 0→2, 2 new, 0.00→20.00", "2 us-east: 0→1, 1 new, 0.00→20.00", "0.00→40.00 +40.00, 0.0565 an hour")},
		{"a delete, and servers that stay in any status", "owns: [u*]\nservers: {a: {absent: true}, b: {}, c: {}}",
			[]string{"1 a active", "2 b stopped", "3 c suspended", "4 u1 active plan=2", "5 stranger active"},
			lines("1 us-west: 3→2, 0 new, 30.00→20.00", "2 us-west: 1→1, 0 new, 20.00→20.00", "50.00→40.00 -10.00")},
		{"a replacement", "servers: {a: {plan: 2, replace: create-first}}", []string{"1 a active"},
			lines("1 us-west: 1→0, 0 new, 10.00→0.00", "2 us-west: 0→1, 1 new, 0.00→20.00", "10.00→20.00 +10.00, 0.0285 an hour")},
		{"a replacement of the same price", "servers: {a: {os: debian, replace: delete-first}}", []string{"1 a active"},
			lines("1 us-west: 1→1, 1 new, 10.00→10.00", "10.00→10.00 0.00, 0.014 an hour")},
		{"a replacement that is half done", "servers: {a: {os: debian, replace: create-first}}", []string{"1 a active", "2 a--next active os=3"},
			lines("1 us-west: 2→1, 0 new, 20.00→10.00", "20.00→10.00 -10.00")},
		{"blocked entries", "servers: {a: {plan: 2}, b: {}, c: {plan: 1}}", []string{"1 a active", "2 b active", "3 b active"},
			lines("1 us-west: 3→3, 0 new, 30.00→30.00", "30.00→30.00 0.00")},
		{"prices that nobody knows", "servers: {a: {plan: 3, " + at + "}, b: {plan: 9, " + at + "}, c: {plan: 1, " + at + "}}", []string{"1 b active plan=9"},
			lines("9 us-west: 1→1, 0 new", "1 us-west: 0→1, 1 new, 0.00→10.00", "3 us-west: 0→1, 1 new", "0.00→10.00 +10.00, unknown 9, unknown 3")},
	} {
		t.Run(test.name, func(t *testing.T) {
			if d := cmp.Diff(test.want, describeCost(pricedDiff(t, test.file, test.live...).Cost)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestCostCountsWhatIsNotSelected(t *testing.T) {
	p := planner.Diff(parse(t, "servers: {a: {}, b: {absent: true}, c: {absent: true}}"), priced(t, "1 a active", "2 b active", "3 c active"), planner.Selection{Targets: []string{"b"}})
	if got, want := describeCost(p.Cost), lines("1 us-west: 3→2, 0 new, 30.00→20.00", "30.00→20.00 -10.00"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A server counts under each label of its entry, as it is and as it will be, and what
// --only leaves out does not count.
func TestCostByLabel(t *testing.T) {
	const file = `defaults: {labels: {env: prod}}
owns: [u*]
servers:
  a: {labels: {role: web}}
  b: {labels: {role: web}, plan: 2, replace: create-first}
  c: {labels: {role: db}, plan: 3, os: 5, location: us-west}
  d: {labels: {role: db, env: dev}, os: debian, replace: delete-first}
  e: {absent: true}
`
	describe := func(c planner.Cost) (text string) {
		for _, l := range c.Labels {
			text += fmt.Sprintf("%s=%s: %d→%d, %d unpriced, %s→%s\n", l.Key, l.Value, l.Before, l.After, l.Unpriced, l.MonthlyBefore, l.MonthlyAfter)
		}
		return text
	}
	p := pricedDiff(t, file, "1 a active", "2 b active", "4 d active", "5 u1 active", "6 e active")
	want := lines("env=dev: 1→1, 0 unpriced, 10.00→10.00", "env=prod: 2→3, 1 unpriced, 20.00→30.00", "role=db: 1→2, 1 unpriced, 10.00→10.00", "role=web: 2→2, 0 unpriced, 20.00→30.00")
	if got := describe(p.Cost); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	want = lines("env=dev: 1→1, 0 unpriced, 10.00→10.00", "env=prod: 2→2, 0 unpriced, 20.00→20.00", "role=db: 1→1, 0 unpriced, 10.00→10.00", "role=web: 2→2, 0 unpriced, 20.00→20.00")
	if got := describe(p.Only([]planner.Action{planner.ActionDelete}).Cost); got != want {
		t.Errorf("with --only delete: got\n%swant\n%s", got, want)
	}
}

func TestASavedPlanKeepsItsCost(t *testing.T) {
	p := pricedDiff(t, everything, everythingLive...)
	back, err := planner.Decode(strings.NewReader(encode(t, p)))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(p.Cost, back.Cost); d != "" || len(p.Cost.Rows) < 2 {
		t.Errorf("-before +after\n%s", d)
	}
	if without := diff(t, everything, everythingLive...); without.Digest() != p.Digest() {
		t.Error("the digest counts prices")
	}
}

// A narrowed plan costs what a plan with just the changes that are left would.
func TestCostOfANarrowedPlan(t *testing.T) {
	o := planner.Observation{
		Offers:  []planner.Offer{{ID: "1", Name: "small", Available: true, Monthly: money(t, "5"), Hourly: money(t, "0.007")}},
		Servers: []planner.Server{{ID: "7", Name: "old", Status: "active", Plan: planner.Named{ID: "1"}, Location: "x"}},
	}
	plan := func(old string) *planner.Plan {
		f, err := fleet.Parse(fleet.Text{Name: "f.yaml", Data: []byte("version: 1\nowns: ['*']\nservers: {a: {plan: 1, os: 5, location: y}" + old + "}")})
		if err != nil {
			t.Fatal(err)
		}
		p := planner.Diff(f, o, planner.Selection{})
		return p
	}
	got := plan(", old: {absent: true}, b: {plan: 1, os: 5, location: z, status: stopped}").Only([]planner.Action{planner.ActionDelete})
	if want := plan(", old: {absent: true}"); got.Cost.After != 0 || want.Cost.After != *money(t, "5") {
		t.Errorf("%s a month after just the delete, and %s with a create", got.Cost.After, want.Cost.After)
	}
	got = plan(", old: {absent: true}").Only([]planner.Action{planner.ActionCreate})
	if diff := cmp.Diff(plan("").Cost, got.Cost); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
