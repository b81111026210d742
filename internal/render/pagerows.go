package render

import (
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// pageSection is the rows of a page under one title.
type pageSection struct {
	ID          string
	Class       color
	Symbol      string
	Title, Said string
	Next        string // what to do about all of it
	Rows        []pageRow
}

// pageRow is a server, or several of which the same is said.
type pageRow struct {
	Anchor     string // "" where the name makes none
	Class      string
	Kind       kind // what it is filtered by
	Outcome    fate // likewise; "" of a plan
	Search     string
	Location   string   // likewise
	Labels     []string // likewise, as role=web
	Name       string   // of one server, or of the first of several
	Names      []string // of several, as ranges
	Note       string   // what tells it apart beside its name
	Fields     []fieldParts
	What, Next string
	Difference string // of the cost a month
	Amount     string // the same as a number, to sort by
	Lines      string // where in the file, such as :34
	Line       int    // the first of them, to sort by
	Lane       *lane
	Took       string
	Seconds    string    // likewise
	Members    []pageRow // the servers one by one, where there are several
}

// fieldParts is a field's old and new value, with the parts of them that differ.
type fieldParts struct {
	Name     string
	Old, New []part
}

// sections adds those of a review.
func (d *page) sections(r review) {
	for _, s := range r.Sections {
		p := pageSection{ID: slug(s.Word), Class: s.color, Symbol: s.symbol, Title: s.Lead, Said: s.Said}
		for _, g := range s.Groups {
			row := r.planRow(g, s.Word)
			if len(g.Members) > 1 {
				row.asGroup(g.Members.ranges())
				for _, one := range g.singly(r.Plan.Cost) {
					m := r.planRow(one, s.Word)
					m.Class = classMember
					row.Members = append(row.Members, m)
				}
			}
			p.Rows = append(p.Rows, row)
		}
		d.Sections = append(d.Sections, p)
	}
}

// classMember is of the rows of the servers of a group.
const classMember = "member"

// maxRanges is how many names and ranges of names a row has; the others are in the rows
// that it unfolds to, and those of servers that lose their data above the table too.
const maxRanges = 12

func fewNames(ranges []string) []string {
	if len(ranges) == maxRanges+1 {
		return ranges
	}
	return atMost(maxRanges, ranges, "and %d more")
}

// asGroup makes a row the one of several servers.
func (r *pageRow) asGroup(ranges []string) {
	r.Class, r.Names = "group", fewNames(ranges)
	if r.Anchor != "" { // a member has the same
		r.Anchor += "-and-others"
	}
}

// planRow is a group as one row, which is filtered by a word.
func (r review) planRow(g group, word string) pageRow {
	row := pageRow{Anchor: anchor(slug(word), g.Members[0].Name), Kind: kind(word), Name: g.Members[0].Name, Note: g.Members.note(), What: g.What, Next: g.Hint,
		Difference: g.Cost.String(), Lines: r.lines(g)}
	if len(g.Members) == 1 {
		row.about(g.facts[0], g.Members[0])
	}
	row.Note = together(", ", row.Note, g.Remark, g.then())
	if g.Cost.Any && !g.Cost.Unknown {
		row.Amount = g.Cost.difference().String()
	}
	if len(g.At) > 0 {
		row.Line = slices.MinFunc(g.At, func(a, b fleet.Pos) int { return a.Line - b.Line }).Line
	}
	for _, f := range g.Fields {
		name, _, _ := fieldWords(f)
		old, new := changedParts(f)
		row.Fields = append(row.Fields, fieldParts{name, old, new})
	}
	return row
}

// then is what comes after a change, in the words of a note.
func (g group) then() string {
	if g.Then == "" {
		return ""
	}
	return "then " + string(g.Then)
}

// about fills in what a search and the filters find a server by.
func (r *pageRow) about(f *fact, m member) {
	r.Location, r.Labels = m.Location, labelTexts(m.Labels)
	words := append([]string{m.Name, m.ID, m.Plan, m.Location}, r.Labels...)
	for _, x := range f.Fields {
		words = append(words, x.From.String(), x.To.String())
	}
	switch {
	case f.Spec != nil && f.Spec.Hostname != nil:
		words = append(words, *f.Spec.Hostname)
	case f.Live != nil && f.Live.Hostname != nil:
		words = append(words, *f.Live.Hostname)
	}
	r.Search = strings.Join(words, " ")
}

// anchor is what a link to a row or a section names.
func anchor(of, name string) string {
	if !fleet.ValidName(name) {
		return "" // it would not be one word
	}
	return of + "-" + name
}

// filter lets a page's rows be filtered by a value, where they have several: in the order
// of the kinds, and else in that in which they come.
func (d *page) filter(label, by string, value func(pageRow) string, inColor bool) {
	var list []choice
	for _, s := range d.Sections {
		for _, row := range s.servers() {
			v := value(row)
			if v == "" {
				continue
			}
			i := slices.IndexFunc(list, func(c choice) bool { return c.Value == v })
			if i < 0 {
				i, list = len(list), append(list, choice{v, 0, dim})
				if inColor {
					list[i].Class = s.Class
				}
			}
			list[i].Count++
		}
	}
	slices.SortStableFunc(list, func(a, b choice) int {
		return slices.Index(kinds, kind(a.Value)) - slices.Index(kinds, kind(b.Value))
	})
	if len(list) > 1 {
		d.Filters = append(d.Filters, filter{label, by, list})
	}
}

// rows are those of single servers.
func (d *page) rows() (list []pageRow) {
	for _, s := range d.Sections {
		list = append(list, s.servers()...)
	}
	return list
}

// servers are the rows of single servers.
func (s pageSection) servers() (list []pageRow) {
	for _, row := range s.Rows {
		if len(row.Members) > 0 {
			list = append(list, row.Members...)
		} else {
			list = append(list, row)
		}
	}
	return list
}

// filters lets a page's rows be filtered by what is done, where and by labels.
func (d *page) filters(inColor bool) {
	d.filter("By kind", "kind", func(r pageRow) string { return string(r.Kind) }, inColor)
	var locations, labels []string
	for _, r := range d.rows() {
		if r.Location != "" {
			locations = append(locations, r.Location)
		}
		labels = append(labels, r.Labels...)
	}
	for _, x := range []selection{{"Location", "location", locations}, {"Label", "label", labels}} {
		slices.Sort(x.Values)
		if x.Values = slices.Compact(x.Values); len(x.Values) > 1 {
			d.Selects = append(d.Selects, x)
		}
	}
}
