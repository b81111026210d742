package render

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// maxLanes is how many lanes a section has before those that ended alike are one lane.
const maxLanes = 20

// result shows what became of a plan: what was in doubt or failed first. Its rows are
// lanes, so that the table is the timeline too.
func (d *page) result(r Run) {
	v := reviewResult(r.Plan, r.Result)
	text, c := v.headline()
	d.Title, d.Headline, d.Tone = "fleet apply", strings.TrimSuffix(text, "."), c
	if v.left() == 0 { // the cards count what was done
		d.Headline = "Apply complete after " + lasted(r.Result.Duration)
		if n := len(r.Result.Blocked); n > 0 {
			d.Headline += "; " + areEntries(n) + " blocked, as planned"
		}
	}
	if d.Mark = marks[d.Tone]; d.Tone == red {
		d.Mark = fateMeanings[fateFailed].symbol
	}
	if !r.Result.Started.IsZero() {
		d.About += " · " + r.Result.Started.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	d.Lead = []paragraph{{Phrases: []phrase{{Text: "Nothing was deleted."}}}}
	if v.Lost != nil {
		lost := joined(v.Lost, "; ", func(l dataLoss) string {
			return fmt.Sprintf("%s %d: %s", l.What, len(l.Servers), strings.Join(l.Servers.ranges(), ", "))
		})
		d.Lead = []paragraph{{red, []phrase{{Text: "Data gone: " + lost + "."}}}}
	}
	if next := v.next(); next != "" {
		d.CommandFor, d.Command = "To run it again", r.Again
		d.Lead = append(d.Lead, paragraph{Phrases: []phrase{{Text: "Next: " + next}}})
	}
	if v.Overridden != "" {
		d.Lead = append(d.Lead, paragraph{Tone: amber, Phrases: []phrase{{Text: v.Overridden}}})
	}
	a := axis{r.Result.Started, r.Result.Duration}
	if rows := a.lanesOf(v); rows != nil {
		d.Sections = append(d.Sections, pageSection{ID: "rollouts", Class: plain, Title: "Rollouts", Rows: rows})
	}
	for _, s := range v.Sections {
		d.Sections = append(d.Sections, a.section(s, v.slowest()))
		d.Cards = append(d.Cards, v.fateCard(s))
	}
	d.Axis = a.ticks()
	if v.Cost.Any {
		d.Cards = append(d.Cards, card{"Cost a month now", v.Cost.now(), fmt.Sprintf("planned %s, before %s", v.Cost.Plan, v.Cost.Before), plain})
	}
	if len(r.Result.Blocked) > 0 {
		d.blocked(r.Plan, r.Result.Blocked)
	}
	d.filter("By outcome", "outcome", func(r pageRow) string { return string(r.Outcome) }, true)
	d.filters(false) // the colours of a result are those of its outcomes
}

// blocked adds what nothing was done to, as the plan said.
func (d *page) blocked(p *planner.Plan, blocked []planner.Blocked) {
	d.sections(reviewOf(&planner.Plan{Blocked: blocked, Cost: p.Cost}))
	rows := d.Sections[len(d.Sections)-1].Rows
	for i := range rows {
		rows[i].asLane()
	}
	d.Cards = append(d.Cards, card{"Blocked", fmt.Sprint(len(blocked)), "as planned", amber})
}

// asLane makes a row, with its members, one of a result that has taken no time.
func (r *pageRow) asLane() {
	r.Lane = &lane{Words: r.What}
	for i := range r.Members {
		r.Members[i].asLane()
	}
}

// section is what ended in one way.
func (a axis) section(s fateSection, slowest time.Duration) pageSection {
	title, said := s.title()
	p := pageSection{ID: slug(string(s.Fate)), Class: s.color, Symbol: s.symbol, Title: title, Said: said, Next: s.Hint}
	for _, g := range s.Groups {
		var rows []pageRow
		for i := range g.Members {
			rows = append(rows, a.row(g.single(i), slowest))
		}
		if s.servers() <= maxLanes || len(rows) == 1 {
			p.Rows = append(p.Rows, rows...)
			continue
		}
		row := a.row(g, slowest)
		row.asGroup(g.Members.ranges())
		row.Members = rows
		for i := range rows {
			rows[i].Class = classMember
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// row is one lane, of one server or of several.
func (a axis) row(g outcomeGroup, slowest time.Duration) pageRow {
	var spans []apply.Span
	for _, r := range slices.Concat(g.Reports...) {
		spans = append(spans, r.Spans...)
	}
	first := g.Reports[0][0]
	name := g.Members[0].Name
	row := pageRow{Kind: g.Kind, Outcome: g.Fate, Name: name, Note: g.Members.note(), Next: g.Hint, Anchor: anchor(string(g.Kind), name)}
	if len(g.Members) == 1 {
		row.Note += prefixed(", ", first.IPAddress)
		row.about(factOf(first), g.Members[0])
	}
	words := fateMeanings[g.Fate].symbol + " " + g.deed()
	switch {
	case g.Error != "":
		words += ": " + g.Error
	case exists(g.Fate) && g.Kind == kindCreate && g.Fate != fateDone:
		words = fateMeanings[g.Fate].symbol + " created and billed"
	default: // the section says why; the status is seen at a glance
		words += answered(first.Err)
	}
	row.Lane = a.newLane(words, spans)
	if g.Longest > 0 {
		row.Took, row.Seconds = lasted(g.Longest), fmt.Sprintf("%.3f", g.Longest.Seconds())
	}
	if g.Longest == slowest {
		row.Lane.Slowest = g.Slowest
	}
	return row
}

// answered is the status of the answer that a change has failed with, as the rest of a
// phrase; "" where there was none.
func answered(err error) string {
	var e interface{ Answer() string }
	if !errors.As(err, &e) || e.Answer() == "" {
		return ""
	}
	return ": " + e.Answer()
}

// slowest is how long the longest of several took.
func (v resultReview) slowest() (longest time.Duration) {
	for _, s := range v.Sections {
		for _, g := range s.Groups {
			longest = max(longest, g.Longest)
		}
	}
	if longest == 0 || len(v.Result.Reports) < 2 {
		return -1
	}
	return longest
}

// fateCard counts what ended in one way, of all, by what it was.
func (v resultReview) fateCard(s fateSection) card {
	more := v.accomplished()
	if s.Fate != fateDone {
		of := slices.DeleteFunc(slices.Clone(kinds), func(k kind) bool {
			return !slices.ContainsFunc(s.Groups, func(g outcomeGroup) bool { return g.Kind == k || kind(g.Then) == k })
		})
		more = joined(of, ", ", func(k kind) string { return string(k) })
	}
	if _, said := s.title(); said != "" {
		more += ": " + said
	}
	return card{s.fateMeaning.title, fmt.Sprintf("%d of %d", s.changes(), len(v.Result.Reports)), more, s.color}
}
