package planner_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/planner"
)

// policies is a fleet of which every member of web changes, and one of db.
const policies = `
owns: ["web-*", "old-*"]
unlisted: delete
defaults: {plan: standard, os: ubuntu, location: us-west}
rollouts:
  web: {labels: role=web, max_unavailable: 50%, max_surge: 30%, steps: [1, 2, 50%, 100%], drain: {command: [./leave, "{name}"]}}
  old: {names: ["old-*"]}
  idle: {names: ["idle"]}
windows:
  - {labels: role=web, hours: "02:00-05:00"}
  - {names: [idle], hours: "02:00-05:00"}
freeze: [{from: 2026-12-20, until: 2027-01-02, reason: holidays}]
servers:
  web-1: {labels: {role: web}, hostname: a, reboot_on: [hostname], ready: [{tcp: 22}]}
  web-2: {labels: {role: web}, os: debian, replace: create-first}
  web-3: {labels: {role: web}, status: stopped}
  web-4: {labels: {role: web}}
  web-5: {labels: {role: web}}
  web-6: {absent: true, labels: {role: web}}
  web-7: {labels: {role: web}, status: stopped}
  web-8: {labels: {role: web}, status: active}
  web-9: {labels: {role: web}, hostname: b}
  idle: {hostname: c}
  old-2: {absent: true}
`

var policiesLive = []string{"1 web-1 active host=x", "2 web-2 active", "3 web-3 active", "4 web-4 stopped", "6 web-6 active",
	"7 web-7 stopped", "8 web-8 suspended", "9 web-9 rebooting host=x", "10 idle active host=x", "11 old-1 active"}

