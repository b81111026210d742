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

// drawFleet writes a fleet file of up to eight entries over a small set of names.
func drawFleet(t *rapid.T) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\nowns: ['a*']\nunlisted: %s\nprotect: [a7]\nservers:\n",
		rapid.SampledFrom([]string{"report", "ignore", "delete"}).Draw(t, "unlisted"))
	for i := range 8 {
		name := fmt.Sprintf("a%d", i)
		switch rapid.IntRange(0, 4).Draw(t, name) {
		case 0:
			continue
		case 1:
			fmt.Fprintf(&b, "  %s: {absent: true}\n", name)
			continue
		}
		fmt.Fprintf(&b, "  %s: {plan: %d, os: 5, location: %s", name, rapid.IntRange(1, 2).Draw(t, "plan"), rapid.SampledFrom([]string{"us-west", "us-east"}).Draw(t, "location"))
		for _, field := range []struct{ key, values string }{
			{"hostname", "x y"}, {"backups_enabled", "true false"}, {"status", "active stopped"},
			{"replace", "delete-first create-first"}, {"reboot_on", "[hostname]"}, {"renamed_from", fmt.Sprintf("b%d", i)},
		} {
			if v := rapid.SampledFrom(append(strings.Fields(field.values), "")).Draw(t, field.key); v != "" {
				fmt.Fprintf(&b, ", %s: %s", field.key, v)
			}
		}
		b.WriteString("}\n")
	}
	b.WriteString("  z: {absent: true}\n")
	return b.String()
}

// drawWorld makes up to ten live servers, duplicates and left-overs among them.
func drawWorld(t *rapid.T) planner.Observation {
	ten, twenty := fleet.Money(10_000_000), fleet.Money(20_000_000)
	o := planner.Observation{Account: "ops@example.com", Endpoint: "https://api.example.com",
		Offers: []planner.Offer{{ID: "1", Available: true, Monthly: &ten}, {ID: "2", Available: true, Monthly: &twenty}}}
	statuses := []planner.Status{"active", "stopped", "active", "stopped", "provisioning", "starting", "stopping", "rebooting", "suspended", "error"}
	for id := range rapid.IntRange(0, 10).Draw(t, "servers") {
		name := fmt.Sprintf("%s%d", rapid.SampledFrom([]string{"a", "b"}).Draw(t, "letter"), rapid.IntRange(0, 9).Draw(t, "number"))
		if rapid.IntRange(0, 5).Draw(t, "next") == 0 {
			name += fleet.NextSuffix
		}
		backups := rapid.Bool().Draw(t, "backups")
		host := rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "host")
		o.Servers = append(o.Servers, planner.Server{
			ID: fmt.Sprint(100 + id), Name: name, Status: rapid.SampledFrom(statuses).Draw(t, "status"),
			Hostname: &host, Location: rapid.SampledFrom([]string{"us-west", "us-east"}).Draw(t, "at"),
			Plan: planner.Named{ID: fmt.Sprint(rapid.IntRange(1, 2).Draw(t, "live plan")), Name: drawName(t)}, OS: planner.Named{ID: "5", Name: drawName(t)},
			BackupsEnabled: &backups,
		})
	}
	return o
}

// drawName is one of two names that the API has for the same thing.
func drawName(t *rapid.T) string {
	return rapid.SampledFrom([]string{"Standard", "Standard (2026)"}).Draw(t, "name")
}

// applyPlan does to a world what a plan says, at once and without faults.
func applyPlan(t *rapid.T, p *planner.Plan, o planner.Observation) planner.Observation {
	servers := slices.Clone(o.Servers)
	find := func(id, name string) *planner.Server {
		for i := range servers {
			if servers[i].ID == id || id == "" && servers[i].Name == name {
				return &servers[i]
			}
		}
		t.Fatalf("the plan is about %s (%s), which is not there", name, id)
		return nil
	}
	remove := func(id string) {
		servers = slices.DeleteFunc(servers, func(s planner.Server) bool { return s.ID == id })
	}
	made := 0
	create := func(name string, s planner.Spec) {
		made++
		off := false
		live := planner.Server{ID: fmt.Sprint(1000 + made), Name: name, Status: "active", Hostname: s.Hostname,
			Location: s.Location, Plan: s.Plan, OS: s.OS, BackupsEnabled: s.BackupsEnabled}
		if live.BackupsEnabled == nil {
			live.BackupsEnabled = &off
		}
		servers = append(servers, live)
	}
	for _, w := range p.Waits {
		find(w.ID, "").Status = w.To
	}
	for _, c := range p.Changes {
		switch c := c.(type) {
		case *planner.Create:
			create(c.Name, c.Spec)
		case *planner.Update:
			setFields(t, find(c.ID, ""), c.Fields)
		case *planner.Replace:
			remove(c.ID)
			if c.NextID != "" {
				next := find(c.NextID, "")
				next.Status = "active"
				setFields(t, next, c.Finish)
			} else {
				create(c.Name, c.Spec)
			}
		case *planner.Power:
			s := find(c.ID, c.Name)
			if s.Status != c.From {
				t.Fatalf("%s %s finds it %s, not %s", c.Verb, c.Name, s.Status, c.From)
			}
			s.Status = c.Goal()
		case *planner.Delete:
			remove(c.ID)
		}
	}
	o.Servers = servers
	return o
}

