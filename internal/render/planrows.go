package render

import (
	"cmp"
	"strings"
)

// reviewItems are the groups of a review's sections as rows of its text.
func (s Style) reviewItems(r review) [][]item {
	all := make([][]item, len(r.Sections))
	for i, sec := range r.Sections {
		if !sec.isBrief() || s.View == Whole {
			all[i] = s.sectionItems(r, sec)
		}
	}
	return all
}

func (s Style) sectionItems(r review, sec section) (items []item) {
	for _, g := range sec.Groups {
		it := s.groupItem(r.shorter(g), sec.color)
		it.at = r.lines(g)
		items = append(items, it)
	}
	return items
}

// groupItem is a group as a row: who it is, what changes, and what to do about it.
func (s Style) groupItem(g group, c color) item {
	it := item{symbol: cmp.Or(g.Symbol, "·"), color: c, names: g.Members.ranges(), kept: !g.Kind.losesData(), note: g.Members.note(), cost: g.Cost.String()}
	it.details = s.fields(g.Fields)
	if what := g.What; what != "" {
		it.details = append(it.details, s.line(plain, Escape(what)))
	}
	for _, more := range []string{g.then(), g.Remark} {
		switch last := len(it.details) - 1; {
		case more == "":
		case last < 0:
			it.details = append(it.details, s.line(dim, Escape(more)))
		default:
			it.details[last] = it.details[last].plus(s.line(dim, ", "+Escape(more)))
		}
	}
	if width(it.note) > maxNote {
		it.note = ""
	}
	if s.View == Whole && g.Reason != "" {
		it.details = append(it.details, s.line(dim, Escape(g.Reason)))
	}
	if g.Hint != "" {
		it.next = []line{s.line(plain, "next: "+Escape(g.Hint))}
	}
	return it
}

// summary is one screen of what is done to whom, and says how to see all.
func (s Style) summary(r review) string {
	var b strings.Builder
	for _, sec := range r.Sections {
		if sec.Kind == kindNote {
			continue
		}
		s.listed(&b, titleColor(sec.Kind), sec.title(), sec.members().ranges(), !sec.Kind.losesData())
	}
	if b.Len() == 0 {
		return ""
	}
	return "\n" + b.String() + "\n" + s.paragraph(dim, "This is a summary; --full shows every server with its reasons.")
}
