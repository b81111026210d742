package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// eventsVersion is the form of the lines of an apply's events. It moves when a
// field changes its meaning or goes, not when one is added.
const eventsVersion = 2

// eventHead is what every line begins with.
type eventHead struct {
	Type string    `json:"type"`
	Time time.Time `json:"time"`
}

// eventDocument is what becomes of a server.
type eventDocument struct {
	eventHead
	Action       planner.Action `json:"action,omitempty"`
	Name         string         `json:"name"`
	ID           string         `json:"id,omitempty"`
	For          string         `json:"for,omitempty"`
	Message      string         `json:"message,omitempty"`
	PauseSeconds *float64       `json:"pause_seconds,omitempty"`
}

// RunLine is the first line of an apply's events: what is about to be done.
func RunLine(p *planner.Plan, at time.Time) []byte {
	return jsonLine(struct {
		FormatVersion int `json:"format_version"`
		eventHead
		Account  string `json:"account"`
		Endpoint string `json:"endpoint"`
		Digest   string `json:"digest"`
		Changes  int    `json:"changes"`
		Waits    int    `json:"waits"`
	}{eventsVersion, head("run", at), p.Account, p.Endpoint, p.Digest(), len(p.Changes), len(p.Waits)})
}

// EventLine is an event as one line of JSON. What it tells of an end is what the
// result tells of it.
func EventLine(e apply.Event, at time.Time) []byte {
	switch e := e.(type) {
	case apply.ChangeStarted:
		s := e.Change.About()
		return jsonLine(eventDocument{eventHead: head("change_started", at), Action: e.Change.Action(), Name: s.Name, ID: s.ID})
	case apply.ChangePutOff:
		s := e.Change.About()
		message, _ := explainError(e.Err)
		return jsonLine(eventDocument{eventHead: head("change_put_off", at), Action: e.Change.Action(), Name: s.Name, ID: s.ID,
			Message: message, PauseSeconds: new(seconds(e.Pause))})
	case apply.WaitStarted:
		return jsonLine(eventDocument{eventHead: head("wait_started", at), Name: e.Name, ID: e.ID, For: string(e.Target)})
	case apply.Progress:
		return stillLine(e, at)
	case apply.GroupProgress:
		return jsonLine(struct {
			eventHead
			rollingDocument
		}{head("rollout", at), rolling(e.GroupResult)})
	case apply.ChangeFinished:
		return jsonLine(struct {
			eventHead
			reportDocument
			Left int `json:"left"`
		}{head("change_finished", at), report(e.Report), e.Left})
	}
	panic(fmt.Sprintf("unknown event %T", e))
}

func stillLine(e apply.Progress, at time.Time) []byte {
	type server struct {
		Name       string         `json:"name"`
		Status     planner.Status `json:"status"` // "" when it was not seen yet
		AgeSeconds float64        `json:"age_seconds"`
	}
	servers := each(e.Servers, func(s apply.InTransit) server { return server{s.Name, s.Status, seconds(s.Age)} })
	return jsonLine(struct {
		eventHead
		Servers []server `json:"servers"`
	}{head("progress", at), servers})
}

// ResultLine is the last line: what it came to.
func ResultLine(r *apply.Result, at time.Time) []byte {
	return jsonLine(struct {
		eventHead
		Outcome         string          `json:"outcome"`
		Summary         summaryDocument `json:"summary"`
		DurationSeconds float64         `json:"duration_seconds"`
	}{head("result", at), outcome(r), summary(r), seconds(r.Duration)})
}

func head(kind string, at time.Time) eventHead { return eventHead{kind, at.UTC()} }

// jsonLine is a value as JSON on one line. Text and numbers always encode.
func jsonLine(v any) []byte {
	var b bytes.Buffer
	_ = json.NewEncoder(planner.EscapeJSON(&b)).Encode(v)
	return b.Bytes()
}
