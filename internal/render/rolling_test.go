package render

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

var goesOnAt = time.Date(2026, 3, 4, 12, 10, 0, 0, time.UTC)

// rollings are how rollouts can go, and how that is told.
var rollings = []struct {
	group rollout.GroupResult
	want  string
}{
	{rollout.GroupResult{Name: "web", State: rollout.GroupRunning, Changed: 24, Done: 12, Disrupting: 3, Readying: 1, Away: 4, Budget: 6, Probe: "http 503", Server: "web-07"},
		"web: 12 of 24 done, 3 rebooting, 1 waits for ready (http 503), budget 6"},
	{rollout.GroupResult{Name: "web", State: rollout.GroupRunning, Changed: 24, Failed: 1, Readying: 2, Away: 5, Budget: 6},
		"web: 0 of 24 done, 1 failed, 2 wait for ready, budget 6, 3 unavailable beside these"},
	{rollout.GroupResult{Name: "web", State: rollout.GroupRunning, Changed: 3, Away: 2, Budget: 1,
		Why: planner.Reason{Code: planner.CodeOverBudget, Name: "web", Count: 1, Servers: []planner.Other{{Name: "web-1"}, {Name: "web-2"}}}},
		"web: 0 of 3 done, budget 1, 2 unavailable beside these; rollout web allows 1 unavailable at once; unavailable: web-1, web-2"},
	{rollout.GroupResult{Name: "web", State: rollout.GroupDone, Changed: 24, Done: 24, Budget: 6}, "web: 24 of 24 done, budget 6"},
	{rollout.GroupResult{Name: "web", State: rollout.GroupPaused, Changed: 24, Done: 1, Budget: 6, Step: 1, Steps: 3,
		Why: planner.Reason{Code: planner.CodePaused, Name: "web", Count: 1, Until: goesOnAt}},
		"web: paused after step 1 of 3 until 2026-03-04 12:10 UTC, 1 of 24 done, budget 6"},
	{rollout.GroupResult{Name: "web", State: rollout.GroupPaused, Changed: 24, Done: 1, Budget: 6, Step: 1, Steps: 3, Why: planner.Reason{Code: planner.CodePaused, Name: "web", Count: 1}},
		"web: paused after step 1 of 3, until it is let go on, 1 of 24 done, budget 6"},
	{rollout.GroupResult{Name: "db", State: rollout.GroupWaiting, Changed: 3, Budget: 1, Why: planner.Reason{Code: planner.CodeWindow, Until: goesOnAt}},
		"db: waiting for a window until 2026-03-04 12:10 UTC, 0 of 3 done, budget 1"},
	{rollout.GroupResult{Name: "db", State: rollout.GroupWaiting, Changed: 3, Budget: 1, Why: planner.Reason{Code: planner.CodeFreeze, Name: "holidays", Until: goesOnAt}},
		"db: frozen for holidays until 2026-03-04 12:10 UTC, 0 of 3 done, budget 1"},
	{rollout.GroupResult{Name: "db", State: rollout.GroupStopped, Changed: 3, Done: 1, Failed: 1, Budget: 1,
		Why: planner.Reason{Code: planner.CodeHalted, Name: "db", Servers: []planner.Other{{Name: "db-2"}}}},
		"db: stopped because of db-2, 1 of 3 done, 1 failed, budget 1"},
	{rollout.GroupResult{Name: "db", State: rollout.GroupStopped, Changed: 3, Budget: 1, Away: 1,
		Why: planner.Reason{Code: planner.CodeStalled, Name: "db", Since: goesOnAt, Servers: []planner.Other{{Name: "db-9"}}}},
		"db: stopped, 0 of 3 done, budget 1, 1 unavailable; rollout db has made no progress since 2026-03-04 12:10 UTC; unavailable: db-9"},
	{rollout.GroupResult{Name: "db", State: rollout.GroupStopped, Changed: 3, Done: 1, Budget: 1}, "db: stopped, 1 of 3 done, budget 1"},
}

