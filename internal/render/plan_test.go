package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

var (
	standard    = planner.Named{ID: "1", Name: "Standard VPS"}
	performance = planner.Named{ID: "2", Name: "performance"}
	ubuntu      = planner.Named{ID: "5", Name: "ubuntu-22.04"}
	deploy      = planner.Named{ID: "42", Name: "deploy"}
)

func ptr[T any](v T) *T { return &v }

func live(id, name string) planner.Server {
	return planner.Server{ID: id, Name: name, Hostname: ptr(name + ".example.com"), Status: planner.StatusActive,
		Location: "us-west", Plan: standard, OS: planner.Named{ID: "5", Name: "Ubuntu 22.04 LTS"}}
}

func about(name, id string, r planner.Reason) planner.Subject {
	role, _, _ := strings.Cut(name, "-")
	return planner.Subject{Name: name, ID: id, Reason: r, Labels: fleet.Labels{"role": role}}
}

// at is a place in the fleet file.
func at(line, column int) fleet.Pos { return fleet.Pos{File: "fleet.yaml", Line: line, Column: column} }

// causedAt is a reason at a place in the fleet file.
func causedAt(c planner.Code, line, column int) planner.Reason {
	return planner.Reason{Code: c, At: []fleet.Pos{at(line, column)}}
}

// powered is a status that the fleet file asks for.
func powered(s planner.Status, line, column int) planner.Reason {
	r := causedAt(planner.CodePower, line, column)
	r.Status = s
	return r
}

// differing are keys of the fleet file that ask for what is not so, a line each.
func differing(line, column int, keys ...fleet.Field) planner.Reason {
	r := planner.Reason{Code: planner.CodeDiffers, Keys: keys}
	for i := range keys {
		r.At = append(r.At, at(line+i, column))
	}
	return r
}

// immutable is a replacement that the fleet file allows.
func immutable(m fleet.Replace, line, column int, keys ...fleet.Field) planner.Reason {
	r := causedAt(planner.CodeImmutable, line, column)
	r.Mode, r.Keys = m, keys
	return r
}

// sampleCost is that of three plans, one of them of an unknown price.
var sampleCost = planner.Cost{Before: 55_000_000, After: 70_000_000, Delta: 15_000_000, Hourly: ptr(fleet.Money(42_500)), Rows: []planner.CostRow{
	{Plan: planner.Named{ID: "4"}, Location: "us-west", Before: 1, After: 1},
	{Plan: standard, Location: "us-east", PriceMonthly: ptr(fleet.Money(10_000_000)), PriceHourly: ptr(fleet.Money(14_000)), Before: 3, After: 3},
	{Plan: standard, Location: "us-west", PriceMonthly: ptr(fleet.Money(10_000_000)), PriceHourly: ptr(fleet.Money(14_000)), Before: 1, After: 0},
	{Plan: planner.Named{ID: "3", Name: "Evil\x1b VPS"}, Location: "us-west\u202e", PriceMonthly: ptr(fleet.Money(5_000_000)), Before: 3, After: 8, Created: 5},
}}

