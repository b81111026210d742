package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// hostile are texts that the API, or who may name a server there, could send to
// take over whatever shows them.
var hostile = map[string]string{
	"escapes":           "a\x1b[31m\u202eb\u009b2J\rc\nd\x00\U000e0041\u2066\u00a0\ufe0f\xff",
	"HTML":              `<script>alert(1)</script><img src=x onerror=alert(1)>"><b>&amp;</details></td>`,
	"fences":            "x\n```\n# heading\n```````\n````",
	"backticks":         "`whoami` ``` `` ",
	"table":             "a|b|c\n|---|\n",
	"links":             "[here](javascript:alert(1)) ![x](https://evil.example/x.png) <https://evil.example> https://evil.example www.evil.example",
	"mentions":          "@everyone #1 GH-1 octo/octo#1 :tada: ABC-123 0123456789abcdef !1 ~label %milestone",
	"quick actions":     "/close",
	"workflow command":  "::error file=a,line=1::pwned",
	"command in a line": "\n  ::set-output name=digest::x\r\n::stop-commands::x",
	"old command":       "##[set-env name=PATH]evil",
	"comment":           "<!-- fleet --> --> *bold* _it_ ~~no~~ \\",
	"shell":             "$(rm -rf ~); ' \" && echo",
	"range":             "web-[01:99], db-01",
	"mark":              "{name}",
}

// hostilePlan has a text in every place that holds text: so many servers of each kind, and
// a note and a blocked entry for each code.
func hostilePlan(text string, servers int, codes []planner.Code) *planner.Plan {
	named := planner.Named{ID: text, Name: text}
	spec := planner.Spec{Plan: named, OS: named, Location: text, Hostname: &text, SSHKey: &named}
	old := planner.Server{ID: text, Name: text, Hostname: &text, Status: planner.Status(text), Location: text, Plan: named, OS: named}
	fields := []planner.FieldChange{{Field: fleet.FieldHostname, From: planner.Text(text), To: planner.Text(text + "x")}, {Field: fleet.FieldPlan, From: planner.Reference(named), To: planner.Text(text)}}
	p := &planner.Plan{Account: text, Endpoint: text,
		Cost: planner.Cost{Rows: []planner.CostRow{{Plan: named, Location: text, After: 1, Created: 1}, {Plan: planner.Named{ID: text + "2"}, Location: text, Before: 1}}}}
	for _, c := range codes {
		p.Notes = append(p.Notes, planner.Note{Name: text, Reason: hostileReason(text, c)})
		p.Blocked = append(p.Blocked, planner.Blocked{Name: text, Reason: hostileReason(text, c)})
	}
	s := about(text, text, hostileReason(text, planner.CodeImmutable))
	for range servers {
		p.Changes = append(p.Changes, &planner.Create{Subject: s, Spec: spec}, &planner.Update{Subject: s, Fields: fields, Location: text},
			&planner.Replace{Subject: s, Fields: fields, Spec: spec, Old: old, NextID: text},
			&planner.Power{Subject: s, Verb: planner.ActionStart, From: planner.Status(text), Location: text}, &planner.Delete{Subject: s, Old: old})
		p.Waits = append(p.Waits, planner.Wait{Name: text, From: planner.Status(text), To: planner.Status(text)})
		p.Blocked = append(p.Blocked, planner.Blocked{Name: text, Reason: hostileReason(text, planner.CodeNextDiffers)})
		p.Unlisted = append(p.Unlisted, old)
		p.Excluded = append(p.Excluded, planner.Excluded{Action: planner.ActionDelete, Subject: s, ExcludedBy: hostileReason(text, planner.CodeNeeds)})
		p.Notes = append(p.Notes, planner.Note{Name: text, Reason: hostileReason(text, planner.CodeAlmostSameName)})
	}
	return p
}

func TestHostilePlanHasEveryField(t *testing.T) {
	r := hostilePlan("x", 1, nil).Changes[2].(*planner.Replace)
	for field, value := range reflect.ValueOf(r.Spec).Fields() {
		if field.Name == "BackupsEnabled" { // no text
			continue
		}
		if value.IsZero() || field.Name != "SSHKey" && reflect.ValueOf(r.Old).FieldByName(field.Name).IsZero() {
			t.Errorf("hostilePlan has no text in %s", field.Name)
		}
	}
}

