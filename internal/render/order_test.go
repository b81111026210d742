package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/planner"
)

// orderCase is a plan that has something of each kind.
func orderCase(t *testing.T) *planner.Plan {
	t.Helper()
	p := mixedCase(t)
	p.Changes = append(p.Changes, &planner.Power{Subject: planner.Subject{Name: "owing", ID: "49001", Reason: planner.Reason{Code: planner.CodeOwed}}, Verb: planner.ActionReboot, From: planner.StatusActive})
	p.Excluded = append(p.Excluded, planner.Excluded{Action: planner.ActionStop, Subject: planner.Subject{Name: "left-out", ID: "49002", Reason: planner.Reason{Code: planner.CodePower}}, ExcludedBy: planner.Reason{Code: planner.CodeExcluded}})
	return p
}

// Every form of a plan has one order: losses first, then what needs a person, then the
// rest.
func TestKindsAreInOneOrder(t *testing.T) {
	p := orderCase(t)
	want := []string{"Delete", "Replace", "Blocked", "Create", "Update", "Reboot", "Start", "Stop", "Wait for", "Unlisted", "Excluded", "Notes"}
	markdown, err := Markdown(Run{Plan: p}, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	html, err := HTML(Run{Plan: p})
	if err != nil {
		t.Fatal(err)
	}
	for form, test := range map[string]struct {
		text, before string // before is what a section's title begins with, as an expression
	}{
		"text":         {Plan(p, Style{}), "\n"},
		"all of text":  {Plan(p, Style{View: Whole}), "\n"},
		"summary":      {Plan(p, Style{View: Summary}), "\n"},
		"Markdown":     {string(markdown), `<th align="left"(?: colspan="2")?>`},
		"HTML":         {string(html), `<h2><i aria-hidden="true">[^<]*</i> `},
		"HTML filters": {filtersOf(string(html)), ` data-value="`},
	} {
		titles := regexp.MustCompile("(?i)" + test.before + "(" + strings.Join(want, "|") + "|waiting|note)[ :\"<,\n]")
		var got []string
		for _, m := range titles.FindAllStringSubmatch(test.text, -1) {
			title := map[string]string{"waiting": "wait for", "note": "notes"}[strings.ToLower(m[1])]
			if title == "" {
				title = strings.ToLower(m[1])
			}
			got = append(got, title)
		}
		wanted := strings.Split(strings.ToLower(strings.Join(want, "|")), "|")
		if form == "text" || form == "summary" { // a note begins with its server
			wanted = wanted[:len(wanted)-1]
		}
		if !slices.Equal(got, wanted) {
			t.Errorf("the order of %s is %q, want %q", form, got, wanted)
		}
	}
}

func filtersOf(html string) string {
	from := strings.Index(html, `data-by="kind"`)
	return html[from : from+strings.Index(html[from:], "</div>")]
}

// So are the filters of a result's page, whose sections are outcomes.
func TestResultFiltersAreInTheOrderOfThePlan(t *testing.T) {
	p := everything()
	r := mixedResult()
	r.Blocked = p.Blocked
	filters := filtersOf(pageOf(t, Run{Plan: p, Result: r}))
	at := 0
	for _, k := range kinds {
		i := strings.Index(filters, fmt.Sprintf(`data-value="%s"`, k))
		if i >= 0 && i < at {
			t.Errorf("%s is not in its place in\n%s", k, filters)
		}
		at = max(at, i)
	}
}

// What was done is counted in the order of the plan, in every form.
func TestDoneIsInTheOrderOfThePlan(t *testing.T) {
	p, r := mixedResultCase(t)
	run := Run{Plan: p, Result: r}
	markdown, err := Markdown(run, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	html, err := HTML(run)
	if err != nil {
		t.Fatal(err)
	}
	for form, text := range map[string]string{"text": Result(run, nil, Style{}), "Markdown": string(markdown), "HTML": string(html)} {
		at := 0
		for _, done := range []string{"20 deleted", "7 replaced", "10 created", "16 updated", "8 rebooted", "3 started", "3 stopped", "1 ready"} {
			i := strings.Index(strings.Join(strings.Fields(text[at:]), " "), done)
			if i < 0 {
				t.Fatalf("%s does not say %q after what comes before it", form, done)
			}
			at += i
		}
	}
}

// The reboot that an earlier run owes says why it is there, in every form.
func TestOwedRebootIsExplained(t *testing.T) {
	p := orderCase(t)
	markdown, err := Markdown(Run{Plan: p}, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	html, err := HTML(Run{Plan: p})
	if err != nil {
		t.Fatal(err)
	}
	for form, text := range map[string]string{"text": Plan(p, Style{Width: 100}), "Markdown": string(markdown), "HTML": string(html)} {
		if said := strings.Join(strings.Fields(text), " "); !strings.Contains(said, "an earlier run has updated it") {
			t.Errorf("%s does not say why owing is rebooted:\n%s", form, text)
		}
	}
}

// A run whose endpoint nobody knows leaves no gap where it would stand.
func TestNoEndpoint(t *testing.T) {
	p := mixedCase(t)
	p.Endpoint = ""
	markdown, err := Markdown(Run{Plan: p}, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	html, err := HTML(Run{Plan: p})
	if err != nil {
		t.Fatal(err)
	}
	for form, test := range map[string]struct{ text, want string }{
		"text":     {Plan(p, Style{}), "fleet plan · ops@example.com · w/mixed.yaml "},
		"Markdown": {string(markdown), "Fleet of <code>ops@example.com</code>; lines"},
		"HTML":     {string(html), "fleet plan · ops@example.com · w/mixed.yaml<"},
	} {
		if !strings.Contains(test.text, test.want) {
			t.Errorf("%s does not have %q:\n%s", form, test.want, test.text)
		}
	}
}

// Drift names every server whose data an apply would destroy, however narrow it is shown
// and however many there are.
func TestDriftNamesAllLosses(t *testing.T) {
	mixed, plan := driftCase(t)
	var many planner.Drift
	for i := range 40 {
		many.Differences = append(many.Differences, planner.Difference{Kind: planner.DriftUnwanted, Name: fmt.Sprintf("old-%d", i*i+i), IDs: []string{fmt.Sprint(i)}, At: at(i+1, 3)})
	}
	for name, r := range map[string]Run{"mixed": {Drift: mixed, Plan: plan}, "many": {Drift: &many, Plan: new(planner.Plan)}} {
		markdown, err := Markdown(r, CommentBytes)
		if err != nil {
			t.Fatal(err)
		}
		for form, text := range map[string]string{"40 columns": Drift(r, false, Style{Width: 40}), "Markdown": string(markdown)} {
			for _, d := range r.Drift.Differences {
				if d.Kind == planner.DriftUnwanted && !strings.HasPrefix(d.Name, "legacy-") && !strings.Contains(text, d.Name) {
					t.Errorf("%s at %s does not name %s:\n%s", name, form, d.Name, text)
				}
			}
		}
	}
}
