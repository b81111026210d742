package render

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

func TestMarkdown(t *testing.T) {
	p := everything()
	failedPlan, failedResult := failedCase(t, true)
	drift, driftPlan := driftCase(t)
	for name, r := range map[string]Run{
		"markdown_plan":   {Plan: p, Command: "fleet apply --file fleet.yaml --digest " + p.Digest(), Outlook: documented},
		"markdown_result": {Plan: p, Result: mixedResult()},
		"markdown_mixed":  {Plan: mixedCase(t), Command: "fleet apply --file w/mixed.yaml", Outlook: documented},
		"markdown_failed": {Plan: failedPlan, Result: failedResult},
		"markdown_drift":  {Drift: drift, Plan: driftPlan},
	} {
		text, err := Markdown(r, CommentBytes)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, string(text))
		if found := pictures.FindString(string(text)); found != "" {
			t.Errorf("%s has the picture %q, which not every reader has a font for", name, found)
		}
	}
}

// pictures are the characters that a font of text may lack.
var pictures = regexp.MustCompile(`[\x{2600}-\x{26ff}\x{2b00}-\x{2bff}\x{1f000}-\x{1ffff}]`)

// The first line says it all, whatever came of the run.
func TestMarkdownHeadline(t *testing.T) {
	for _, test := range []struct {
		run   Run
		wants []string
	}{
		{Run{Plan: &planner.Plan{Scope: planner.Scope{Listed: 3, Selected: 3}}}, []string{"### fleet plan: no changes. 3 servers are as the file says\n\n> [!NOTE]\n"}},
		{Run{Plan: everything(), Err: refused("refused")}, []string{"### fleet: failed, nothing was changed\n", "\nrefused\nhint: add credit at Billing\n", "nothing was carried out: it would have ended the data of 4 servers</summary>"}},
		{Run{Drift: &planner.Drift{Selected: 3}, Plan: new(planner.Plan)}, []string{"### fleet drift: none\n\n> [!NOTE]\n> 3 servers are as the file says.\n"}},
		{Run{Drift: drifted(), Plan: new(planner.Plan)}, []string{"### fleet drift: 6 servers differ, 1 more unlisted\n", "would destroy the data of 1 server", "<b>pending 1</b>"}},
		{Run{Err: errors.New("fleet.yaml:1:1: no servers are listed")}, []string{"### fleet: failed, nothing was changed\n", "no servers are listed"}},
	} {
		text, err := Markdown(test.run, CommentBytes)
		for _, want := range test.wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("%q is not in %v\n%s", want, err, text)
			}
		}
	}
}

// manyServers is a plan with every action, over 300 servers that have little in common.
func manyServers(n int) *planner.Plan {
	p := everything()
	p.Changes = nil
	for i := range n {
		name := fmt.Sprintf("%c%c-server-%03d", 'a'+i%26, 'a'+i/26%26, (i*37)%1000)
		s := about(name, fmt.Sprint(20000+i), differing(i*7, 5, fleet.FieldHostname, fleet.FieldBackupsEnabled, fleet.FieldRenamedFrom))
		from, to := planner.Text(fmt.Sprintf("host-%d.old.example", i*i)), planner.Text(fmt.Sprintf("host-%d.example.com", i))
		fields := []planner.FieldChange{{Field: fleet.FieldHostname, From: from, To: to}}
		spec := planner.Spec{Plan: standard, OS: ubuntu, Location: fmt.Sprintf("place-%d", i), Hostname: ptr(fmt.Sprintf("h%d.example.com", i))}
		var c planner.Change
		switch planner.Actions[i%len(planner.Actions)] {
		case planner.ActionCreate:
			c = &planner.Create{Subject: s, Spec: spec}
		case planner.ActionUpdate:
			c = &planner.Update{Subject: s, Fields: fields}
		case planner.ActionReplace:
			c = &planner.Replace{Subject: s, Mode: fleet.ReplaceDeleteFirst, Fields: fields, Spec: spec, Old: live(s.ID, name)}
		case planner.ActionStart:
			c = &planner.Power{Subject: s, Verb: planner.ActionStart, From: planner.StatusStopped}
		case planner.ActionStop:
			c = &planner.Power{Subject: s, Verb: planner.ActionStop, From: planner.StatusActive}
		case planner.ActionReboot:
			c = &planner.Power{Subject: s, Verb: planner.ActionReboot, From: planner.StatusActive}
		case planner.ActionDelete:
			c = &planner.Delete{Subject: s, Old: live(s.ID, name)}
		}
		p.Changes = append(p.Changes, c)
	}
	return p
}

