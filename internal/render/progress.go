package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// progress is how far a run has come, as its events tell.
type progress struct {
	total    int // changes and waits in the plan
	takes    planner.Range
	begun    time.Time
	underWay map[string]time.Time // servers that requests are sent for, and since when
	waits    map[string]inTransit // servers that are waited for
	ended    map[fate]int
	untold   []apply.Report  // that have ended since lines were last taken
	failures map[string]bool // what has been said of failures
	putOff   []string        // what was put off since, each once, with who was first
	rolling  []rollout.GroupResult
	doings   map[string]string // what is being done to the servers of each rollout
}

// inTransit is what a server is waited for, and since when.
type inTransit struct {
	since  time.Time
	target planner.Target
}

// newProgress begins a plan's progress; takes is how long the plan is expected to take.
func newProgress(total int, takes planner.Range) *progress {
	return &progress{total: total, takes: takes, begun: time.Now(), underWay: make(map[string]time.Time),
		waits: make(map[string]inTransit), ended: make(map[fate]int), failures: make(map[string]bool)}
}

// add takes an event in, and reports whether it is a failure as there has been none.
func (p *progress) add(e apply.Event) (isNews bool) {
	switch e := e.(type) {
	case apply.ChangeStarted:
		name := e.Change.About().Name
		p.forget(name)
		p.underWay[name] = time.Now()
	case apply.WaitStarted:
		p.forget(e.Name)
		p.waits[e.Name] = inTransit{time.Now(), e.Target}
	case apply.ChangePutOff:
		p.postpone(e)
	case apply.GroupProgress:
		p.roll(e.GroupResult)
	case apply.ChangeFinished:
		p.forget(reportName(e.Report))
		f := fateOf(e.Report)
		p.ended[f]++
		p.untold = append(p.untold, e.Report)
		if f == fateFailed || f == fateDoubt {
			message, _ := explainError(e.Report.Err)
			why, _ := withoutName(message, reportName(e.Report))
			isNews = !p.failures[why]
			p.failures[why] = true
		}
	}
	return isNews
}

// roll takes in how far a rollout has come.
func (p *progress) roll(g rollout.GroupResult) {
	i := slices.IndexFunc(p.rolling, func(x rollout.GroupResult) bool { return x.Name == g.Name })
	if i < 0 {
		i, p.rolling = len(p.rolling), append(p.rolling, g)
	}
	p.rolling[i] = g
}

// mostRolling is how many rollouts are told while a run goes on.
const mostRolling = 6

// rollingLines tell how far rollouts have come that are not done, a line each.
func (p *progress) rollingLines() (lines []string) {
	for _, g := range p.rolling {
		if g.State != rollout.GroupDone && g.Changed > 0 {
			lines = append(lines, Escape(rollingText(g, p.doings[g.Name])))
		}
	}
	return atMost(mostRolling, lines, "%d more rollouts")
}

// postpone notes that a change is put off. Of those for which the same is said, the
// first is named.
func (p *progress) postpone(e apply.ChangePutOff) {
	why, _ := explainError(e.Err)
	text := "put off" + prefixed(": ", Escape(why)) + "; again in " + span(max(e.Pause, time.Second))
	if !slices.ContainsFunc(p.putOff, func(line string) bool { return strings.HasSuffix(line, ": "+text) }) {
		p.putOff = append(p.putOff, Escape(e.Change.About().Name)+": "+text)
	}
}

func (p *progress) forget(name string) {
	delete(p.underWay, name)
	delete(p.waits, name)
}

// lines tells what has ended since they were last taken: one line for each group that
// has ended alike, with all names where something failed or is lost. What was not
// started gives none; the result lists it.
func (p *progress) lines(s Style) (lines []string) {
	for _, f := range fates {
		if f == fateNotStarted {
			continue
		}
		for _, g := range outcomeGroups(p.untold, f) {
			lines = append(lines, s.endedLine(g))
		}
	}
	lines = append(lines, p.putOff...)
	p.untold, p.putOff = nil, nil
	return lines
}

// endedLine is one line about servers that have ended alike, with the id of one where that
// is news.
func (s Style) endedLine(g outcomeGroup) string {
	who, what, first := g.Members[0].Name, string(g.Fate), g.Reports[0][0]
	if n := len(g.Members); n > 1 {
		names := g.Members.ranges()
		if g.Fate == fateDone && !g.Kind.losesData() {
			names = []string{strings.Join(cut(names, s.width()-20), " ")}
		}
		who = fmt.Sprintf("%s (%d)", strings.Join(names, ", "), n)
	}
	if g.Fate == fateDone {
		what = g.deed()
		switch {
		case len(g.Members) > 1:
		case first.Wait != nil:
			what = string(first.Wait.To)
		case first.ID != "" && (g.Kind == kindCreate || g.Kind == kindReplace):
			what += ", " + first.ID
		}
	}
	text := Escape(who) + ": " + s.paint(fateMeanings[g.Fate].color, Escape(what)) + Escape(prefixed(": ", g.Error))
	if g.Longest >= minTold {
		text += " [" + span(g.Longest) + "]"
	}
	return text
}

// count is how far it is, in words: 36/67 done, 1 failed.
func (p *progress) count() string {
	parts := []string{fmt.Sprintf("%d/%d done", p.ended[fateDone], p.total)}
	return strings.Join(append(parts, undone(func(f fate) int { return p.ended[f] })...), ", ")
}

// toGo is how long it is expected to take from now on; "" where that is not known, or over.
func (p *progress) toGo() string {
	passed := time.Since(p.begun)
	if p.takes.Max <= passed || p.ended[fateDone] == p.total {
		return ""
	}
	return "about " + within(max(p.takes.Min-passed, time.Second), p.takes.Max-passed) + " to go"
}

// oldest are the servers that have been waited for longest, and how many more there are.
func (p *progress) oldest(n int) string {
	names := make([]string, 0, len(p.waits))
	for name := range p.waits {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(p.waits[a].since.Compare(p.waits[b].since), strings.Compare(a, b))
	})
	for i, name := range names {
		w := p.waits[name]
		names[i] = fmt.Sprintf("%s %s, to be %s", name, span(time.Since(w.since)), w.target)
	}
	return strings.Join(atMost(n, names, "%d more"), "; ")
}

// inFlight says what is not over yet, for whoever interrupts it.
func (p *progress) inFlight() string {
	var parts []string
	if n := len(p.underWay); n > 0 {
		var names []string
		for name := range p.underWay {
			names = append(names, name)
		}
		parts = append(parts, fmt.Sprintf("%d under way: %s", n, strings.Join(cut(ranges(names), 80), " ")))
	}
	if n := len(p.waits); n > 0 {
		parts = append(parts, fmt.Sprintf("%d waited for: %s", n, p.oldest(3)))
	}
	if parts == nil {
		return "nothing in flight"
	}
	return strings.Join(parts, "; ")
}
