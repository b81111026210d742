package render

import (
	"fmt"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply"
)

// axisShare is how much of a lane's cell the time takes, in percent; the rest is
// for the words at the bar's end.
const axisShare = 62

// axis places the times of a result.
type axis struct {
	began time.Time
	whole time.Duration
}

// lane is the time of one server, or of several that ended alike, with what became
// of it in words at its end.
type lane struct {
	End     string // in percent of the cell
	Bars    []bar  // what was only waited for first, so that requests are drawn over it
	Words   string
	Slowest string // the server of all that took longest, where it is of this lane
	end     time.Time
}

// bar is a stretch of a lane, in percent of it.
type bar struct {
	Class       string
	From, Width string
}

// The classes of bars: of requests and work, and of what was waited for.
const (
	classRequests = "requests"
	classWaits    = "waits"
)

// newLane draws spans, of one server or of several.
func (a axis) newLane(words string, spans []apply.Span) *lane {
	l := &lane{Words: words, End: "0"}
	if len(spans) == 0 {
		return l
	}
	for _, s := range spans {
		if s.To.After(l.end) {
			l.end = s.To
		}
	}
	long := max(l.end.Sub(a.began), 1)
	l.End = fmt.Sprintf("%.2f", axisShare*float64(long)/float64(max(a.whole, long)))
	for _, class := range []string{classWaits, classRequests} {
		for _, s := range stretches(spans, class == classWaits) {
			l.Bars = append(l.Bars, bar{class, percent(s.From.Sub(a.began), long), percent(max(s.To.Sub(s.From), a.whole/400), long)})
		}
	}
	return l
}

// stretches joins the spans of waits, or of requests, that touch each other.
func stretches(spans []apply.Span, waits bool) (joined []apply.Span) {
	spans = slices.DeleteFunc(slices.Clone(spans), func(s apply.Span) bool { return (s.Waiting != "") != waits })
	slices.SortStableFunc(spans, func(a, b apply.Span) int { return a.From.Compare(b.From) })
	for _, s := range spans {
		if last := len(joined) - 1; last >= 0 && !s.From.After(joined[last].To) {
			if s.To.After(joined[last].To) {
				joined[last].To = s.To
			}
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// percent is a part of a whole, in percent.
func percent[T ~int64](part, whole T) string {
	return fmt.Sprintf("%.2f", 100*float64(part)/float64(max(whole, 1)))
}

// tick is a round time on the axis, in percent of a lane's cell.
type tick struct{ At, Label string }

// steps are the seconds that may lie between two ticks.
var steps = []int{1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600}

// ticks are round times up to the end, six or fewer up to a day.
func (a axis) ticks() (list []tick) {
	var step time.Duration
	for _, seconds := range steps {
		if step = time.Duration(seconds) * time.Second; a.whole/step <= 5 {
			break
		}
	}
	for at := time.Duration(0); at <= a.whole; at += step {
		list = append(list, tick{percent(at*axisShare/100, a.whole), round(at)})
	}
	return list
}
