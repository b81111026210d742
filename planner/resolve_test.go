package planner_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/fleet"
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
			p, err := planner.Diff(parse(t, "servers: {a: {"+test.entry+"}}"), o, planner.Selection{})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSpace(describe(p)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestDiffReportsUnknownNamesAtOnce(t *testing.T) {
	f := parse(t, "servers:\n  'a-[1:3]': {plan: huge, os: 5, location: us-west}\n  b: {plan: 1, os: beos, location: us-west}\n")
	o := observe(t, "1 x active")
	o.Servers = append(o.Servers, server(t, "2 y active plan=9"))
	o.Servers[1].Plan.Name = "Standard VPS"
	_, err := planner.Diff(f, o, planner.Selection{})
	problems, ok := err.(fleet.Problems)
	if !ok || len(problems) != 2 {
		t.Fatalf("want two problems, got %v", err)
	}
	for i, want := range []string{`f.yaml:4:21: unknown plan "huge"`, `f.yaml:5:20: unknown os "beos"`} {
		if got := problems[i].Pos.String() + ": " + problems[i].Message; !strings.HasPrefix(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	_, err = planner.Diff(parse(t, "servers: {a: {plan: Standard VPS}}"), o, planner.Selection{})
	if err == nil || !strings.Contains(err.Error(), "may be any of the ids 1, 9") {
		t.Errorf("an ambiguous name: %v", err)
	}
}

func TestDiffRefusesWhatIsNotSold(t *testing.T) {
	const file = `
defaults: {os: 5, location: us-east}
servers:
  a-[1:3]: {plan: large}
  b: {plan: old}
  c: {plan: large, location: us-west}
  kept: {plan: 32}
  stuck: {plan: large}
  moved: {plan: 31, location: us-south, replace: delete-first}
  done: {plan: large, location: us-east, replace: create-first}
`
	o := observe(t, "1 kept active plan=32 at=us-east", "2 stuck active at=us-east", "3 moved active plan=31", "4 done active", "5 done--next active plan=31 at=us-east")
	o.Offers = offers
	_, err := planner.Diff(parse(t, file), o, planner.Selection{})
	problems, _ := err.(fleet.Problems)
	var got []string
	for _, p := range problems {
		got = append(got, p.Pos.String()+": "+p.Message)
	}
	want := []string{
		"f.yaml:6:19: the plan large (31) is not sold at us-east, only at us-west, eu-central",
		"f.yaml:7:13: the plan old (32) is not available",
		"f.yaml:11:17: the plan Large VPS (31) is not sold at us-south, only at us-west, eu-central",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s\n%v", d, err)
	}
}
