package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// hinted is an error that says what to do next, as the client's do.
type hinted struct{ text, hint string }

func (h hinted) Error() string { return h.text }
func (h hinted) Hint() string  { return h.hint }

func refused(text string) hinted { return hinted{text, "add credit at Billing"} }

func mixedResult() *apply.Result {
	p := everything()
	broke := fmt.Errorf("create: %w", refused("POST /servers/: 402 Payment Required: not enough credit"))
	return &apply.Result{
		Reports: []apply.Report{
			{Change: p.Changes[0], Outcome: apply.Done, ID: "12400", IPAddress: "203.0.113.10", Duration: 12*time.Second + 345678*time.Microsecond},
			{Change: p.Changes[1], Outcome: apply.Failed, Err: broke, Duration: time.Second},
			{Change: p.Changes[2], Outcome: apply.NotStarted, Err: broke},
			{Change: p.Changes[5], Outcome: apply.Unknown, ID: "12361", Err: hinted{"no whole answer within 30s", "run plan to see"}, Duration: 95 * time.Second},
			{Change: p.Changes[9], Outcome: apply.NotStarted},
			{Wait: &p.Waits[0], Outcome: apply.Unknown, ID: "12349", Err: errors.New("still provisioning after 15m"), Duration: 15 * time.Minute},
		},
		Blocked:  p.Blocked,
		Duration: 15 * time.Minute,
	}
}

var someRequests = Requests{Kinds: []KindCount{{"list", 1}, {"detail", 0}, {"create", 2}, {"re-read", 1}, {"power call", 3}}, Throttled: 1, Retried: 2}

func TestRequestsLine(t *testing.T) {
	for want, r := range map[string]Requests{
		"Requests sent: 7 (1 list, 2 creates, 1 re-read, 3 power calls; 1 throttled, 2 retried).\n": someRequests,
		"Requests sent: 1 (1 list).\n": {Kinds: []KindCount{{"list", 1}, {"create", 0}}},
		"Requests sent: 0.\n":          {},
	} {
		if got := r.Line(Style{}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestResult(t *testing.T) {
	p := everything()
	golden(t, "result", Result(Run{Plan: p, Result: mixedResult(), Again: "fleet apply"}, p.Blocked[:1], Style{}))
	p, r := failedCase(t, true)
	golden(t, "result_failed", Result(Run{Plan: p, Result: r, Again: "fleet apply -f w/fail.yaml"}, nil, Style{Width: 100}))
	p, r = mixedResultCase(t)
	golden(t, "result_mixed", Result(Run{Plan: p, Result: r}, p.Blocked, Style{Width: 100}))
}

func TestResultJSON(t *testing.T) {
	var b strings.Builder
	if err := ResultJSON(&b, &planner.Plan{Endpoint: "https://admin.vps.org/api/v1"}, mixedResult(), someRequests); err != nil {
		t.Fatal(err)
	}
	if !json.Valid([]byte(b.String())) {
		t.Error("the document is not JSON")
	}
	golden(t, "result_json", b.String())
}

func TestHeadline(t *testing.T) {
	p := everything()
	done := func(changes ...planner.Change) (reports []apply.Report) {
		for _, c := range changes {
			reports = append(reports, apply.Report{Change: c, Outcome: apply.Done})
		}
		return reports
	}
	arrived := apply.Report{Wait: &p.Waits[0], Outcome: apply.Done}
	lost := apply.Report{Wait: &p.Waits[0], Outcome: apply.Unknown}
	for _, test := range []struct {
		result  apply.Result
		want    string
		color   color
		outcome string
	}{
		{apply.Result{Reports: done(p.Changes...)}, "Apply complete: 1 deleted, 3 replaced, 2 created, 2 updated, 1 rebooted, 1 started, 1 stopped.", green, "complete"},
		{apply.Result{Reports: []apply.Report{arrived}}, "Apply complete: 1 ready.", green, "complete"},
		{apply.Result{Reports: []apply.Report{lost}}, "Apply incomplete: 0 of 1 done, 1 not ready.", amber, "incomplete"},
		{apply.Result{}, "Apply complete: nothing to do.", green, "complete"},
		{apply.Result{Reports: done(p.Changes[0]), Blocked: p.Blocked}, "Apply done: 1 created; 2 entries are blocked.", amber, "incomplete"},
		{apply.Result{Reports: done(p.Changes[0]), Interrupted: true}, "Apply complete: 1 created.", green, "complete"},
		{apply.Result{Reports: append(done(p.Changes[0]), lost), Interrupted: true, Duration: 61 * time.Second}, "Apply interrupted after 1m01s: 1 of 2 done, 1 not ready.", amber, "interrupted"},
		{apply.Result{Reports: []apply.Report{{Change: p.Changes[0], Outcome: apply.Failed}}}, "Apply incomplete: 0 of 1 done, 1 failed.", red, "incomplete"},
	} {
		got, c := reviewResult(p, &test.result).headline()
		if got != test.want || c != test.color {
			t.Errorf("the headline is %q in %s, want %q in %s", got, c, test.want, test.color)
		}
		if got := outcome(&test.result); got != test.outcome {
			t.Errorf("outcome after %q is %s, want %s", test.want, got, test.outcome)
		}
	}
}

// Sixty equal failures are one row with all names, and one hint.
func TestEqualFailuresAreOneRow(t *testing.T) {
	var r apply.Result
	var p planner.Plan
	for i := range 60 {
		c := &planner.Create{Subject: planner.Subject{Name: fmt.Sprintf("a%d-x%d", i*i, i)}}
		p.Changes = append(p.Changes, c)
		r.Reports = append(r.Reports, apply.Report{Change: c, Outcome: apply.Failed, Err: refused("POST /servers/: 402")})
	}
	text := Result(Run{Plan: &p, Result: &r}, nil, Style{Width: 100})
	if strings.Count(text, "402") != 1 || strings.Count(text, "add credit") != 1 {
		t.Errorf("the error or its hint is said again:\n%s", text)
	}
	for _, c := range p.Changes {
		if !strings.Contains(text, c.About().Name) {
			t.Errorf("%s is not named", c.About().Name)
		}
	}
}

// What to do about all failures stands with what is next, and nowhere else; where there
// are several things to do, each stands with its failures.
func TestOneHintIsWhatIsNext(t *testing.T) {
	p, r := failedCase(t, false)
	credit := &apply.Error{Reason: planner.Reason{Code: planner.CodeRefused}, Err: refused("402")}
	for i := range r.Reports {
		if r.Reports[i].Outcome == apply.Failed {
			r.Reports[i].Err = credit
		}
	}
	run := Run{Plan: p, Result: r, Again: "fleet apply"}
	markdown, err := Markdown(run, CommentBytes)
	if err != nil {
		t.Fatal(err)
	}
	for form, text := range map[string]string{"text": Result(run, nil, Style{}), "Markdown": string(markdown), "HTML": pageOf(t, run)} {
		if n := strings.Count(text, "add credit at Billing"); n != 1 || !strings.Contains(text, "add credit at Billing; 7 of 15 changes are left.") {
			t.Errorf("%s tells what to do %d times:\n%s", form, n, text)
		}
	}
	r.Reports[len(r.Reports)-1].Outcome, r.Reports[len(r.Reports)-1].Err = apply.Failed, &apply.Error{Reason: planner.Reason{Code: planner.CodeDrainFailed}, Err: errors.New("exit status 1")}
	text := Result(run, nil, Style{})
	for _, want := range []string{"next: add credit at Billing\n", "next: look at what the command says", "Next: do what is said of each, then run the same command again"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