// setFields changes what an update changes, from the values that the plan says.
func setFields(t *rapid.T, s *planner.Server, fields []planner.FieldChange) {
	for _, f := range fields {
		now, _ := s.Value(f.Field)
		if !now.Equal(f.From) {
			t.Fatalf("%s of %s is %s, the plan says %s", f.Field, s.Name, now, f.From)
		}
		s.Set(f.Field, f.To)
	}
}

// drawPlan draws a fleet and a world, and plans.
func drawPlan(t *rapid.T) (*fleet.Fleet, planner.Observation, *planner.Plan) {
	f, err := fleet.Parse(fleet.Text{Name: "f.yaml", Data: []byte(drawFleet(t))})
	if err != nil {
		t.Fatal(err)
	}
	o := drawWorld(t)
	return f, o, planner.Diff(f, o, planner.Selection{})
}

// TestPlansConverge checks, on drawn fleets and worlds: a plan carried out leaves
// nothing to plan but what is blocked, no name twice that was not there twice, and
// nothing protected gone; the cost is as it said; it does not depend on the order of
// the observation; and it reads back to itself.
func TestPlansConverge(t *testing.T) {
	updated := make(map[fleet.Field]bool)
	for range 10 { // hundreds of draws a time
		rapid.Check(t, func(t *rapid.T) { checkConverges(t, updated) })
	}
	for _, field := range planner.MutableFields {
		if !updated[field] {
			t.Errorf("no plan updates %s: draw it in drawFleet and drawWorld", field)
		}
	}
}

// checkConverges checks one drawn plan, and notes which fields it updates.
func checkConverges(t *rapid.T, updated map[fleet.Field]bool) {
	f, o, p := drawPlan(t)
	for _, c := range p.Changes {
		if u, ok := c.(*planner.Update); ok {
			for _, change := range u.Fields {
				updated[change.Field] = true
			}
		}
	}
	shuffled := o
	shuffled.Servers = rapid.Permutation(o.Servers).Draw(t, "order")
	if d := cmp.Diff(encoded(t, p), encoded(t, planner.Diff(f, shuffled, planner.Selection{}))); d != "" {
		t.Fatalf("another order makes another plan: -first +second\n%s", d)
	}
	checkProtected(t, p)
	after := applyPlan(t, p, o)
	checkNames(t, o, after)
	rest := planner.Diff(f, after, planner.Selection{})
	for _, c := range rest.Changes {
		t.Errorf("after the apply there is still: %s %s (%s)", c.Action(), c.About().Name, c.About().Reason.Code)
	}
	if p.Cost.After != rest.Cost.Before || p.Cost.Before+p.Cost.Delta != p.Cost.After {
		t.Errorf("the cost was to be %s → %s, %s; then it is %s", p.Cost.Before, p.Cost.After, p.Cost.Delta, rest.Cost.Before)
	}
}

// encoded is a plan's document.
func encoded(t *rapid.T, p *planner.Plan) string {
	var b strings.Builder
	if err := planner.Encode(&b, p, nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func checkProtected(t *rapid.T, p *planner.Plan) {
	for _, c := range p.Changes {
		if c.About().Name == "a7" && (c.Action() == planner.ActionDelete || c.Action() == planner.ActionReplace || c.Action() == planner.ActionStop && c.About().ID != "") {
			t.Errorf("%s of a protected server", c.Action())
		}
	}
}

func checkNames(t *rapid.T, before, after planner.Observation) {
	count := func(o planner.Observation) map[string]int {
		n := map[string]int{}
		for _, s := range o.Servers {
			n[s.Name]++
		}
		return n
	}
	was := count(before)
	for name, n := range count(after) {
		if n > max(1, was[name]) {
			t.Errorf("there are %d servers named %s, before there were %d", n, name, was[name])
		}
	}
}