// However little room there is, every delete, every replacement and every total is
// there, what was truncated is said, and no byte more is taken than allowed.
func TestMarkdownIsTruncated(t *testing.T) {
	p := manyServers(300)
	whole, err := Markdown(Run{Plan: p, Command: "fleet apply"}, 1<<20)
	if err != nil || strings.Contains(string(whole), "Truncated") {
		t.Fatalf("with room for all of it, it is truncated: %v", err)
	}
	for _, allowed := range []int{CommentBytes, 40000, 20000, 10000, 7000, 5000, 4000} {
		text, err := Markdown(Run{Plan: p, Command: "fleet apply"}, allowed)
		if err != nil {
			t.Errorf("%d bytes: %v", allowed, err)
			continue
		}
		if len(text) > allowed || len(text) < min(allowed, len(whole))*7/10 {
			t.Errorf("it takes %d bytes of %d", len(text), allowed)
		}
		if truncated := strings.Contains(string(text), "Truncated"); truncated != (len(text) < len(whole)) {
			t.Errorf("%d bytes: it says that something was truncated: %v", allowed, truncated)
		}
		for _, c := range p.Changes {
			if kind(c.Action()).losesData() && !strings.Contains(string(text), c.About().Name) {
				t.Errorf("%d bytes: %s %s is not in it", allowed, c.Action(), c.About().Name)
			}
		}
		for _, want := range []string{marker, "<b>Create 43</b>", "42 servers are deleted, 43 are replaced", "85 servers lose their data", "beyond the guards", p.Digest(), "fleet apply"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%d bytes: %q is not in it", allowed, want)
			}
		}
	}
	var tooMuch tooLong
	text, err := Markdown(Run{Plan: p}, 1500)
	if !errors.As(err, &tooMuch) || !strings.Contains(ErrorLines(err), "hint: allow more with --max-bytes") || !strings.Contains(string(text), "Too long: it takes ") || len(text) > 1500 {
		t.Errorf("85 names in 1,500 bytes: %v\n%s", err, text)
	}
	if text, err := Markdown(Run{Plan: p}, 100); !errors.As(err, &tooMuch) || text != nil {
		t.Errorf("100 bytes: %v\n%s", err, text)
	}
}

// A result is truncated as a plan is: what became of deletes is told whatever happens.
func TestResultMarkdownIsTruncated(t *testing.T) {
	p := manyServers(300)
	r := &apply.Result{Duration: time.Minute}
	for i, c := range p.Changes {
		rep := apply.Report{Change: c, Outcome: []apply.Outcome{apply.Done, apply.Failed, apply.Unknown, apply.NotStarted}[i%4], Duration: time.Second}
		if rep.Outcome != apply.Done {
			rep.Err = fmt.Errorf("PATCH /servers/%d/: 500 Internal Server Error", i)
		}
		r.Reports = append(r.Reports, rep)
	}
	text, err := Markdown(Run{Plan: p, Result: r}, 6000)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"75 of 300 in doubt, 75 failed, 75 not started", "Truncated", "`--html` and `--json` have everything"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	for _, c := range p.Changes {
		if kind(c.Action()).losesData() && !strings.Contains(string(text), c.About().Name) {
			t.Errorf("%s %s is not in it", c.Action(), c.About().Name)
		}
	}
	if len(text) > 6000 {
		t.Errorf("it takes %d bytes", len(text))
	}
}

// What is truncated is said in whole sentences, of one as of many.
func TestTruncationNote(t *testing.T) {
	for _, test := range []struct {
		truncated, all int
		want           string
	}{
		{1, 1, "the detail of the only row of “Create 9”."},
		{3, 3, "the detail of all 3 rows of “Create 9”."},
		{1, 3, "the detail of 1 of the 3 rows of “Create 9”."},
	} {
		d := document{tables: []mdTable{{parts: []*mdPart{{name: "Create 9", rows: make([]mdRow, test.all), truncated: test.truncated}}}}}
		if got := d.truncationNote(); !strings.Contains(got, test.want) {
			t.Errorf("%d of %d truncated is told as %q, want %q", test.truncated, test.all, got, test.want)
		}
	}
	p := mdPart{truncated: 2, rows: []mdRow{{servers: 7}, {servers: 40}, {servers: 2, kept: []string{"a", "b"}}}}
	if got, want := p.omitted(), "and 42 more: <code>a, b</code>"; got != want {
		t.Errorf("the rest is %q, want %q", got, want)
	}
}

func TestTruncateLines(t *testing.T) {
	for _, test := range []struct {
		text string
		max  int
		want string
	}{
		{"a\nb\n", 4, "a\nb\n"},
		{"aaa\nbbb\nccc\n", 8, "aaa\nbbb\n… lines left out: 1\n"},
		{"aaa\nbbb\nccc\n", 2, "… lines left out: 3\n"},
	} {
		if got := truncateLines(test.text, test.max); got != test.want {
			t.Errorf("%q truncated to %d is %q, want %q", test.text, test.max, got, test.want)
		}
	}
}
