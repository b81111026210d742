package render

import (
	"fmt"
	"strings"
	"testing"
	"time"

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
			rep.Outcome, rep.Err = apply.Failed, fmt.Errorf("POST /servers/: 402 Payment Required: not enough credit\nhint: add credit at Billing")
		case 6:
			rep.Outcome, rep.Err = apply.Unknown, fmt.Errorf("still provisioning, not active, after 66s\nhint: run again to go on waiting, or give --timeout more")
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
	golden(t, "result_page", content(pageOf(t, Run{Plan: priced(), Result: resultOf(priced())})))
}

// Where a command fails, the page says so.
func TestPageOfAnError(t *testing.T) {
	err := fmt.Errorf("cannot list servers: %w", refused("401 Unauthorized"))
	none := content(pageOf(t, Run{Err: err}))
	refused := content(pageOf(t, Run{Plan: priced(), Err: err}))
	for _, page := range []string{none, refused} {
		if !strings.Contains(page, `<header class="headline bad">`) || !strings.Contains(page, "cannot list servers: 401 Unauthorized\n") || !strings.Contains(page, "hint: add credit at Billing") {
			t.Errorf("the page does not tell the error:\n%s", page)
		}
	}
	if !strings.Contains(none, "nothing was changed") || !strings.Contains(refused, "old-01") || !strings.Contains(refused, total(priced())) {
		t.Error("the page tells the wrong plan")
	}
}

// Whatever is drawn in the end, nothing of a large result is missing in the page.
func TestManyLanes(t *testing.T) {
	p := &planner.Plan{}
	for i := range 1000 {
		p.Changes = append(p.Changes, &planner.Delete{Subject: about(fmt.Sprintf("old-%04d", i), fmt.Sprint(i), causedAt(planner.CodeAbsent, 60, 5)), Old: live(fmt.Sprint(i), "old")})
	}
	r := resultOf(p)
	for i := range r.Reports { // all at once, the later ones for longer
		r.Reports[i].Spans = []apply.Span{{Waiting: "gone", From: r.Started, To: r.Started.Add(time.Duration(i+1) * time.Second)}}
	}
	line := newTimeline(p, r)
	if len(line.Lanes) != maxLanes || line.Omitted != 800 || line.Lanes[0].Name != "old-0800" {
		t.Errorf("%d lanes, from %s, and %d left out", len(line.Lanes), line.Lanes[0].Name, line.Omitted)
	}
	page := pageOf(t, Run{Plan: p, Result: r})
	for _, c := range p.Changes {
		if !strings.Contains(page, `data-name="`+c.About().Name+`"`) {
			t.Fatalf("%s is not in the page", c.About().Name)
		}
	}
	if len(page) > 1<<20 {
		t.Errorf("the page takes %d bytes", len(page))
	}
}

// A lane shows its own spans, and whom it had to wait for.
func TestTimeline(t *testing.T) {
	name := planner.FieldChange{Field: fleet.FieldName, From: planner.Text("web-01"), To: planner.Text("web-02")}
	p := &planner.Plan{Changes: []planner.Change{
		&planner.Create{Subject: about("web-01", "", planner.Reason{})},
		&planner.Update{Subject: about("web-02", "7", planner.Reason{}), Fields: []planner.FieldChange{name}},
	}}
	began := time.Unix(1000, 0)
	span := func(waiting planner.Target, from, to int) apply.Span {
		return apply.Span{Waiting: waiting, From: began.Add(time.Duration(from) * time.Second), To: began.Add(time.Duration(to) * time.Second)}
	}
	r := &apply.Result{Started: began, Duration: 20 * time.Second, Reports: []apply.Report{
		{Change: p.Changes[0], Outcome: apply.Unknown, Spans: []apply.Span{span("", 2, 3), span("active", 3, 20)}},
		{Change: p.Changes[1], Outcome: apply.Done, Spans: []apply.Span{span("", 0, 2)}},
	}}
	var got []string
	for _, l := range newTimeline(p, r).Lanes {
		got = append(got, l.Label)
		for _, b := range l.Bars {
			got = append(got, b.Class+" "+b.From+" "+b.Width)
		}
	}
	want := []string{
		"web-02: update 2.0s", "requests 0.00 10.00",
		"web-01: waiting for web-02 2.0s, create 1.0s, waiting until active 17s, unknown", "after 0.00 10.00", "requests 10.00 5.00", "waits 15.00 85.00",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if nothing := newTimeline(p, &apply.Result{Reports: make([]apply.Report, 2)}); nothing != nil {
		t.Errorf("a run that sent nothing has the timeline %v", nothing)
	}
}

func TestTicks(t *testing.T) {
	for d, want := range map[time.Duration]string{
		300 * time.Millisecond: "0s",
		7 * time.Second:        "0s 2s 4s 6s",
		95 * time.Second:       "0s 30s 1m 1m30s",
		10 * time.Minute:       "0s 2m 4m 6m 8m",
		3 * time.Hour:          "0s 1h 2h",
	} {
		var got []string
		for _, x := range ticks(d) {
			got = append(got, x.Label)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("ticks of %s are %s, want %s", d, got, want)
		}
	}
}

// The data that a replacement has lost was the old server's, not the new one's.
func TestReplacedServerOnAPage(t *testing.T) {
	c := reportCard(apply.Report{Change: &planner.Replace{Subject: planner.Subject{Name: "a", ID: "1"}}, Outcome: apply.Done, ID: "2"})
	if want := "the data of a is lost"; !strings.HasPrefix(c.Warning, want) || c.Members[0].ID != "2" {
		t.Errorf("of server %s it says %q", c.Members[0].ID, c.Warning)
	}
}
