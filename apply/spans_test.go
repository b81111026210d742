package apply_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// A report tells which part of its time went into requests and which into waiting.
func TestSpans(t *testing.T) {
	slow := func(*http.Request) *emulator.Fault { return &emulator.Fault{Delay: time.Second} }
	inWorld(t, &emulator.Emulator{Fault: slow, Provisioning: 30 * time.Second, Transition: 10 * time.Second}, func(w *world) {
		w.add("1", "db-01", vpsorg.StatusActive)
		p := w.plan("defaults: {plan: 1, os: 3, location: us-west}\nguards: {max_deletes: 1}\n" +
			"servers: {web-01: {os: 5}, db-01: {replace: create-first}}")
		r := w.run(p)
		w.wantComplete(r)
		for i, want := range []string{"requests, until active", "requests, until active, requests, until gone, requests"} {
			if got := spans(r.Reports[i]); got != want {
				t.Errorf("%s %s took %s; want %s", p.Changes[i].Action(), p.Changes[i].About().Name, got, want)
			}
			adjoin(t, r.Reports[i])
		}
	})
}

// Where nothing was sent, no time was spent.
func TestNoSpans(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		close(w.drain)
		r := w.run(w.plan("servers: {web-01: {plan: 1, os: 5, location: us-west}}"))
		if got := r.Reports[0]; got.Outcome != apply.NotStarted || len(got.Spans) > 0 {
			t.Errorf("%s, with the spans %v", got.Outcome, got.Spans)
		}
	})
}

func spans(r apply.Report) string {
	var all []string
	for _, s := range r.Spans {
		if s.Waiting == "" {
			all = append(all, "requests")
		} else {
			all = append(all, "until "+string(s.Waiting))
		}
	}
	return strings.Join(all, ", ")
}

// adjoin wants spans to take the report's time, the whole of it and once.
func adjoin(t *testing.T, r apply.Report) {
	t.Helper()
	at := r.Started
	for _, s := range r.Spans {
		if !s.From.Equal(at) || !s.To.After(s.From) {
			t.Errorf("a span goes from %s to %s, and should begin at %s", s.From, s.To, at)
		}
		at = s.To
	}
	if at.Sub(r.Started) != r.Duration {
		t.Errorf("the spans take %s of %s", at.Sub(r.Started), r.Duration)
	}
}
