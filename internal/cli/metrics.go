package cli

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/internal/metrics"
	"github.com/vps-fleet/fleet/planner"
)

// lastSuccess is the metric that outlives a run that fails.
const lastSuccess = "fleet_last_success_timestamp_seconds"

// statuses are those that servers are counted by; all others are "other".
var statuses = []planner.Status{planner.StatusActive, planner.StatusStopped, planner.StatusSuspended, planner.StatusProvisioning,
	planner.StatusStarting, planner.StatusStopping, planner.StatusRebooting}

// runMetrics are all that is told of a run that has just ended.
func (c *command) runMetrics(command string, files []string, began time.Time, err error, rec *record) []metrics.Metric {
	ended := time.Now()
	g := gauges{base: []metrics.Label{{Name: "command", Value: command}, {Name: "file", Value: strings.Join(files, ",")}}}
	g.add("fleet_run_timestamp_seconds", "When the last run ended.", seconds(ended))
	g.add("fleet_run_duration_seconds", "How long the last run took.", ended.Sub(began).Seconds())
	g.add("fleet_run_exit_code", "What the last run ended with.", float64(exitCode(err)))
	success, ok := seconds(ended), err == nil || errors.Is(err, errChangesPending)
	if !ok {
		if former, err := readFile(c.flags.metrics); err == nil {
			success, ok = metrics.Read(former, lastSuccess, g.base)
		}
	}
	if ok {
		g.add(lastSuccess, "When the command last did all that it was to do; drift that it found is no failure.", success)
	}
	for _, k := range c.requests.sent().Kinds {
		if k.Count > 0 {
			g.count("fleet_run_requests", "Requests that the last run has sent, by kind.", k.Count, label("kind", k.Kind))
		}
	}
	if rec.byStatus != nil {
		g.addFound(rec)
	}
	if rec.Result != nil {
		g.addResult(rec.Result)
	}
	return g.all
}

// gauges are the metrics of a run, with the labels that all of them have.
type gauges struct {
	base []metrics.Label
	all  []metrics.Metric
}

// add adds a value to a metric.
func (g *gauges) add(name, help string, v float64, more ...metrics.Label) {
	i := slices.IndexFunc(g.all, func(m metrics.Metric) bool { return m.Name == name })
	if i < 0 {
		i = len(g.all)
		g.all = append(g.all, metrics.Metric{Name: name, Help: help})
	}
	g.all[i].Samples = append(g.all[i].Samples, metrics.Sample{Labels: slices.Concat(g.base, more), Value: v})
}

func (g *gauges) count(name, help string, n int, more ...metrics.Label) {
	g.add(name, help, float64(n), more...)
}

func label[T ~string](name string, value T) metrics.Label {
	return metrics.Label{Name: name, Value: string(value)}
}

func seconds(t time.Time) float64 { return float64(t.Unix()) }

// addFound is about the servers as the run has found them.
func (g *gauges) addFound(r *record) {
	const name, help = "fleet_servers", "Servers that the fleet file speaks for, as they were found, by status."
	other := 0
	for _, n := range r.byStatus {
		other += n
	}
	for _, status := range statuses {
		other -= r.byStatus[status]
		g.count(name, help, r.byStatus[status], label("status", status))
	}
	g.count(name, help, other, label("status", "other"))
	count := r.drift.Count()
	for _, kind := range planner.DriftKinds {
		g.count("fleet_drift", "Differences between the servers, as they were found, and the fleet file, by kind.", count[kind], label("kind", kind))
	}
	g.count("fleet_pending", "Differences that are newly written in the fleet file, and not applied yet.", len(r.drift.Pending))
}

// addResult is about the changes of an apply.
func (g *gauges) addResult(r *apply.Result) {
	const name, help = "fleet_changes", "Changes of the last run, by what became of them."
	for _, o := range []apply.Outcome{apply.Done, apply.Failed, apply.Unknown, apply.NotStarted} {
		g.count(name, help, r.Count(o), label("outcome", o))
	}
	g.count(name, help, len(r.Blocked), label("outcome", "blocked"))
	longest := make(map[planner.Action]time.Duration)
	for _, rep := range r.Reports {
		if rep.Change != nil {
			longest[rep.Change.Action()] = max(longest[rep.Change.Action()], rep.Duration)
		}
	}
	for _, a := range planner.Actions {
		if d, ok := longest[a]; ok {
			g.add("fleet_change_duration_seconds", "The longest change of the last run, by kind.", d.Seconds(), label("action", a))
		}
	}
	g.addRollouts(r.Groups)
}

// addRollouts is about how far rollouts have come, and since when one is paused.
func (g *gauges) addRollouts(groups []rollout.GroupResult) {
	for _, r := range groups {
		name := label("rollout", r.Name)
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
