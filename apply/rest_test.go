package apply_test

import (
	"testing"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
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
