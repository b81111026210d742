package planner_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/planner"
)

const askedFleet = `
protect: [kept]
servers:
  any: {hostname: a, replace: create-first}
  on: {status: active}
  off: {status: stopped}
  kept: {}
  new: {plan: standard, os: ubuntu, location: us-west}
  never: {}
  gone: {absent: true}
`

// What is asked for is planned beside what the file says, or blocked with the reason.
func TestAsked(t *testing.T) {
	all := func(f func(*planner.Asked, []string)) (a planner.Asked) {
		f(&a, []string{"*"})
		return a
	}
	reboot := all(func(a *planner.Asked, p []string) { a.Reboot = p })
	replace := all(func(a *planner.Asked, p []string) { a.Replace = p })
	start := all(func(a *planner.Asked, p []string) { a.Start = p })
	stop := all(func(a *planner.Asked, p []string) { a.Stop = p })
	active := []string{"1 any active host=b", "2 on active", "3 off active", "4 kept active", "6 never active"}
	stopped := []string{"1 any stopped host=b", "2 on stopped", "3 off stopped", "4 kept stopped", "6 never stopped"}
	for name, test := range map[string]struct {
		asked planner.Asked
		live  []string
		want  string
	}{
		"reboot":               {reboot, active, "create new, update any, reboot any?, reboot kept?, reboot never?, reboot on?; off: asked_in_vain reboot; new: asked_of_new reboot"},
		"reboot of stopped":    {reboot, stopped, "create new, start on; any: asked_in_vain reboot, kept: asked_in_vain reboot, never: asked_in_vain reboot, off: asked_in_vain reboot; new: asked_of_new reboot"},
		"replace":              {replace, active, "create new, replace any?; kept: protected replace, never: needs_replace replace, off: needs_replace replace, on: needs_replace replace; any: backups_default, new: asked_of_new replace"},
		"start of stopped":     {start, stopped, "create new, update any, start any?, start kept?, start never?, start on?; off: asked_in_vain start; "},
		"start of active":      {start, active, "create new, update any; off: asked_in_vain start; "},
		"stop of active":       {stop, active, "create new, update any, stop any?, stop never?, stop off?; kept: protected stop, on: asked_in_vain stop; new: asked_of_new stop"},
		"stop of stopped":      {stop, stopped, "create new, update any; on: asked_in_vain stop; new: asked_of_new stop"},
		"stop and reboot":      {planner.Asked{Stop: []string{"any"}, Reboot: []string{"a*"}}, active, "create new, stop off; any: asked_in_vain stop; "},
		"start and reboot":     {planner.Asked{Start: []string{"any"}, Reboot: []string{"any"}}, stopped, "create new, update any, start any?, start on; ; "},
		"a replacement begun":  {replace, []string{"1 any active host=b", "9 any--next active host=a"}, "create new, replace any?; kept: incomplete, never: incomplete, off: incomplete, on: incomplete; any: backups_default, new: asked_of_new replace"},
		"a replacement's rest": {planner.Asked{Replace: []string{"any"}, Reboot: []string{"any"}}, []string{"9 any--next active host=a", "2 on active", "3 off stopped", "6 never active"}, "create new, update any; kept: incomplete; "},
	} {
		t.Run(name, func(t *testing.T) {
			p := planner.Diff(parse(t, askedFleet), observe(t, test.live...), planner.Selection{Asked: test.asked})
			if got := describeAsked(p); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			checkReadsBack(t, p)
		})
	}
}

// describeAsked writes changes, a ? behind those that were asked for, then what is
// blocked and what is noted.
func describeAsked(p *planner.Plan) string {
	var changes, blocked, notes []string
	for _, c := range p.Changes {
		mark := ""
		if c.About().Reason.Code == planner.CodeAskedFor {
			mark = "?"
		}
		changes = append(changes, string(c.Action())+" "+c.About().Name+mark)
	}
	reason := func(name string, r planner.Reason) string {
		return strings.TrimSpace(name + ": " + string(r.Code) + " " + string(r.Action))
	}
	for _, b := range p.Blocked {
		blocked = append(blocked, reason(b.Name, b.Reason))
	}
	for _, n := range p.Notes {
		notes = append(notes, reason(n.Name, n.Reason))
	}
	return strings.Join([]string{strings.Join(changes, ", "), strings.Join(blocked, ", "), strings.Join(notes, ", ")}, "; ")
}

