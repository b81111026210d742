package cli

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/metrics"
	"github.com/vps-fleet/fleet/planner"
)

// lastSuccess is the metric that outlives a run that fails.
const lastSuccess = "fleet_last_success_timestamp_seconds"

// statuses are those that servers are counted by; all others are "other".
var statuses = []planner.Status{planner.StatusActive, planner.StatusStopped, planner.StatusSuspended, planner.StatusProvisioning,
	planner.StatusStarting, planner.StatusStopping, planner.StatusRebooting}

// withMetrics runs a command and writes its metrics, whatever becomes of it. It
// refuses to run it where they cannot be written.
func (c *command) withMetrics(name string, files []string, run func(*record) error) error {
	rec, began := new(record), time.Now()
	if c.flags.metrics == "" {
		return run(rec)
	}
	if err := checkReplace("the metrics", c.flags.metrics); err != nil {
		return err
	}
	err := c.interrupts.explain(run(rec))
	m := c.runMetrics(name, files, began, err, rec)
	return c.unlessUnsaved(rec, err, replaceFile("the metrics", c.flags.metrics, metrics.Write(m), 0o644))
}

// runMetrics are all that is told of a run that has just ended.
func (c *command) runMetrics(name string, files []string, began time.Time, err error, rec *record) []metrics.Metric {
	ended := time.Now()
	base := []metrics.Label{{Name: "command", Value: name}, {Name: "file", Value: strings.Join(files, ",")}}
	one := func(v float64, more ...metrics.Label) metrics.Sample {
		return metrics.Sample{Labels: slices.Concat(base, more), Value: v}
	}
	seconds := func(t time.Time) float64 { return float64(t.Unix()) }
	m := []metrics.Metric{
		{Name: "fleet_run_timestamp_seconds", Help: "When the last run ended.", Samples: []metrics.Sample{one(seconds(ended))}},
		{Name: "fleet_run_duration_seconds", Help: "How long the last run took.", Samples: []metrics.Sample{one(ended.Sub(began).Seconds())}},
		{Name: "fleet_run_exit_code", Help: "What the last run ended with.", Samples: []metrics.Sample{one(float64(exitCode(err)))}},
	}
	success := metrics.Metric{Name: lastSuccess, Help: "When the command last did all that it was to do; drift that it found is no failure."}
	if err == nil || errors.Is(err, errChangesPending) {
		success.Samples = []metrics.Sample{one(seconds(ended))}
	} else if former, err := readFile(c.flags.metrics); err == nil {
		if at, ok := metrics.Read(former, lastSuccess, base); ok {
			success.Samples = []metrics.Sample{one(at)}
		}
	}
	requests := metrics.Metric{Name: "fleet_run_requests", Help: "Requests that the last run has sent, by kind."}
	for _, k := range rec.requests.sent().Kinds {
		if k.Count > 0 {
			requests.Samples = append(requests.Samples, one(float64(k.Count), metrics.Label{Name: "kind", Value: k.Kind}))
		}
	}
	return slices.Concat(m, []metrics.Metric{success, requests}, rec.foundMetrics(one), rec.resultMetrics(one))
}

// sampler makes a sample with a command's labels and more.
type sampler func(v float64, more ...metrics.Label) metrics.Sample

// foundMetrics are about the servers as the run has found them; none where it did
// not come so far.
func (r *record) foundMetrics(one sampler) []metrics.Metric {
	if r.byStatus == nil {
		return nil
	}
	servers := metrics.Metric{Name: "fleet_servers", Help: "Servers that the fleet file speaks for, as they were found, by status."}
	other := 0
	for _, n := range r.byStatus {
		other += n
	}
	for _, status := range statuses {
		n := r.byStatus[status]
		other -= n
		servers.Samples = append(servers.Samples, one(float64(n), metrics.Label{Name: "status", Value: string(status)}))
	}
	servers.Samples = append(servers.Samples, one(float64(other), metrics.Label{Name: "status", Value: "other"}))
	drift := metrics.Metric{Name: "fleet_drift", Help: "Differences between the servers, as they were found, and the fleet file, by kind."}
	count := r.drift.Count()
	for _, kind := range planner.DriftKinds {
		drift.Samples = append(drift.Samples, one(float64(count[kind]), metrics.Label{Name: "kind", Value: string(kind)}))
	}
	pending := metrics.Metric{Name: "fleet_pending", Help: "Differences that are newly written in the fleet file, and not applied yet.",
		Samples: []metrics.Sample{one(float64(len(r.drift.Pending)))}}
	return []metrics.Metric{servers, drift, pending}
}

// resultMetrics are about the changes of an apply.
func (r *record) resultMetrics(one sampler) []metrics.Metric {
	if r.Result == nil {
		return nil
	}
	changes := metrics.Metric{Name: "fleet_changes", Help: "Changes of the last run, by what became of them."}
	for _, o := range []apply.Outcome{apply.Done, apply.Failed, apply.Unknown, apply.NotStarted} {
		changes.Samples = append(changes.Samples, one(float64(r.Result.Count(o)), metrics.Label{Name: "outcome", Value: string(o)}))
	}
	changes.Samples = append(changes.Samples, one(float64(len(r.Result.Blocked)), metrics.Label{Name: "outcome", Value: "blocked"}))
	longest := make(map[planner.Action]time.Duration)
	for _, rep := range r.Result.Reports {
		if rep.Change != nil {
			longest[rep.Change.Action()] = max(longest[rep.Change.Action()], rep.Duration)
		}
	}
	durations := metrics.Metric{Name: "fleet_change_duration_seconds", Help: "The longest change of the last run, by kind."}
	for _, a := range planner.Actions {
		if d, ok := longest[a]; ok {
			durations.Samples = append(durations.Samples, one(d.Seconds(), metrics.Label{Name: "action", Value: string(a)}))
		}
	}
	return slices.Concat([]metrics.Metric{changes, durations}, rolloutMetrics(r.Result.Groups, one))
}

// rolloutMetrics are how far rollouts have come, and since when one is paused.
func rolloutMetrics(groups []apply.GroupResult, one sampler) []metrics.Metric {
	left := metrics.Metric{Name: "fleet_rollout_left", Help: "Servers that a rollout of the last run has not done yet."}
	budget := metrics.Metric{Name: "fleet_rollout_budget", Help: "Servers of a rollout that may be unavailable at once."}
	away := metrics.Metric{Name: "fleet_rollout_unavailable", Help: "Servers of a rollout that were unavailable when the last run ended."}
	paused := metrics.Metric{Name: "fleet_rollout_paused_since_timestamp_seconds", Help: "Since when a rollout is paused between two steps."}
	for _, g := range groups {
		name := metrics.Label{Name: "rollout", Value: g.Name}
		left.Samples = append(left.Samples, one(float64(g.Changed-g.Done), name))
		budget.Samples = append(budget.Samples, one(float64(g.Budget), name))
		if g.State != apply.GroupPaused && g.State != apply.GroupWaiting { // then nobody has looked
			away.Samples = append(away.Samples, one(float64(g.Away), name))
		}
		if g.State == apply.GroupPaused {
			paused.Samples = append(paused.Samples, one(float64(g.Why.Since.Unix()), name))
		}
	}
	return []metrics.Metric{left, budget, away, paused}
}
