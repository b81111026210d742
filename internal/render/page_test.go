package render

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

func pageOf(t *testing.T, r Run) string {
	t.Helper()
	page, err := HTML(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// content is what a page shows, without its style and script.
func content(page string) string {
	_, after, _ := strings.Cut(page, "<main>")
	main, _, _ := strings.Cut(after, "</main>")
	return main
}

func money(s string) *fleet.Money {
	m, err := fleet.ParseMoney(s)
	if err != nil {
		panic(err)
	}
	return &m
}

// priced is everything with what it costs.
func priced() *planner.Plan {
	p := everything()
	p.Cost = planner.Cost{Before: *money("60"), After: *money("85"), Delta: *money("25"), Hourly: money("0.035"), Rows: []planner.CostRow{
		{Plan: performance, Location: "us-east", PriceMonthly: money("20"), PriceHourly: money("0.03"), Before: 1, After: 3, Created: 2},
		{Plan: standard, Location: "us-east", PriceMonthly: money("5"), PriceHourly: money("0.007"), Before: 2, After: 2},
		{Plan: standard, Location: "us-west", PriceMonthly: money("5"), PriceHourly: money("0.007"), Before: 6, After: 3, Created: 1},
		{Plan: planner.Named{ID: "9", Name: "legacy"}, Location: "us-west", Before: 2, After: 2},
	}, Labels: []planner.LabelCost{
		{Key: "env", Value: "prod", Before: 11, After: 10, Unpriced: 2, MonthlyBefore: *money("60"), MonthlyAfter: *money("85")},
		{Key: "role", Value: "db", Before: 1, After: 3, MonthlyBefore: *money("20"), MonthlyAfter: *money("60")},
		{Key: "role", Value: "web", Before: 8, After: 5, MonthlyBefore: *money("40"), MonthlyAfter: *money("25")},
	}}
	return p
}

// resultOf is a result of everything: what was sent took its time, one part of it failed.
func resultOf(p *planner.Plan) *apply.Result {
	began := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	at := func(s float64) time.Time { return began.Add(time.Duration(s * float64(time.Second))) }
	r := &apply.Result{Blocked: p.Blocked, Started: began, Duration: 130 * time.Second}
	for i, c := range p.Changes {
		from := float64(4 * i)
		rep := apply.Report{Change: c, Outcome: apply.Done, ID: c.About().ID, Started: at(from), Duration: time.Duration(30+6*i) * time.Second}
		rep.Spans = []apply.Span{{From: at(from), To: at(from + 3)}, {Waiting: "active", From: at(from + 3), To: at(from + float64(30+6*i))}}
		switch i {
		case 1:
			rep.Outcome, rep.Err = apply.Failed, hinted{"POST /servers/: 402 Payment Required: not enough credit", "add credit at Billing"}
		case 6:
			rep.Outcome, rep.Err = apply.Unknown, hinted{"still provisioning, not active, after 66s", "run again to go on waiting, or give --timeout more"}
		case 9:
			rep = apply.Report{Change: c, Outcome: apply.NotStarted, ID: c.About().ID, Err: fmt.Errorf("what comes before it was not done")}
		}
		r.Reports = append(r.Reports, rep)
	}
	for i, w := range p.Waits {
		r.Reports = append(r.Reports, apply.Report{Wait: &p.Waits[i], Outcome: apply.Done, ID: w.ID, Started: began, Duration: 20 * time.Second,
			Spans: []apply.Span{{Waiting: "active", From: began, To: at(20)}}})
	}
	return r
}

func TestPages(t *testing.T) {
	golden(t, "plan_page", content(pageOf(t, Run{Plan: priced(), Command: "fleet apply --digest 123", Outlook: documented})))
	drift, plan := driftCase(t)
	golden(t, "drift_page", content(pageOf(t, Run{Drift: drift, Plan: plan})))
	golden(t, "result_page", content(pageOf(t, Run{Plan: priced(), Result: resultOf(priced())})))
}

// Where a command fails, the page says so.
func TestPageOfAnError(t *testing.T) {
	err := fmt.Errorf("cannot list servers: %w", refused("401 Unauthorized"))
	none := content(pageOf(t, Run{Err: err}))
	refused := content(pageOf(t, Run{Plan: priced(), Err: err}))
	for _, page := range []string{none, refused} {
		if !strings.Contains(page, `<h1 class="bad">`) || !strings.Contains(page, "cannot list servers: 401 Unauthorized\n") || !strings.Contains(page, "hint: add credit at Billing") {
			t.Errorf("the page does not tell the error:\n%s", page)
		}
	}
	if strings.Contains(refused, "lose their data") {
		t.Error("a plan that was refused loses data")
	}
	if !strings.Contains(none, "nothing was changed") || !strings.Contains(refused, "old-01") {
		t.Error("the page tells the wrong plan")
	}
}

// A page says once that a run was refused by its guards.
func TestPageOfARefusal(t *testing.T) {
	p := everything()
	page := content(pageOf(t, Run{Plan: p, Err: &apply.GuardsExceeded{Violations: p.Violations()}}))
	if !strings.Contains(page, "Refused, nothing was changed</h1>") {
		t.Errorf("the page does not say that the run was refused:\n%s", page)
	}
	if n := strings.Count(page, "max_deletes allows 0, the plan has 4"); n != 1 {
		t.Errorf("a guard is told %d times", n)
	}
}

// Nothing of a large result is missing in the page, which stays light.
func TestLargeResultOnAPage(t *testing.T) {
	p := &planner.Plan{}
	for i := range 1000 {
		p.Changes = append(p.Changes, &planner.Delete{Subject: about(fmt.Sprintf("old-%04d", i), fmt.Sprint(i), causedAt(planner.CodeAbsent, 60, 5)), Old: live(fmt.Sprint(i), "old")})
	}
	page := pageOf(t, Run{Plan: p, Result: resultOf(p)})
	for _, c := range p.Changes {
		if !strings.Contains(page, `data-name="`+c.About().Name+`"`) {
			t.Fatalf("%s is not in the page", c.About().Name)
		}
	}
	if len(page) > 1<<20 {
		t.Errorf("the page takes %d bytes", len(page))
	}
}

// A row shows when requests were sent and what was waited for, of one server or of
// several that ended alike.
func TestLanes(t *testing.T) {
	began := time.Unix(1000, 0)
	a := axis{began, 20 * time.Second}
	span := func(waiting planner.Target, from, to int) apply.Span {
		return apply.Span{Waiting: waiting, From: began.Add(time.Duration(from) * time.Second), To: began.Add(time.Duration(to) * time.Second)}
	}
	for name, test := range map[string]struct {
		spans []apply.Span
		end   string
		bars  []bar
	}{
		"nothing was sent": {nil, "0", nil},
		"one server":       {[]apply.Span{span("", 2, 3), span("active", 3, 20)}, "62.00", []bar{{"waits", "15.00", "85.00"}, {"requests", "10.00", "5.00"}}},
		"it began at once": {[]apply.Span{span("", 0, 10)}, "31.00", []bar{{"requests", "0.00", "100.00"}}},
		"several servers, whose stretches are joined": {[]apply.Span{span("", 0, 1), span("gone", 1, 6), span("", 1, 2), span("gone", 2, 10), span("", 8, 9), span("gone", 9, 10)}, "31.00",
			[]bar{{"waits", "10.00", "90.00"}, {"requests", "0.00", "20.00"}, {"requests", "80.00", "10.00"}}},
	} {
		got := a.newLane("words", test.spans)
		if d := cmp.Diff(test.bars, got.Bars); d != "" || got.End != test.end {
			t.Errorf("%s: the lane ends at %s, want %s; its bars (-want +got):\n%s", name, got.End, test.end, d)
		}
	}
}

func TestTicks(t *testing.T) {
	for d, want := range map[time.Duration]string{
		300 * time.Millisecond: "0s",
		7 * time.Second:        "0s 2s 4s 6s",
		95 * time.Second:       "0s 30s 1m 1m30s",
		10 * time.Minute:       "0s 2m 4m 6m 8m 10m",
		3 * time.Hour:          "0s 1h 2h 3h",
	} {
		var got []string
		for _, x := range (axis{whole: d}).ticks() {
			got = append(got, x.Label)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("ticks of %s are %s, want %s", d, got, want)
		}
	}
}

// The differences of cost are drawn on both sides of zero, the largest first.
func TestCostOnAPage(t *testing.T) {
	row := func(plan string, monthly *fleet.Money, before, after int) planner.CostRow {
		return planner.CostRow{Plan: planner.Named{ID: plan, Name: plan}, Location: "us-west", PriceMonthly: monthly, Before: before, After: after}
	}
	var d costPage
	d.add("By plan", costSums([]planner.CostRow{row("same", money("5"), 2, 2), row("up", money("10"), 0, 1), row("down", money("10"), 3, 0), row("free", nil, 1, 2)},
		byPlanName))
	c := d.Charts[0]
	want := []string{"75.00", "down down 0.00 75.00 -30.00 30.00 → 0.00 3 → 0", "up up 75.00 25.00 +10.00 0.00 → 10.00 0 → 1", "free    unknown  1 → 2"}
	got := []string{c.Zero}
	for _, b := range c.Rows {
		got = append(got, strings.Join([]string{b.Name, b.Direction, b.From, b.Width, b.Difference, b.Monthly, b.Servers}, " "))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// The page of a result is coloured by outcomes alone, says what its bars are made of, and
// has the command that its next step runs; of what is all done there is none.
func TestResultPageSaysWhatIsNext(t *testing.T) {
	p, r := failedCase(t, true)
	r.Reports[0].Spans = append(r.Reports[0].Spans, apply.Span{From: r.Started, To: r.Started.Add(time.Second), Waiting: "active"})
	const again = "fleet apply --file w/fail.yaml"
	html := pageOf(t, Run{Plan: p, Result: r, Again: again})
	for _, want := range []string{`<button type="button" class="quiet" aria-pressed="false" data-value="create"`,
		`</svg> requests <svg`, "To run it again</h2>\n<pre id=\"command\">" + again} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	mixed, done := mixedResultCase(t)
	if html := pageOf(t, Run{Plan: mixed, Result: done, Again: again}); strings.Contains(html, again) || strings.Contains(html, "</svg> requests <svg") {
		t.Error("the page of what is done tells a command to run again, or explains waits where there were none")
	}
}
