package render

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/planner/estimate"
)

// Requests counts what a run has sent to the API.
type Requests struct {
	Kinds     []KindCount // in the order in which they are shown
	Throttled int         // of all: refused for coming too fast
	Retried   int         // of all: reads that were sent again
}

// KindCount is how many requests of one kind were sent.
type KindCount struct {
	Kind  string // a noun in the singular, such as "power call"
	Count int
}

func (r Requests) total() (n int) {
	for _, k := range r.Kinds {
		n += k.Count
	}
	return n
}

// Line is one quiet line: Requests sent: 3 (1 list, 2 creates; 1 throttled).
func (r Requests) Line(s Style) string {
	text := fmt.Sprintf("Requests sent: %d", r.total())
	var kinds []string
	for _, k := range r.Kinds {
		noun := k.Kind
		if k.Count > 1 {
			noun += "s"
		}
		kinds = append(kinds, counted(k.Count, noun)...)
	}
	if len(kinds) > 0 {
		text += " (" + strings.Join(kinds, ", ")
		if trouble := counted(r.Throttled, "throttled", r.Retried, "retried"); len(trouble) > 0 {
			text += "; " + strings.Join(trouble, ", ")
		}
		text += ")"
	}
	return s.paragraph(dim, text+".")
}

var keys = strings.NewReplacer(" ", "_", "-", "_")

// MarshalJSON writes the counts by kind, zeros left out, and the totals.
func (r Requests) MarshalJSON() ([]byte, error) {
	byKind := make(map[string]int)
	for _, k := range r.Kinds {
		if k.Count > 0 {
			byKind[keys.Replace(k.Kind)] = k.Count
		}
	}
	return json.Marshal(struct {
		Total     int            `json:"total"`
		ByKind    map[string]int `json:"by_kind"`
		Throttled int            `json:"throttled"`
		Retried   int            `json:"retried"`
	}{r.total(), byKind, r.Throttled, r.Retried})
}

// Estimate is the line of what a plan will take: Requests to apply: 214, about 43 s
// at 5/s; servers ready after 2–5 min. It is "" where apply has nothing to do.
func Estimate(p *planner.Plan, o estimate.Options, s Style) string {
	if text := takesText(p, o); text != "" {
		return s.paragraph(dim, text)
	}
	return ""
}

func takesText(p *planner.Plan, o estimate.Options) string {
	requests, times := effort(p, o)
	if requests == 0 && times == "" {
		return ""
	}
	return fmt.Sprintf("Requests to apply: %d%s.", requests, times)
}

// effort is what a plan will take: its requests, and the rest of a sentence about times.
func effort(p *planner.Plan, o estimate.Options) (requests int, times string) {
	if p.Empty() && len(p.Waits) == 0 {
		return 0, ""
	}
	e := estimate.Of(p, o)
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