// A pattern is for entries that are to be there and are selected.
func TestAskedPatternsThatMatchNothing(t *testing.T) {
	f := parse(t, "servers: {web-1: {labels: {role: web}}, web-2: {}, old: {absent: true}}")
	for pattern, sel := range map[string]planner.Selection{
		"db-*":  {},
		"old":   {},
		"web-2": {Labels: selector(t, "role=web")},
		"web-1": {Excludes: []string{"web-1"}},
	} {
		sel.Asked.Stop = []string{"web-*", pattern}
		if action, got, ok := sel.Unmatched(f); !ok || got != pattern || action != planner.ActionStop {
			t.Errorf("%s: found %q of %s", pattern, got, action)
		}
	}
	sel := planner.Selection{Asked: planner.Asked{Stop: []string{"web-1"}, Reboot: []string{"*"}}, Labels: selector(t, "role=web")}
	if _, got, ok := sel.Unmatched(f); ok {
		t.Errorf("found %q", got)
	}
}

// Nothing that was asked for and is done is done again for who asks once more.
func TestAskedIsDoneOnce(t *testing.T) {
	f := parse(t, "servers: {'a[1:3]': {replace: create-first, backups_enabled: false}}")
	live := []string{"1 a1 active backups=off", "2 a2 active backups=off", "3 a3 active backups=off"}
	diff := func(a planner.Asked, o planner.Observation) *planner.Plan {
		return planner.Diff(f, o, planner.Selection{Asked: a})
	}
	reboot, replace := planner.Asked{Reboot: []string{"*"}}, planner.Asked{Replace: []string{"*"}}

	approved := diff(reboot, observe(t, live...))
	o := observe(t, live...)
	o.Sent = []planner.SentReboot{{ID: "1"}, {ID: "3", Unclear: true}}
	left, refused := approved.Remaining(o)
	if got := describeAsked(left); got != "reboot a2?; a3: reboot_unclear; a1: at_once, a1: asked_done" || refused != nil {
		t.Errorf("of the reboots is left %s", got)
	}
	if got := describeAsked(diff(reboot, o).WithoutAsked(approved, left)); got != "reboot a2?; a3: reboot_unclear; a1: at_once, a1: asked_done" {
		t.Errorf("asked for again it plans %s", got)
	}

	approved = diff(replace, observe(t, live...))
	o = observe(t, "9 a1 active backups=off", live[1], live[2])
	left, _ = approved.Remaining(o)
	again := diff(replace, o)
	if got := describeAsked(again.WithoutAsked(approved, left)); got != "replace a2?, replace a3?; ; " || len(again.Unapproved(left)) != 1 {
		t.Errorf("asked for again it plans %s", got)
	}
	if got := again.WithoutAsked(approved, left).Unapproved(left); len(got) != 0 {
		t.Errorf("%d changes are not approved", len(got))
	}
}

// What is asked for is under the guards, is no correction, and is not undone by --only.
func TestAskedUnderGuards(t *testing.T) {
	f := parse(t, "servers: {'a[1:2]': {replace: delete-first, hostname: x, backups_enabled: false}}")
	o := observe(t, "1 a1 active host=y backups=off", "2 a2 active host=x backups=off")
	p := planner.Diff(f, o, planner.Selection{Asked: planner.Asked{Replace: []string{"a2"}, Reboot: []string{"a1"}}})
	if v := p.Violations(); len(v) != 1 {
		t.Errorf("violations: %v", v)
	}
	if got := describeAsked(p.Only([]planner.Action{planner.ActionReboot})); got != "reboot a1?; ; " {
		t.Errorf("reboots alone: %s", got)
	}
	done := planner.CountCorrections(nil, p.Changes, p.Changes, func(string) bool { return true })
	if slices.ContainsFunc(done, func(c planner.Correction) bool { return c.Name == "a2" }) {
		t.Errorf("corrections: %v", done)
	}
}
