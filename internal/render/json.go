package render

import (
	"bytes"
	"encoding/json"
	"io"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// resultVersion is the form of the document that ResultJSON writes. It moves
// when a field changes its meaning or goes, not when one is added.
const resultVersion = 1

type resultDocument struct {
	FormatVersion   int               `json:"format_version"`
	Outcome         string            `json:"outcome"` // complete, incomplete or interrupted
	Plan            json.RawMessage   `json:"plan"`
	Changes         []reportDocument  `json:"changes"`
	Summary         summaryDocument   `json:"summary"`
	Blocked         []planner.Blocked `json:"blocked"`
	Requests        Requests          `json:"requests"`
	DurationSeconds float64           `json:"duration_seconds"`
}

type reportDocument struct {
	Action          string        `json:"action"` // "wait" for a server that was on its way already
	Name            string        `json:"name"`
	ID              string        `json:"id,omitempty"`
	Outcome         apply.Outcome `json:"outcome"`
	Error           string        `json:"error,omitempty"`
	Hint            string        `json:"hint,omitempty"`
	DurationSeconds float64       `json:"duration_seconds"`
}

type summaryDocument struct {
	Done       int `json:"done"`
	Failed     int `json:"failed"`
	Unknown    int `json:"unknown"`
	NotStarted int `json:"not_started"`
	Blocked    int `json:"blocked"`
}

// ResultJSON writes a plan, what became of it and what was sent for that as one
// JSON document.
func ResultJSON(w io.Writer, p *planner.Plan, r *apply.Result, requests Requests) error {
	var plan bytes.Buffer
	if err := planner.Encode(&plan, p); err != nil {
		return err
	}
	d := resultDocument{
		FormatVersion: resultVersion, Outcome: outcome(r), Plan: plan.Bytes(),
		Changes: []reportDocument{}, Blocked: append([]planner.Blocked{}, r.Blocked...),
		Summary:  summary(r),
		Requests: requests, DurationSeconds: seconds(r.Duration),
	}
	for _, rep := range r.Reports {
		d.Changes = append(d.Changes, report(rep))
	}
	enc := json.NewEncoder(planner.EscapeJSON(w))
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}

func summary(r *apply.Result) summaryDocument {
	return summaryDocument{r.Count(apply.Done), r.Count(apply.Failed), r.Count(apply.Unknown), r.Count(apply.NotStarted), len(r.Blocked)}
}

// seconds is a duration in seconds, to the millisecond.
func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Millisecond).Milliseconds()) / 1000
}

func outcome(r *apply.Result) string {
	switch {
	case r.Complete():
		return "complete"
	case r.Interrupted:
		return "interrupted"
	}
	return "incomplete"
}

func report(r apply.Report) reportDocument {
	d := reportDocument{Action: "wait", Name: reportName(r), ID: r.ID, Outcome: r.Outcome, Hint: Hint(r.Err), DurationSeconds: seconds(r.Duration)}
	if r.Change != nil {
		d.Action = string(r.Change.Action())
	}
	if r.Err != nil {
		d.Error = r.Err.Error()
	}
	return d
}
