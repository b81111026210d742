package apply_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

func held(c planner.Code) apply.Report {
	return apply.Report{Change: &planner.Power{Verb: planner.ActionReboot}, Outcome: apply.NotStarted, Err: &apply.Error{Reason: planner.Reason{Code: c}}}
}

// A run rests if nothing but time, or somebody who lets it go on, is needed.
func TestRests(t *testing.T) {
	done := apply.Report{Outcome: apply.Done}
	afterFailed := held(planner.CodeAfter)
	afterFailed.Err.(*apply.Error).Servers = []planner.Other{{Name: "db-1"}}
	failed := held(planner.CodePaused)
	failed.Outcome = apply.Failed
	for _, c := range []struct {
		name    string
		result  apply.Result
		want    rollout.GroupState
		reports []apply.Report
	}{
		{name: "all done", reports: []apply.Report{done}},
		{name: "paused", want: rollout.GroupPaused, reports: []apply.Report{done, held(planner.CodePaused)}},
		{name: "no window", want: rollout.GroupWaiting, reports: []apply.Report{held(planner.CodeWindow), held(planner.CodeStep)}},
		{name: "frozen, and paused", want: rollout.GroupPaused, reports: []apply.Report{held(planner.CodePaused), held(planner.CodeFreeze), held(planner.CodeAfter)}},
		{name: "only after others", reports: []apply.Report{held(planner.CodeAfter)}},
		{name: "after others that have failed", reports: []apply.Report{held(planner.CodePaused), afterFailed}},
		{name: "stopped", reports: []apply.Report{held(planner.CodePaused), held(planner.CodeHalted)}},
		{name: "failed", reports: []apply.Report{held(planner.CodePaused), failed}},
		{name: "interrupted", result: apply.Result{Interrupted: true}, reports: []apply.Report{held(planner.CodePaused)}},
		{name: "blocked", result: apply.Result{Blocked: make([]planner.Blocked, 1)}, reports: []apply.Report{held(planner.CodePaused)}},
	} {
		c.result.Reports = c.reports
		if got := c.result.Rests(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// This host does not keep a run from its end that only waits for a time.
func TestSelfWaitsWithTheOthers(t *testing.T) {
	for name, policy := range map[string]string{
		"window": "windows: [{names: ['web-*'], hours: '02:00-05:00', timezone: UTC}]",
		"pause":  strings.Replace(web, "ready:", "steps: [1, 100%], pause: 10m, ready:", 1),
	} {
		t.Run(name, func(t *testing.T) {
			inRollout(t, &emulator.Emulator{}, 4, policy, "", func(r *rolled) {
				r.runner.Self, r.runner.AllowSelf = []netip.Addr{netip.MustParseAddr(*r.emulator.Servers()[0].IPAddress)}, true
				var result *apply.Result
				took := elapsed(func() { result = r.reboot(apply.Approval{}) })
				if result.Rests() == "" || took > 5*time.Minute {
					t.Errorf("after %s it rests %q\n%s", took, result.Rests(), report(result))
				}
			})
		})
	}
}

// Neither does a server that is to take the name of another.
func TestTakerWaitsWithTheOthers(t *testing.T) {
	const fields = "plan: 1, os: 5, location: us-west, hostname: '{name}.example.com', reboot_on: [hostname]"
	inRollout(t, &emulator.Emulator{}, 2, "", "", func(r *rolled) {
		live := r.emulator.Servers()
		r.in = r.input("servers:\n  web-00: {id: " + string(live[0].ID) + ", " + fields + "}\n  web-01: {id: " + string(live[1].ID) + ", " + fields + "}\nwindows: [{hours: '02:00-05:00', timezone: UTC}]")
		var result *apply.Result
		took := elapsed(func() { result = r.roll(apply.Approval{}) })
		if result.Rests() != rollout.GroupWaiting || took > 5*time.Minute {
			t.Errorf("after %s it rests %q\n%s", took, result.Rests(), report(result))
		}
	})
}
