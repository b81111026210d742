package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// maxLines is how many lines of changes are shown before they are summed up.
const maxLines = 300

// Plan shows a plan: what is lost, what is blocked and what else changes, what is
// waited for, the cost, and in the end whose data is lost, the totals and the digest.
func Plan(p *planner.Plan, s Style) string {
	var b strings.Builder
	r := reviewOf(p)
	if s.View == Whole {
		r = newReview(p, singles)
	}
	all := s.reviewItems(r)
	c := s.columnsFor(slices.Concat(all...))
	b.WriteString(s.planHead(r, c))
	b.WriteString(s.sections(r, all, c))
	b.WriteString(s.policies(p))
	b.WriteString("\n" + s.ending(p))
	return b.String()
}

// planHead is the first line: whose plan it is, from which file, and the titles of
// the columns at the right.
func (s Style) planHead(r review, c columns) string {
	text := "fleet plan · " + whose(r.Plan.Account, r.Plan.Endpoint) + prefixed(" · ", Escape(r.File))
	l := s.line(bold, text)
	titles := item{}
	if c.cost > 0 {
		titles.cost = titleOfCost
	}
	if c.at > 0 {
		titles.at = titleOfAt
	}
	if l.width+c.right()+4 > c.all {
		return s.paragraph(bold, text)
	}
	return s.rightOf(l, titles, c).text + "\n"
}

// sections are all that is said of single servers, or a summary of it.
func (s Style) sections(r review, all [][]item, c columns) string {
	if s.View == Summary {
		return s.summary(r)
	}
	var b strings.Builder
	for i, sec := range r.Sections {
		if i == 0 || sec.needsCare() != r.Sections[i-1].needsCare() {
			b.WriteString("\n")
		}
		if sec.isBrief() && s.View != Whole {
			s.brief(&b, r, sec)
			continue
		}
		b.WriteString(s.paragraph(titleColor(sec.Kind), sec.title()))
		s.items(&b, all[i], c)
	}
	b.WriteString(s.costTable(r.Plan.Cost))
	if text := b.String(); s.View == Whole || strings.Count(text, "\n") <= maxLines {
		return text
	}
	return s.summary(r)
}

func titleColor(k kind) color {
	if k.losesData() {
		return boldRed
	}
	return bold
}

// brief is a section in one paragraph; notes are one each. That servers are away at
// once is among the totals.
func (s Style) brief(b *strings.Builder, r review, sec section) {
	if sec.Kind == kindNote {
		for _, g := range sec.Groups {
			if g.Code != planner.CodeAtOnce {
				text := strings.Join(g.Members.ranges(), ", ") + ": " + r.shorter(g).What + prefixed("; ", g.Hint)
				b.WriteString(s.paragraph(plain, Escape(text)))
			}
		}
		return
	}
	var names []string
	for _, g := range sec.Groups {
		names = append(names, g.Members.ranges()...)
		if g.Kind == kindWait {
			names[len(names)-1] += " (" + g.What + ")"
		}
	}
	s.listed(b, titleColor(sec.Kind), sec.title(), names, true)
}

// listed writes a title and names as a paragraph, cut where they may be.
func (s Style) listed(b *strings.Builder, c color, title string, names []string, mayCut bool) {
	const indent = "    "
	title += ": "
	line := Escape(strings.Join(names, ", "))
	if width(title)+width(line) <= s.width() {
		b.WriteString(s.paint(c, title) + line + "\n")
		return
	}
	lines := wrap(names, s.width()-len(indent))
	if mayCut {
		lines = cut(names, s.width()-len(indent))
	}
	b.WriteString(s.paragraph(c, strings.TrimSpace(title)))
	for _, l := range lines {
		b.WriteString(indent + Escape(l) + "\n")
	}
}

// ending are the last lines: whose data is lost, the totals, the cost, what apply
// would refuse, and the digest.
func (s Style) ending(p *planner.Plan) string {
	text := s.paragraph(boldRed, lossesText(p))
	text += s.paragraph(bold, total(p))
	text += s.paragraph(plain, s.alsoThere(p))
	text += s.paragraph(plain, costTotal(p.Cost))
	text += s.paragraph(boldRed, refusedText(p))
	if !p.Empty() {
		text += s.paint(dim, "Digest: "+p.Digest()) + "\n"
	}
	return text
}

// refusedText says which guards a plan goes beyond, and which flags would allow it; ""
// where it is within all.
func refusedText(p *planner.Plan) string {
	var messages, hints []string
	for _, v := range p.Violations() {
		message, hint := Violation(v)
		messages = append(messages, message)
		if cost, ok := v.(planner.CostViolation); ok && cost.Unpriced != nil {
			hints = append(hints, hint) // no flag allows it
		}
	}
	if messages == nil {
		return ""
	}
	text := "Apply refuses this: " + strings.Join(messages, "; ") + ". "
	lacking, ok := p.Lacking()
	if !ok {
		return Escape(text + "Next: " + strings.Join(hints, "; ") + ".")
	}
	return Escape(text + "To allow it: " + strings.Join(AllowFlags(lacking), " "))
}

// AllowFlags are the flags that allow what a plan lacks.
func AllowFlags(a planner.Allowance) (flags []string) {
	if a.Deletes > 0 {
		flags = append(flags, "--allow-deletes", fmt.Sprint(a.Deletes))
	}
	if a.Changes > 0 {
		flags = append(flags, "--allow-changes", fmt.Sprint(a.Changes))
	}
	if a.Cost > 0 {
		flags = append(flags, "--allow-cost", a.Cost.String())
	}
	return flags
}

// Question asks for the approval of a plan, and says what it loses.
func Question(p *planner.Plan, s Style) string {
	question := `Carry out this plan? Only "yes" is accepted: `
	if n := losses(p); n > 0 {
		question = loseData(n) + ". " + question
	}
	return strings.TrimSuffix(s.paragraph(plain, question), "\n")
}
