package render

import "strings"

// reviewItems are the groups of a plan's sections as rows of its text.
func (s Style) reviewItems(r review) [][]item {
	all := make([][]item, len(r.Sections))
	for i, sec := range r.Sections {
		if sec.isCompact() && s.View != Whole {
			continue
		}
		for _, g := range sec.Groups {
			it := s.groupItem(r.shorter(g))
			it.at = r.lines(g)
			all[i] = append(all[i], it)
		}
	}
	return all
}

// shorter is a group whose texts leave out the name of the one file that they are about.
func (r review) shorter(g group) group {
	if r.File != "" {
		g.What, g.Hint, g.Reason = strings.ReplaceAll(g.What, r.File+":", ":"), strings.ReplaceAll(g.Hint, r.File+":", ":"), strings.ReplaceAll(g.Reason, r.File+":", ":")
	}
	return g
}

// groupItem is a group as a row: who it is, what changes, and what to do about it.
func (s Style) groupItem(g group) item {
	it := item{symbol: g.Symbol, color: meanings[g.Kind].color, names: g.Members.ranges(), kept: g.Warning == "", note: g.note(), cost: g.Cost.String()}
	it.details = s.fields(g.Fields)
	if what := g.what(); what != "" {
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
	if runes(it.note) > maxNote {
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