// hostileReason has a text in every place that holds text.
func hostileReason(text string, c planner.Code) planner.Reason {
	named := planner.Named{ID: text, Name: text}
	return planner.Reason{Code: c, At: []fleet.Pos{{File: "x" + text, Line: 1, Column: 1}}, Allow: fleet.Pos{File: text, Line: 1, Column: 1}, Keys: []fleet.Field{fleet.Field(text)},
		Fields:  []planner.FieldChange{{Field: fleet.Field(text), From: planner.Text(text), To: planner.Reference(named)}},
		Servers: []planner.Other{{ID: text, Name: text}}, Name: text, Names: []string{text}, Pattern: text, Mode: fleet.Replace(text),
		Status: planner.Status(text), Action: planner.Action(text), Cause: planner.Code(text)}
}

// hostileDrift has differences of each kind in so many servers.
func hostileDrift(p *planner.Plan, text string, servers int) *planner.Drift {
	d := &planner.Drift{Account: p.Account, Endpoint: p.Endpoint}
	for i := range servers {
		for _, k := range planner.DriftKinds {
			d.Differences = append(d.Differences, planner.Difference{Kind: k, Name: text + string(k), IDs: []string{text, fmt.Sprint(i)}, Field: fleet.Field(text),
				Is: planner.Text(text), Want: planner.Text(text), At: fleet.Pos{File: text, Line: 1}, Reason: hostileReason(text, planner.CodeDuplicates)})
		}
	}
	d.Pending = d.Differences
	return d
}

// hostileResult is what became of a hostile plan, each change in another way.
func hostileResult(p *planner.Plan, text string) *apply.Result {
	r := &apply.Result{Blocked: p.Blocked, Duration: time.Minute}
	for i, c := range p.Changes {
		rep := apply.Report{Change: c, ID: text, IPAddress: text, Outcome: []apply.Outcome{apply.Done, apply.Failed, apply.Unknown, apply.NotStarted}[i%4]}
		if rep.Outcome != apply.Done {
			rep.Err = hinted{text, text}
		}
		r.Reports = append(r.Reports, rep)
	}
	for i := range p.Waits {
		r.Reports = append(r.Reports, apply.Report{Wait: &p.Waits[i], ID: text, Outcome: apply.Done, Spans: []apply.Span{{Waiting: "active", From: r.Started, To: r.Started.Add(r.Duration)}}})
	}
	return r
}

// output is one form in which a plan or a result is shown, and what must be true of it.
type output struct {
	text  string
	check func(*testing.T, string)
}