// everything is a plan with each kind of change and all that stands beside them.
func everything() *planner.Plan {
	spec := planner.Spec{Plan: planner.Named{ID: "1", Name: "standard"}, OS: ubuntu, Location: "us-west",
		Hostname: ptr("web-03.example.com"), SSHKey: &deploy, BackupsEnabled: ptr(true)}
	forced := []planner.FieldChange{{Field: fleet.FieldPlan, From: planner.Reference(standard), To: planner.Reference(performance)}}
	moved := planner.FieldChange{Field: fleet.FieldLocation, From: planner.Text("us-west"), To: planner.Text("us-east")}
	hostname := planner.FieldChange{Field: fleet.FieldHostname, From: planner.Text("db01.example.com"), To: planner.Text("db-01.example.com")}
	return &planner.Plan{
		Account: "ops@example.com", Endpoint: "https://admin.vps.org/api/v1",
		Changes: []planner.Change{
			&planner.Create{Subject: about("web-03", "", causedAt(planner.CodeMissing, 14, 3)), Spec: spec},
			&planner.Create{Subject: about("web-04", "", causedAt(planner.CodeMissing, 15, 3)), Spec: planner.Spec{Plan: standard, OS: ubuntu, Location: "us-west"}},
			&planner.Update{Subject: about("db-01", "12346", differing(20, 15, fleet.FieldHostname)), Fields: []planner.FieldChange{hostname}},
			&planner.Update{Subject: about("cache-01", "12350", differing(31, 5, fleet.FieldRenamedFrom, fleet.FieldHostname, fleet.FieldBackupsEnabled)), Fields: []planner.FieldChange{
				{Field: fleet.FieldName, From: planner.Text("redis-01"), To: planner.Text("cache-01")},
				{Field: fleet.FieldHostname, To: planner.Text("cache-01.example.com")},
				{Field: fleet.FieldBackupsEnabled, From: planner.Bool(false), To: planner.Bool(true)},
			}},
			&planner.Replace{Subject: about("old-02", "12360", immutable(fleet.ReplaceDeleteFirst, 40, 5, fleet.FieldPlan)), Mode: fleet.ReplaceDeleteFirst, Fields: forced, Old: live("12360", "old-02")},
			&planner.Replace{Subject: about("old-03", "12361", immutable(fleet.ReplaceCreateFirst, 44, 5, fleet.FieldPlan, fleet.FieldLocation)), Mode: fleet.ReplaceCreateFirst, Fields: append(forced, moved), Old: live("12361", "old-03")},
			&planner.Replace{Subject: about("old-04", "12362", immutable(fleet.ReplaceCreateFirst, 48, 5, fleet.FieldPlan)), Mode: fleet.ReplaceCreateFirst, Fields: forced, Old: live("12362", "old-04"), NextID: "12399"},
			&planner.Power{Subject: about("web-01", "12345", powered(planner.StatusActive, 50, 5)), Verb: planner.ActionStart, From: planner.StatusStopped},
			&planner.Power{Subject: about("web-02", "12347", powered(planner.StatusStopped, 52, 5)), Verb: planner.ActionStop, From: planner.StatusActive, Was: "web-2"},
			&planner.Power{Subject: about("db-01", "12346", causedAt(planner.CodeRebootOn, 22, 5)), Verb: planner.ActionReboot, From: planner.StatusActive},
			&planner.Delete{Subject: about("old-01", "12399", causedAt(planner.CodeAbsent, 60, 5)), Old: live("12399", "old-01")},
		},
		Waits: []planner.Wait{{Name: "web-09", ID: "12349", From: planner.StatusProvisioning, To: planner.StatusActive}},
		Blocked: []planner.Blocked{
			{Name: "db-02", IDs: []string{"12348"}, Reason: planner.Reason{Code: planner.CodeNeedsReplace, Fields: forced, At: []fleet.Pos{at(71, 11)}, Allow: at(70, 5)}},
			{Name: "web-05", IDs: []string{"1", "2"}, Reason: planner.Reason{Code: planner.CodeDuplicates, Name: "web-05", Servers: []planner.Other{{ID: "1", Monthly: ptr(fleet.Money(10_000_000))}, {ID: "2"}}, At: []fleet.Pos{at(72, 3)}}},
		},
		Unlisted: []planner.Server{live("12377", "tmp-1")},
		Excluded: []planner.Excluded{
			{Action: planner.ActionDelete, Subject: about("old-05", "12363", causedAt(planner.CodeAbsent, 62, 5)), ExcludedBy: planner.Reason{Code: planner.CodeExcluded}},
			{Action: planner.ActionUpdate, Subject: about("old-06", "12364", differing(64, 5, fleet.FieldID)), ExcludedBy: planner.Reason{Code: planner.CodeNeeds, Action: planner.ActionDelete, Name: "old-05"}},
		},
		Notes:  []planner.Note{{Name: "old-02", Reason: planner.Reason{Code: planner.CodeBackupsDefault}}},
		Scope:  planner.Scope{Listed: 14, Live: 12, Total: 16},
		Cost:   sampleCost,
		Guards: fleet.Guards{MaxMonthlyCost: fleet.CostLimit{Set: true, N: 50_000_000}, MaxChanges: fleet.Limit{Set: true, Percent: true, N: 30, Pos: fleet.Pos{File: "fleet.yaml", Line: 9, Column: 16}}},
	}
}

func TestPlan(t *testing.T) {
	golden(t, "plan", Plan(mixedCase(t), Style{Width: 100}))
	golden(t, "plan_narrow", Plan(everything(), Style{Width: 80, Color: true}))
}

// What is the same of several servers stands once, with the lines of all of them. Where
// each server is by itself, each has its reason.
func TestSharedReasonStandsOnce(t *testing.T) {
	var p planner.Plan
	create := func(name string, line int) *planner.Create {
		return &planner.Create{Subject: about(name, "", causedAt(planner.CodeMissing, line, 1)), Spec: planner.Spec{Plan: standard, OS: ubuntu, Location: "us-west"}}
	}
	for _, name := range []string{"a-1", "a-2", "a-3"} {
		p.Changes = append(p.Changes, create(name, 1))
	}
	p.Changes = append(p.Changes, create("b", 2))
	text := Plan(&p, Style{})
	for _, want := range []string{"a-[1:3], b ", "×4", "Standard VPS, ubuntu-22.04, us-west", " :1…2\n"} {
		if n := strings.Count(text, want); n != 1 {
			t.Errorf("%q stands %d times in\n%s", want, n, text)
		}
	}
	if strings.Contains(text, "no live server") {
		t.Errorf("what every create is for is said:\n%s", text)
	}
	if full := Plan(&p, Style{View: Whole}); strings.Count(full, "(:1:1)") != 3 || strings.Count(full, "(:2:1)") != 1 {
		t.Errorf("where each server is by itself, not each has its reason:\n%s", full)
	}
}

