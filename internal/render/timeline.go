package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// maxLanes is how many servers a timeline draws: nobody compares more by eye, and
// the page stays light.
const maxLanes = 200

// timeline is what ran when in an apply, and what waited for what.
type timeline struct {
	Lanes   []timelineLane // whichever began first
	Omitted int            // of those that ended first
	Ticks   []tick
}

// timelineLane is one server's time.
type timelineLane struct {
	Name, After string // After: whom it had to wait for
	Label       string // all of it in words
	Bars        []bar
	begin, end  time.Time
}

// bar is a stretch of a lane, in percent of the whole time.
type bar struct {
	Class       string // requests, waits, turn or after
	From, Width string
	Title       string
}

type tick struct{ At, Label string }

// newTimeline draws a result; it is nil where nothing was sent.
func newTimeline(p *planner.Plan, r *apply.Result) *timeline {
	var t timeline
	lanes := p.Jobs()
	for _, l := range lanes {
		var after []string
		for _, i := range l.Needs {
			after = append(after, lanes[i].Name)
		}
		drawn := timelineLane{Name: l.Name, After: strings.Join(after, ", ")}
		if l.Wait >= 0 {
			drawn.add(r, r.Reports[len(p.Changes)+l.Wait])
		}
		for _, i := range l.Changes {
			drawn.add(r, r.Reports[i])
		}
		if len(drawn.Bars) > 0 {
			t.Lanes = append(t.Lanes, drawn)
		}
	}
	if len(t.Lanes) == 0 {
		return nil
	}
	slices.SortStableFunc(t.Lanes, func(a, b timelineLane) int { return b.end.Compare(a.end) })
	t.Omitted = max(0, len(t.Lanes)-maxLanes)
	t.Lanes = t.Lanes[:len(t.Lanes)-t.Omitted]
	slices.SortStableFunc(t.Lanes, func(a, b timelineLane) int {
		return cmp.Or(a.begin.Compare(b.begin), a.end.Compare(b.end), strings.Compare(a.Name, b.Name))
	})
	t.Ticks = ticks(r.Duration)
	return &t
}

// add draws a report after those before it.
func (l *timelineLane) add(r *apply.Result, rep apply.Report) {
	for _, s := range rep.Spans {
		if len(l.Bars) == 0 {
			l.begin = s.From
			if s.From.After(r.Started) {
				l.draw(r, l.before(), r.Started, s.From)
			}
		}
		what := bar{Class: "requests", Title: "requests"}
		if rep.Change != nil {
			what.Title = string(rep.Change.Action())
		}
		if s.Waiting != "" {
			what = bar{Class: "waits", Title: "waiting until " + string(s.Waiting)}
		}
		l.draw(r, what, s.From, s.To)
		l.end = s.To
	}
	if len(rep.Spans) > 0 && rep.Outcome != apply.Done {
		l.Label += ", " + string(rep.Outcome)
	}
}

// before is what a lane does before its first request.
func (l *timelineLane) before() bar {
	if l.After == "" {
		return bar{Class: "turn", Title: "waiting for its turn"}
	}
	return bar{Class: "after", Title: "waiting for " + l.After}
}

// draw adds a bar. One of no time is drawn as a thin line, so that it is seen.
func (l *timelineLane) draw(r *apply.Result, b bar, from, to time.Time) {
	b.From, b.Width = percent(from.Sub(r.Started), r.Duration), percent(max(to.Sub(from), r.Duration/400), r.Duration)
	b.Title = fmt.Sprintf("%s %s", b.Title, lasted(to.Sub(from)))
	if l.Label == "" {
		l.Label = l.Name + ": " + b.Title
	} else {
		l.Label += ", " + b.Title
	}
	l.Bars = append(l.Bars, b)
}

func percent(part, whole time.Duration) string {
	return fmt.Sprintf("%.2f", 100*float64(part)/float64(max(whole, 1)))
}

// steps are the seconds that may lie between two ticks.
var steps = []int{1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600}

// ticks are round times on an axis that ends after d, six or fewer up to a day.
func ticks(d time.Duration) (list []tick) {
	var step time.Duration
	for _, seconds := range steps {
		if step = time.Duration(seconds) * time.Second; d/step <= 5 {
			break
		}
	}
	for at := time.Duration(0); at < d*95/100; at += step {
		list = append(list, tick{percent(at, d), round(at)})
	}
	return list
}

// round writes a round time without what is zero in it: 2m, not 2m0s.
func round(d time.Duration) string {
	text := d.String()
	if d > 0 && d%time.Minute == 0 {
		text = strings.TrimSuffix(text, "0s")
	}
	if d > 0 && d%time.Hour == 0 {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