// describeGroups writes groups in short lines.
func describeGroups(p *planner.Plan) string {
	var b strings.Builder
	for _, g := range p.Rollouts {
		fmt.Fprintf(&b, "%s: budget %d, surge %d of %d, steps %v:", g.Policy.Name, g.Budget(), g.Surge(), g.Size(), g.Steps())
		for _, m := range g.Servers {
			fmt.Fprintf(&b, " %s", m.Name)
			for mark, on := range map[string]bool{"+": m.ID == "", "-": m.Leaves, "*": m.Changes && !m.Leaves && m.ID != ""} {
				if on {
					b.WriteString(mark)
				}
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// A group has whoever is to be active after the plan, whoever the plan makes leave, and
// whoever somebody has stopped; what the file wants to be stopped, and is, is of no account.
func TestGroups(t *testing.T) {
	p := diff(t, policies, policiesLive...)
	want := "web: budget 3, surge 2 of 6, steps [1 2 3 5]: web-1* web-2* web-3- web-4 web-5+ web-6- web-8 web-9\n" +
		"old: budget 1, surge 1 of 0, steps [1]: old-1-\n"
	if d := cmp.Diff(want, describeGroups(p)); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if len(p.Windows) != 1 || len(p.Freezes) != 1 || len(p.Ready) != 1 || p.Ready[0].Names[0] != "web-1" {
		t.Errorf("windows %v, freezes %v, ready %v", p.Windows, p.Freezes, p.Ready)
	}
	checkReadsBack(t, p)

	narrow := p.Only([]planner.Action{planner.ActionReboot, planner.ActionUpdate, planner.ActionStop})
	want = "web: budget 3, surge 3 of 7, steps [1 2]: web-1* web-2 web-3- web-4 web-6 web-8 web-9\n"
	if d := cmp.Diff(strings.Replace(want, "web-6", "web-5+ web-6", 1), describeGroups(narrow)); d != "" {
		t.Errorf("narrowed: -want +got\n%s", d)
	}
	checkReadsBack(t, narrow)
	if updates := p.Only([]planner.Action{planner.ActionUpdate}); len(updates.Rollouts)+len(updates.Windows)+len(updates.Freezes)+len(updates.Ready) > 0 {
		t.Errorf("updates alone are under %v", updates)
	}
}

// The digest covers what decides how a plan is carried out, and nothing of the rest.
func TestDigestCoversPolicies(t *testing.T) {
	digest := func(body string) string { return diff(t, body, policiesLive...).Digest() }
	same := digest(policies)
	for from, to := range map[string]string{
		"./leave": "./harm", "max_unavailable: 50%": "max_unavailable: 49%", `"02:00-05:00"}` + "\n  - {names": `"02:00-06:00"}` + "\n  - {names",
		"until: 2027-01-02": "until: 2027-01-01", "tcp: 22": "tcp: 23", "steps: [1, 2,": "steps: [2, 3,",
	} {
		changed := strings.Replace(policies, from, to, 1)
		if changed == policies || digest(changed) == same {
			t.Errorf("%s in place of %s leaves the digest as it is", to, from)
		}
	}
	for from, to := range map[string]string{
		"rollouts:": "# moved\nrollouts:", "idle: {names: [\"idle\"]}": "idle: {names: [\"idle\"], max_failures: 0, max_surge: 7}", `[idle], hours: "02`: `[idle], hours: "03`,
	} {
		changed := strings.Replace(policies, from, to, 1)
		if changed == policies || digest(changed) != same {
			t.Errorf("%s in place of %s changes the digest", to, from)
		}
	}
}

// What is left of a plan approves the rest under the same policies, and no other.
func TestUnapprovedPolicies(t *testing.T) {
	approved := diff(t, policies, policiesLive...)
	live := append([]string{"1 web-1 active host=a"}, policiesLive[1:]...)
	left, _ := approved.Remaining(observe(t, live...))
	if un := diff(t, policies, live...).Unapproved(left); len(un) != 0 {
		t.Errorf("%d changes are not approved", len(un))
	}
	names := func(body string) (list []string) {
		for _, c := range diff(t, body, live...).Unapproved(left) {
			list = append(list, string(c.Action())+" "+c.About().Name)
		}
		return list
	}
	if d := cmp.Diff([]string{"create web-5", "replace web-2", "stop web-3", "delete web-6"}, names(strings.Replace(policies, "./leave", "./harm", 1))); d != "" {
		t.Errorf("another command: -want +got\n%s", d)
	}
	if d := cmp.Diff([]string{"replace web-2", "stop web-3", "delete old-1", "delete web-6"}, names(strings.Replace(policies, "freeze:", "# freeze:", 1))); d != "" {
		t.Errorf("without the freeze: -want +got\n%s", d)
	}
}

// That a range goes away at once is noted, unless a rollout holds it back, or it is not
// to come back.
func TestNoteOfRangesAwayAtOnce(t *testing.T) {
	const servers = `servers:
  'web-eu-[08:10]': {hostname: x, reboot_on: [hostname]}
  'db-[1:5]': {os: debian, replace: delete-first, backups_enabled: false}
  'few-[1:2]': {hostname: x, reboot_on: [hostname]}
  'half-[1:4]': {hostname: x, reboot_on: [hostname]}
  'gone-[1:4]': {absent: true}
  'off-[1:4]': {status: stopped}
`
	var live []string
	for i, name := range strings.Fields("web-eu-08 web-eu-09 web-eu-10 db-1 db-2 db-3 few-1 few-2 half-1 half-2 gone-1 gone-2 gone-3 gone-4 off-1 off-2 off-3 off-4") {
		live = append(live, fmt.Sprintf("%d %s active", i+1, name))
	}
	for _, test := range []struct{ head, want string }{
		{"", "db-1: 6 of [db-* web-eu-*]"},
		{"rollouts: {db: {names: ['db-*']}}\n", "web-eu-08: 3 of [web-eu-*]"},
		{"rollouts: {all: {names: ['*-*']}}\n", ""},
	} {
		got := ""
		for _, n := range diff(t, test.head+servers, live...).Notes {
			if n.Reason.Code == planner.CodeAtOnce {
				got += fmt.Sprintf("%s: %d of %v", n.Name, n.Reason.Count, n.Reason.Names)
			}
		}
		if got != test.want {
			t.Errorf("with %q: %q, want %q", test.head, got, test.want)
		}
	}
}

// A server that an earlier run has left disrupted, or drained, is to become ready first;
// but one that stops cannot, so that comes after its start.
func TestDisturbedServersAreAwaited(t *testing.T) {
	const file = `servers: {a: {status: active}}
rollouts: {all: {names: [a]}}`
	since := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, test := range []struct{ live, want string }{
		{"1 a active", "wait a #1 active→active since " + since.Format(time.TimeOnly)},
		{"1 a rebooting", "wait a #1 rebooting→active since " + since.Format(time.TimeOnly)},
		{"1 a stopped", ""},
		{"1 a stopping", "wait a #1 stopping→stopped"},
	} {
		o := observe(t, test.live)
		o.Disturbed = []planner.Disturbed{{Name: "a", ID: "1", Disrupted: since}}
		got := ""
		for _, w := range planner.Diff(parse(t, file), o, planner.Selection{}).Waits {
			got = fmt.Sprintf("wait %s #%s %s→%s", w.Name, w.ID, w.From, w.To)
			if !w.Disrupted.IsZero() {
				got += " since " + w.Disrupted.Format(time.TimeOnly)
			}
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.live, got, test.want)
		}
	}
}