// That a change was asked for is said once, however much is shown.
func TestAskedForIsSaidOnce(t *testing.T) {
	asked := planner.Reason{Code: planner.CodeAskedFor}
	p := &planner.Plan{Changes: []planner.Change{
		&planner.Power{Subject: about("web-1", "101", asked), Verb: planner.ActionStop, From: planner.StatusActive},
		&planner.Power{Subject: about("web-2", "102", asked), Verb: planner.ActionReboot, From: planner.StatusActive},
	}}
	text := Plan(p, Style{View: Whole})
	if n := strings.Count(text, "as was asked for"); n != len(p.Changes) {
		t.Errorf("it is said %d times in\n%s", n, text)
	}
}

func TestPlanViews(t *testing.T) {
	p := everything()
	for i := range 4 {
		name := fmt.Sprintf("app-%02d", i+1)
		p.Changes = append(p.Changes,
			&planner.Delete{Subject: about(name, fmt.Sprint(300+i), planner.Reason{Code: planner.CodeUnlisted}), Old: live(fmt.Sprint(300+i), name)},
			&planner.Power{Subject: about("x"+name, fmt.Sprint(500+i), powered(planner.StatusActive, 80+i, 5)), Verb: planner.ActionStart, From: planner.StatusStopped})
	}
	golden(t, "plan_summary", Plan(p, Style{View: Summary}))
	whole := Plan(p, Style{View: Whole})
	for _, c := range p.Changes {
		if !strings.Contains(whole, " "+c.About().Name+" ") {
			t.Errorf("%s is not by itself in\n%s", c.About().Name, whole)
		}
	}
}

// A plan of hundreds of lines is summed up, unless all of it was asked for; the
// summary names every server that loses its data.
func TestLongPlansAreSummedUp(t *testing.T) {
	p := manyServers(700)
	if text := Plan(p, Style{}); text != Plan(p, Style{View: Summary}) || !strings.Contains(text, "--full shows every server") {
		t.Errorf("700 servers that have little in common are shown as\n%.2000s", text)
	}
	text := Plan(p, Style{})
	for _, c := range p.Changes {
		if kind(c.Action()).losesData() && !strings.Contains(text, c.About().Name) {
			t.Errorf("%s %s is left out", c.Action(), c.About().Name)
		}
	}
	if whole := Plan(p, Style{View: Whole}); strings.Count(whole, "\n") < 700 {
		t.Errorf("all of it is %d lines", strings.Count(whole, "\n"))
	}
}

// Colour adds escape sequences and nothing else, so columns stay aligned.
func TestColorChangesNoText(t *testing.T) {
	colored := Plan(everything(), Style{Color: true})
	if got, want := stripColor(colored), Plan(everything(), Style{}); got != want {
		t.Errorf("without its colours the plan is\n%s\nwant\n%s", got, want)
	}
}

func stripColor(s string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, s, _ = strings.Cut(after, "m")
	}
}

func TestClosingLines(t *testing.T) {
	wait := []planner.Wait{{Name: "a"}, {Name: "b"}}
	change := []planner.Change{&planner.Create{}}
	blocked := []planner.Blocked{{Name: "x"}}
	for _, test := range []struct {
		plan planner.Plan
		want string
		also string
	}{
		{planner.Plan{Scope: planner.Scope{Listed: 15, Selected: 12}}, "No changes. 12 servers are as the file says.", ""},
		{planner.Plan{Scope: planner.Scope{Listed: 1, Selected: 1}}, "No changes. 1 server is as the file says.", ""},
		{planner.Plan{Scope: planner.Scope{Listed: 1}}, "No changes.", ""},
		{planner.Plan{}, "No changes. The file wants no servers.", ""},
		{planner.Plan{Waits: wait}, "No changes. 2 servers are still in transition.", ""},
		{planner.Plan{Waits: wait[:1]}, "No changes. 1 server is still in transition.", ""},
		{planner.Plan{Blocked: blocked, Unlisted: make([]planner.Server, 2)}, "No changes that apply may make.", "1 blocked, 2 unlisted."},
		{planner.Plan{Changes: change, Waits: wait, Notes: []planner.Note{{Reason: planner.Reason{Code: planner.CodeAtOnce, Count: 8, Names: []string{"web-*", "a\x1b*"}}}}},
			"Plan: 1 to create.", `2 still in transition, 8 of web-*, a\x1b* away at once (see --full).`},
		{planner.Plan{Changes: change, Notes: []planner.Note{{Reason: planner.Reason{Code: planner.CodeAtOnce, Count: 8, Names: []string{"web-*"}}}}},
			"Plan: 1 to create.", `8 of web-* away at once; one at a time with rollouts: { tier: { names: ["web-*"] } }`},
		{planner.Plan{Changes: change, Waits: wait}, "Plan: 1 to create.", "2 still in transition."},
	} {
		if got := total(&test.plan); got != test.want {
			t.Errorf("total is %q, want %q", got, test.want)
		}
		if got := new(Style).alsoThere(&test.plan); got != test.also {
			t.Errorf("after %q comes %q, want %q", test.want, got, test.also)
		}
	}
}