// outputs are all forms, of texts that stand once, each code's among them, and of texts
// that are grouped.
func outputs(t *testing.T, text string) map[string]output {
	t.Helper()
	must := func(b []byte, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	all := make(map[string]output)
	for of, p := range map[string]*planner.Plan{"one": hostilePlan(text, 1, allCodes), "many": hostilePlan(text, 2, nil)} {
		r := hostileResult(p, text)
		var plan, result bytes.Buffer
		if err := errors.Join(PlanJSON(&plan, p), ResultJSON(&result, p, r, Requests{})); err != nil {
			t.Fatal(err)
		}
		all["plan of "+of] = output{Plan(p, Style{}), checkText}
		all["plan in colour of "+of] = output{stripColor(Plan(p, Style{Color: true})), checkText}
		all["summary of "+of] = output{Plan(p, Style{View: Summary}), checkText}
		all["whole of "+of] = output{Plan(p, Style{View: Whole}), checkText}
		all["result of "+of] = output{Result(Run{Plan: p, Result: r, Again: text}, nil, Style{}), checkText}
		all["plan as Markdown of "+of] = output{must(Markdown(Run{Plan: p, Command: "fleet apply -f " + text}, CommentBytes)), checkMarkdown}
		all["truncated Markdown of "+of] = output{must(Markdown(Run{Plan: p}, 12000)), checkMarkdown}
		all["result as Markdown of "+of] = output{must(Markdown(Run{Plan: p, Result: r}, CommentBytes)), checkMarkdown}
		all["drift as Markdown of "+of] = output{must(Markdown(Run{Plan: p, Drift: hostileDrift(p, text, len(p.Waits))}, CommentBytes)), checkMarkdown}
		all["plan as HTML of "+of] = output{must(HTML(Run{Plan: p, Command: "fleet apply -f " + text})), checkHTML}
		all["result as HTML of "+of] = output{must(HTML(Run{Plan: p, Result: r})), checkHTML}
		all["drift as HTML of "+of] = output{must(HTML(Run{Plan: p, Drift: hostileDrift(p, text, len(p.Waits))})), checkHTML}
		all["plan as JSON of "+of] = output{plan.String(), checkJSON}
		all["result as JSON of "+of] = output{result.String(), checkJSON}
		lines := ""
		for _, rep := range r.Reports {
			events := newProgress(1, planner.Range{})
			events.add(apply.ChangePutOff{Change: &planner.Create{Subject: planner.Subject{Name: text}}, Err: errors.New(text)})
			events.add(apply.ChangeFinished{Report: rep})
			lines += strings.Join(append(events.lines(Style{}), ""), "\n")
		}
		all["events of "+of] = output{lines, checkText}
	}
	failed := Run{Plan: hostilePlan(text, 1, nil), Err: errors.New(text)}
	all["failure as Markdown"] = output{must(Markdown(failed, CommentBytes)), checkMarkdown}
	all["failure as HTML"] = output{must(HTML(failed)), checkHTML}
	return all
}

func TestHostileText(t *testing.T) {
	for kind, text := range hostile {
		for form, output := range outputs(t, text) {
			t.Run(kind+" in "+form, func(t *testing.T) { output.check(t, output.text) })
		}
	}
}

// checkText wants nothing in text that a terminal or a CI's log would obey.
func checkText(t *testing.T, text string) {
	t.Helper()
	for i, r := range text {
		if r != '\n' && !safe(r) {
			t.Fatalf("%U got through: %q", r, text[max(0, i-40):min(len(text), i+10)])
		}
	}
	if found := commandLine.FindString(text); found != "" {
		t.Errorf("a CI obeys %q", found)
	}
}

// checkJSON wants a whole document with nothing a terminal would obey.
func checkJSON(t *testing.T, text string) {
	t.Helper()
	if !json.Valid([]byte(text)) {
		t.Error("it is not JSON")
	}
	for i, r := range text {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			t.Fatalf("%U got through: %q", r, text[max(0, i-40):i])
		}
	}
}

var (
	commandLine  = regexp.MustCompile(`(?m)^\s*::.*|.*##\[.*`)
	startTag     = regexp.MustCompile(`<([^/\s>]+)([^>]*)>`)
	inQuotes     = regexp.MustCompile(`"[^"]*"`)
	eventHandler = regexp.MustCompile(`\son[a-z]+=`)
)

// tags are all elements that the content of a page is made of.
var tags = regexp.MustCompile(`^(header|title|section|div|p|h1|h2|dl|dt|dd|i|b|a|span|small|form|button|label|input|select|option|output|table|thead|tbody|tr|th|td|del|ins|mark|pre|code|svg|g|use|text|rect|line)$`)

// checkHTML wants no element, attribute or character in the page that a text from
// outside has brought.
func checkHTML(t *testing.T, page string) {
	t.Helper()
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("there are %d scripts", n)
	}
	for _, tag := range startTag.FindAllStringSubmatch(content(page), -1) {
		if !tags.MatchString(tag[1]) || eventHandler.MatchString(inQuotes.ReplaceAllString(tag[2], "")) {
			t.Errorf("the element %q came from a text", tag[0])
		}
		if strings.Contains(tag[2], "href=") && !strings.Contains(tag[2], `href="#`) {
			t.Errorf("%q leads out of the page", tag[0])
		}
	}
	for i, r := range html.UnescapeString(content(page)) {
		if r != '\n' && !safe(r) {
			t.Fatalf("%U got through at %d", r, i)
		}
	}
}
