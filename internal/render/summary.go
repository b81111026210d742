package render

import (
	"strings"
)

// maxNamed is how many names and ranges a row of the summary tells of servers
// that keep their data.
const maxNamed = 6

// summary is one screen of what is done, and says how to see all.
func (s Style) summary(r review) string {
	var b strings.Builder
	for _, sec := range r.Sections {
		if sec.Kind != kindNote {
			s.section(&b, textTitle(sec), s.summaryRows(sec))
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return b.String() + "\n" + s.paint(dim, "This is a summary; --full shows every server with its reasons.") + "\n"
}

// summaryRows are what is done in a section, to how many servers and to whom.
func (s Style) summaryRows(sec section) []row {
	var rows []row
	for _, g := range summed(sec.Groups) {
		r := row{symbol: g.Symbol, color: meanings[g.Kind].color, name: g.subject(), verb: string(g.Action)}
		var fields []string
		for _, f := range g.Fields {
			fields = append(fields, string(f.Field))
		}
		if fields != nil {
			r.details = []line{s.line(plain, Escape(strings.Join(fields, ", ")))}
		}
		if g.Warning != "" {
			r.details = append(r.details, s.line(red, "! "+Escape(g.warning())))
		}
		if len(g.Members) > 1 {
			r.list = g.names()
		}
		if g.Warning == "" && len(r.list) > maxNamed {
			r.list = append(r.list[:maxNamed:maxNamed], "…")
		}
		rows = append(rows, r)
	}
	return rows
}

// summed makes one group of those that do the same, whatever their values and reasons are.
func summed(groups []group) []group {
	var all []group
	at := make(map[string]int)
	for _, g := range groups {
		key := string(g.Action) + g.Symbol + g.Warning
		for _, f := range g.Fields {
			key += " " + string(f.Field)
		}
		i, ok := at[key]
		if !ok {
			i = len(all)
			at[key] = i
			all = append(all, group{Kind: g.Kind, Action: g.Action, Symbol: g.Symbol, Fields: g.Fields, Warning: g.Warning})
		}
		all[i].Members = append(all[i].Members, g.Members...)
	}
	return all
}
