package metrics

import (
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/planner"
)

// Run is a run that has ended.
type Run struct {
	Command      string
	Files        []string // as they were given
	Began, Ended time.Time
	ExitCode     int
	Succeeded    bool // it did all that it was to do; drift that it found is no failure
	Requests     render.Requests
	ByStatus     map[planner.Status]int // servers that the fleet speaks for, as they were found; nil: it did not come so far
	Drift        *planner.Drift         // likewise
	Result       *apply.Result          // nil: nothing was applied
}

// lastSuccess is the metric that outlives a run that fails.
const lastSuccess = "fleet_last_success_timestamp_seconds"

// statuses are those that servers are counted by; all others are "other".
var statuses = []planner.Status{planner.StatusActive, planner.StatusStopped, planner.StatusSuspended, planner.StatusProvisioning,
	planner.StatusStarting, planner.StatusStopping, planner.StatusRebooting}

// Text is the run in the format of Prometheus. Of a run that has failed, the time of the
// last success is the one that the former text tells.
func (r Run) Text(former []byte) []byte {
	g := gauges{base: []label{{"command", r.Command}, {"file", strings.Join(r.Files, ",")}}}
	g.add("fleet_run_timestamp_seconds", "When the last run ended.", seconds(r.Ended))
	g.add("fleet_run_duration_seconds", "How long the last run took.", r.Ended.Sub(r.Began).Seconds())
	g.add("fleet_run_exit_code", "What the last run ended with.", float64(r.ExitCode))
	success, ok := seconds(r.Ended), r.Succeeded
	if !ok {
		success, ok = read(former, lastSuccess, g.base)
	}
	if ok {
		g.add(lastSuccess, "When the command last did all that it was to do; drift that it found is no failure.", success)
	}
	for _, k := range r.Requests.Kinds {
		if k.Count > 0 {
			g.count("fleet_run_requests", "Requests that the last run has sent, by kind.", k.Count, label{"kind", k.Kind})
		}
	}
	if r.ByStatus != nil {
		g.addFound(r)
	}
	if r.Result != nil {
		g.addResult(r.Result)
	}
	return g.text()
}

func seconds(t time.Time) float64 { return float64(t.Unix()) }

// addFound is about the servers as the run has found them.
func (g *gauges) addFound(r Run) {
	const name, help = "fleet_servers", "Servers that the fleet file speaks for, as they were found, by status."
	other := 0
	for _, n := range r.ByStatus {
		other += n
	}
	for _, status := range statuses {
		other -= r.ByStatus[status]
		g.count(name, help, r.ByStatus[status], label{"status", string(status)})
	}
	g.count(name, help, other, label{"status", "other"})
	count := r.Drift.Count()
	for _, kind := range planner.DriftKinds {
		g.count("fleet_drift", "Differences between the servers, as they were found, and the fleet file, by kind.", count[kind], label{"kind", string(kind)})
	}
	g.count("fleet_pending", "Differences that are newly written in the fleet file, and not applied yet.", len(r.Drift.Pending))
}

// addResult is about the changes of an apply.
func (g *gauges) addResult(r *apply.Result) {
	const name, help = "fleet_changes", "Changes of the last run, by what became of them."
	for _, o := range []apply.Outcome{apply.Done, apply.Failed, apply.Unknown, apply.NotStarted} {
		g.count(name, help, r.Count(o), label{"outcome", string(o)})
	}
	g.count(name, help, len(r.Blocked), label{"outcome", "blocked"})
	longest := make(map[planner.Action]time.Duration)
	for _, rep := range r.Reports {
		if rep.Change != nil {
			longest[rep.Change.Action()] = max(longest[rep.Change.Action()], rep.Duration)
		}
	}
	for _, a := range planner.Actions {
		if d, ok := longest[a]; ok {
			g.add("fleet_change_duration_seconds", "The longest change of the last run, by kind.", d.Seconds(), label{"action", string(a)})
		}
	}
	g.addRollouts(r.Groups)
}

// addRollouts is about how far rollouts have come, and since when one is paused.
func (g *gauges) addRollouts(groups []rollout.GroupResult) {
	for _, r := range groups {
		name := label{"rollout", r.Name}
		g.count("fleet_rollout_left", "Servers that a rollout of the last run has not done yet.", r.Changed-r.Done, name)
		g.count("fleet_rollout_budget", "Servers of a rollout that may be unavailable at once.", r.Budget, name)
		if r.State != rollout.GroupPaused && r.State != rollout.GroupWaiting { // then nobody has looked
			g.count("fleet_rollout_unavailable", "Servers of a rollout that were unavailable when the last run ended.", r.Away, name)
		}
		if r.State == rollout.GroupPaused {
			g.add("fleet_rollout_paused_since_timestamp_seconds", "Since when a rollout is paused between two steps.", seconds(r.Why.Since), name)
		}
	}
}
