package render

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// resultVersion is the form of the document that ResultJSON writes. It moves
// when a field changes its meaning or goes, not when one is added.
const resultVersion = 2

type resultDocument struct {
	FormatVersion   int               `json:"format_version"`
	Outcome         string            `json:"outcome"` // complete, incomplete, interrupted, paused or waiting
	Plan            json.RawMessage   `json:"plan"`
	Changes         []reportDocument  `json:"changes"`
	Summary         summaryDocument   `json:"summary"`
	Blocked         []blockedDocument `json:"blocked"`
	Rollouts        []rollingDocument `json:"rollouts"`
	OverrideFreeze  string            `json:"override_freeze,omitempty"` // why freezes did not hold
	Requests        Requests          `json:"requests"`
	DurationSeconds float64           `json:"duration_seconds"`
}

type blockedDocument struct {
	planner.Blocked
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

type rollingDocument struct {
	rollout.GroupResult
	Message string `json:"message,omitempty"`
	Hint    string `json:"hint,omitempty"`
}

type reportDocument struct {
	Action          string         `json:"action"` // "wait" for a server that was in transition already
	Name            string         `json:"name"`
	ID              string         `json:"id,omitempty"`
	IPAddress       string         `json:"ip_address,omitempty"` // of a server that was made
	Outcome         apply.Outcome  `json:"outcome"`
	Reason          planner.Reason `json:"reason,omitzero"` // unless it is done
	Message         string         `json:"message,omitempty"`
	Hint            string         `json:"hint,omitempty"`
	DurationSeconds float64        `json:"duration_seconds"`
}

type summaryDocument struct {
	Done       int `json:"done"`
	Failed     int `json:"failed"`
	Unknown    int `json:"unknown"`
	NotStarted int `json:"not_started"`
	Blocked    int `json:"blocked"`
}

// PlanJSON writes a plan as its document, with a sentence for each reason.
func PlanJSON(w io.Writer, p *planner.Plan) error { return planner.Encode(w, p, Explain) }

// ResultJSON writes a plan, what became of it and what was sent for that as one
// JSON document.
func ResultJSON(w io.Writer, p *planner.Plan, r *apply.Result, requests Requests) error {
	var plan bytes.Buffer
	if err := PlanJSON(&plan, p); err != nil {
		return err
	}
	return WriteJSON(w, resultDocument{
		FormatVersion: resultVersion, Outcome: outcome(r), Plan: plan.Bytes(),
		Changes: each(r.Reports, report), Blocked: each(r.Blocked, blocked), Rollouts: each(r.Groups, rolling), OverrideFreeze: r.Overridden,
		Summary: summary(r), Requests: requests, DurationSeconds: seconds(r.Duration),
	})
}

// WriteJSON writes a document as people can read it too, with nothing in it that a
// terminal would obey.
func WriteJSON(w io.Writer, document any) error {
	enc := json.NewEncoder(planner.EscapeJSON(w))
	enc.SetIndent("", "  ")
	return enc.Encode(document)
}

func blocked(b planner.Blocked) blockedDocument {
	message, hint := Explain(b.Name, b.Reason)
	return blockedDocument{b, message, hint}
}

// rolling is a rollout with why nothing more of it begins in words.
func rolling(g rollout.GroupResult) rollingDocument {
	d := rollingDocument{GroupResult: g}
	if g.Why.Code != "" {
		d.Message, d.Hint = Explain("", g.Why)
	}
	return d
}

func summary(r *apply.Result) summaryDocument {
	return summaryDocument{r.Count(apply.Done), r.Count(apply.Failed), r.Count(apply.Unknown), r.Count(apply.NotStarted), len(r.Blocked)}
}

func outcome(r *apply.Result) string {
	switch {
	case r.Complete():
		return "complete"
	case r.Interrupted:
		return "interrupted"
	case r.Rests() != "":
		return string(r.Rests())
	}
	return "incomplete"
}

func report(r apply.Report) reportDocument {
	d := reportDocument{Action: "wait", Name: reportName(r), ID: r.ID, IPAddress: r.IPAddress, Outcome: r.Outcome, Reason: reasonOf(r.Err), DurationSeconds: seconds(r.Duration)}
	d.Message, d.Hint = explainError(r.Err)
	if r.Change != nil {
		d.Action = string(r.Change.Action())
	}
	return d
}
