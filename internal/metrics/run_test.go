package metrics

import (
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

func TestRolloutMetrics(t *testing.T) {
	groups := []rollout.GroupResult{
		{Name: "db", State: rollout.GroupDone, Changed: 3, Done: 3, Budget: 1},
		{Name: "web", State: rollout.GroupPaused, Changed: 24, Done: 6, Budget: 6, Away: 1, Why: planner.Reason{Code: planner.CodePaused, Since: time.Unix(1e9, 0)}},
	}
	var g gauges
	g.addRollouts(groups)
	text := g.text()
	for name, want := range map[string]float64{"fleet_rollout_left": 18, "fleet_rollout_budget": 6, "fleet_rollout_paused_since_timestamp_seconds": 1e9} {
		if got, ok := read(text, name, []label{{"rollout", "web"}}); !ok || got != want {
			t.Errorf("%s is %v, %v; want %v in\n%s", name, got, ok, want, text)
		}
	}
	if _, ok := read(text, "fleet_rollout_paused_since_timestamp_seconds", []label{{"rollout", "db"}}); ok {
		t.Error("a rollout that is done is paused")
	}
	if got, ok := read(text, "fleet_rollout_unavailable", []label{{"rollout", "db"}}); !ok || got != 0 {
		t.Errorf("of a rollout that is done %v, %v are unavailable", got, ok)
	}
}