func TestRollingText(t *testing.T) {
	for _, c := range rollings {
		if got := rollingText(c.group, "rebooting"); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestDoings(t *testing.T) {
	want := map[string]string{"db": "rebooting", "web": "under way", "cache": "stopping"}
	if diff := cmp.Diff(want, doings(rolledPlan(t))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// rolledResult is a result of rolledPlan: db is done, web pauses after its canary, and
// cache has not begun.
func rolledResult(p *planner.Plan) *apply.Result {
	pause := planner.Reason{Code: planner.CodePaused, Name: "web", Count: 1, Until: goesOnAt}
	frozen := planner.Reason{Code: planner.CodeFreeze, Name: "holidays", Until: goesOnAt.Add(time.Hour)}
	r := &apply.Result{Started: goesOnAt.Add(-20 * time.Minute), Duration: 10 * time.Minute, Overridden: "a leak <b>\x1b", Groups: []rollout.GroupResult{
		{Name: "db", State: rollout.GroupDone, Size: 3, Changed: 3, Done: 3, Budget: 1, Steps: 1},
		{Name: "web", State: rollout.GroupPaused, Size: 12, Changed: 13, Done: 1, Budget: 3, Step: 1, Steps: 3, Until: pause.Until, Why: pause},
		{Name: "cache", State: rollout.GroupWaiting, Changed: 2, Budget: 1, Steps: 1, Until: frozen.Until, Why: frozen},
	}}
	at := r.Started
	for _, c := range p.Changes {
		rep := apply.Report{Change: c, Outcome: apply.NotStarted, Err: &apply.Error{Reason: pause}}
		switch name := c.About().Name; {
		case strings.HasPrefix(name, "cache"):
			rep.Err = &apply.Error{Reason: frozen}
		case strings.HasPrefix(name, "db"), name == "web-01":
			rep.Outcome, rep.Err, rep.Started, rep.Duration = apply.Done, nil, at, 2*time.Minute
			rep.Spans = []apply.Span{{From: at, To: at.Add(time.Second)}, {Waiting: planner.TargetActive, From: at.Add(time.Second), To: at.Add(2 * time.Minute)}}
			at = at.Add(2 * time.Minute)
		}
		r.Reports = append(r.Reports, rep)
	}
	return r
}

// What a run with rollouts has come to is told in every form.
func TestRolledResult(t *testing.T) {
	p := rolledPlan(t)
	run := Run{Plan: p, Result: rolledResult(p), Again: "fleet apply plan.json"}
	golden(t, "rolled", Result(run, nil, Style{Width: 100}))
	markdown, err := Markdown(run, CommentBytes)
	html, err2 := HTML(run)
	var document strings.Builder
	if err := errors.Join(err, err2, ResultJSON(&document, p, run.Result, Requests{})); err != nil {
		t.Fatal(err)
	}
	tags := regexp.MustCompile(`</?code>`)
	for form, text := range map[string]string{"comment": tags.ReplaceAllString(string(markdown), ""), "page": string(html)} {
		for _, want := range []string{"paused after step 1 of 3 until 2026-03-04 12:10 UTC", "frozen for holidays until 2026-03-04 13:10 UTC",
			"run the same command again, from 2026-03-04 12:10 UTC on", "--override-freeze"} {
			if !strings.Contains(text, want) {
				t.Errorf("the %s does not say %q:\n%s", form, want, text)
			}
		}
		if strings.Contains(text, "leak <b>") || strings.Contains(text, "\x1b") {
			t.Errorf("the %s obeys the reason for the override", form)
		}
	}
	for _, want := range []string{`"outcome": "paused"`, `"state": "waiting"`, `"until": "2026-03-04T12:10:00Z"`, `"override_freeze": "a leak`} {
		if !strings.Contains(document.String(), want) {
			t.Errorf("the document lacks %s", want)
		}
	}
}

// While a run goes on there is a line for each rollout that is not done.
func TestRollingIsLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var screen, log terminal
		live := NewLive(&screen, func() int { return 90 }, 24, planner.Range{}, Style{})
		lines := NewLog(&log, 24, Style{})
		for _, l := range []*Live{live, lines} {
			l.Rolls(rolledPlan(t))
			l.Emit(apply.GroupProgress{GroupResult: rollout.GroupResult{Name: "db", State: rollout.GroupRunning, Changed: 3, Disrupting: 1, Budget: 1, Steps: 1}})
			l.Emit(apply.GroupProgress{GroupResult: rollout.GroupResult{Name: "cache", State: rollout.GroupDone, Changed: 2, Done: 2, Budget: 1}})
		}
		const want = "db: 0 of 3 done, 1 rebooting, budget 1"
		time.Sleep(countEvery + time.Second)
		live.Stop()
		lines.Stop()
		if got := screen.take(); !strings.Contains(got, "\n"+want+"\r\x1b[K\x1b[A") || strings.Contains(got, "cache") {
			t.Errorf("the terminal got %q", got)
		}
		if got := log.take(); !strings.HasSuffix(got, "\n"+want+"\n") {
			t.Errorf("the log is %q", got)
		}
	})
}
