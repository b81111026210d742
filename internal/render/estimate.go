package render

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// Estimate is the line of what a plan will take: Requests to apply: 214, about 43 s
// at 5/s; servers ready after 2–5 min. It is "" where apply has nothing to do.
func Estimate(p *planner.Plan, o planner.EstimateOptions, s Style) string {
	if text := estimate(p, o); text != "" {
		return s.paragraph(dim, text)
	}
	return ""
}

func estimate(p *planner.Plan, o planner.EstimateOptions) string {
	requests, times := effort(p, o)
	if requests == 0 && times == "" {
		return ""
	}
	return fmt.Sprintf("Requests to apply: %d%s.", requests, times)
}

// effort is what a plan will take: its requests, and the rest of a sentence about times.
func effort(p *planner.Plan, o planner.EstimateOptions) (requests int, times string) {
	if p.Empty() && len(p.Waits) == 0 {
		return 0, ""
	}
	e := p.Estimate(o)
	switch {
	case e.Duration < time.Second: // too short to be worth a word
	case o.Rate > 0:
		times = fmt.Sprintf(", about %s at %g/s", within(e.Duration, e.Duration), o.Rate)
	default: // the API may not take them as fast
		times = ", at least " + within(e.Duration, e.Duration)
	}
	if e.Ready.Max > 0 {
		times += "; servers ready after " + within(e.Ready.Min, e.Ready.Max)
	}
	return e.Requests, times
}

// within is a range of time in few digits: 2–5 min, 90 s – 4.5 min, 43 s.
func within(from, to time.Duration) string {
	least, unit := roughly(from)
	most, last := roughly(to)
	switch {
	case unit != last:
		return least + " " + unit + " – " + most + " " + last
	case least != most:
		return least + "–" + most + " " + unit
	}
	return most + " " + unit
}

// roughly is a time to within 5 %, or a second, in the unit that suits it.
func roughly(d time.Duration) (number, unit string) {
	n, unit := d.Seconds(), "s"
	switch {
	case d >= 2*time.Hour:
		n, unit = d.Hours(), "h"
	case d >= 2*time.Minute:
		n, unit = d.Minutes(), "min"
	}
	if n < 10 {
		return strconv.FormatFloat(math.Round(n*10)/10, 'f', -1, 64), unit
	}
	return strconv.FormatFloat(math.Round(n), 'f', -1, 64), unit
}

// lasted writes a duration for people.
func lasted(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return span(d)
}

func servers(n int) string {
	if n == 1 {
		return "1 server"
	}
	return fmt.Sprintf("%d servers", n)
}
