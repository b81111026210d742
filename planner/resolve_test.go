package planner_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/planner"
)

var offers = []planner.Offer{
	{ID: "31", Name: "Large VPS", Slug: "large", Available: true, Locations: []string{"us-west", "eu-central"}},
	{ID: "32", Name: "Old VPS", Slug: "old"},
}

func TestDiffResolvesNames(t *testing.T) {
	tests := []struct{ name, entry, want string }{
		{"slug", "plan: large, os: 5, location: us-west", "create a plan=31 os=5 at=us-west"},
		{"name of an offer", "plan: Large VPS, os: 5, location: us-west", "create a plan=31 os=5 at=us-west"},
		{"name seen on a live server", "plan: Standard VPS, os: Ubuntu 22.04 LTS, location: us-west", "create a plan=1 os=5 at=us-west"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := observe(t, "1 other active")
			o.Offers = offers
			p := planner.Diff(parse(t, "servers: {a: {"+test.entry+"}}"), o, planner.Selection{})
			if got := strings.TrimSpace(describe(p)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// blocked lists what is blocked in short lines.
func blocked(p *planner.Plan) (list []string) {
	for _, b := range p.Blocked {
		r := b.Reason
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s at %s: %s %s", b.Name, r.Code, r.Place(), r.Name, strings.Join(r.Names, ", "))))
	}
	return list
}

// What cannot be resolved blocks the entries that say so, and no other.
func TestUnresolvedNamesBlockTheirEntries(t *testing.T) {
	f := parse(t, "servers:\n  'a-[1:2]': {plan: huge, os: 5, location: us-west}\n  b: {plan: 1, os: beos, location: us-west}\n  c: {plan: Standard VPS}\n  d: {plan: 1}\n  e: {plan: 1, os: 5, location: us-west}\n")
	o := observe(t, "1 x active", "3 c active", "4 d active")
	o.Servers = append(o.Servers, server(t, "2 y active plan=9"))
	o.Servers[3].Plan.Name = "Standard VPS"
	p := planner.Diff(f, o, planner.Selection{})
	want := []string{
		"a-1 unknown_name at f.yaml:4:21: huge Standard VPS",
		"a-2 unknown_name at f.yaml:4:21: huge Standard VPS",
		"b unknown_name at f.yaml:5:20: beos Ubuntu 22.04 LTS",
		"c ambiguous_name at f.yaml:6:13: Standard VPS 1, 9",
	}
	if d := cmp.Diff(want, blocked(p)); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if got := p.Count(); len(p.Changes) != 1 || got[planner.ActionCreate] != 1 {
		t.Errorf("the others are blocked, too:\n%s", describe(p))
	}
}

func TestWhatIsNotSoldIsBlocked(t *testing.T) {
	const file = `
defaults: {os: 5, location: us-east}
servers:
  a-[1:2]: {plan: large}
  b: {plan: old}
  c: {plan: large, location: us-west}
  kept: {plan: 32}
  moved: {plan: 31, location: us-south, replace: delete-first}
  done: {plan: large, location: us-east, replace: create-first, backups_enabled: false}
`
	o := observe(t, "1 kept active plan=32 at=us-east", "3 moved active plan=31", "4 done active backups=off", "5 done--next active plan=31 at=us-east")
	o.Offers = offers
	p := planner.Diff(parse(t, file), o, planner.Selection{})
	want := []string{
		"a-1 not_sold_at at f.yaml:6:19:  us-west, eu-central",
		"a-2 not_sold_at at f.yaml:6:19:  us-west, eu-central",
		"b unavailable at f.yaml:7:13:",
		"moved not_sold_at at f.yaml:10:17:  us-west, eu-central",
	}
	if d := cmp.Diff(want, blocked(p)); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if d := cmp.Diff(map[planner.Action]int{planner.ActionCreate: 1, planner.ActionReplace: 1}, p.Count()); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// A plan that the API neither sells nor has given to a server is no plan to create
// with; nothing is known of it where the API tells no plans at all.
func TestPlanThatNobodyKnows(t *testing.T) {
	const file = "servers: {a: {plan: 77, os: 5, location: us-west}, b: {plan: 1, os: 5, location: us-west}}"
	for _, test := range []struct {
		live   []string
		offers []planner.Offer
		want   string
	}{
		{nil, []planner.Offer{{ID: "1", Available: true}}, "blocked a []: unavailable plan:(none)→77\n"},
		{[]string{"9 old active plan=77"}, []planner.Offer{{ID: "1", Available: true}}, "create a plan=77 os=5 at=us-west\n"},
		{nil, nil, "create a plan=77 os=5 at=us-west\n"},
	} {
		o := observe(t, test.live...)
		o.Offers = test.offers
		got := describe(planner.Diff(parse(t, file), o, planner.Selection{}))
		if !strings.Contains(got, test.want) || !strings.Contains(got, "create b") {
			t.Errorf("got\n%swant\n%s", got, test.want)
		}
	}
}

// A plan does not depend on the order in which servers are listed, not even where the
// API has two names for one id.
func TestNamesInAnyOrder(t *testing.T) {
	f := parse(t, "servers: {a: {plan: 1, os: 7, location: us-west}}")
	o := observe(t, "1 x active os=7", "2 y active os=7")
	o.Servers[0].OS.Name, o.Servers[1].OS.Name = "Debian 12", "Debian 12 (bookworm)"
	first := encode(t, planner.Diff(f, o, planner.Selection{}))
	slices.Reverse(o.Servers)
	if d := cmp.Diff(first, encode(t, planner.Diff(f, o, planner.Selection{}))); d != "" {
		t.Errorf("-first last +last first\n%s", d)
	}
}
