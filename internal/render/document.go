package render

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// document is Markdown that can be shortened: a head and a foot that stay, and tables
// between them whose last rows may go.
type document struct {
	head   string
	tables []mdTable
	foot   string
}

// mdTable is one table, of which every part has a title.
type mdTable struct {
	summary string   // what it is unfolded by; "" where it is not folded. It is HTML
	head    string   // what the rows are; "" where they are servers
	titles  []string // of its sections, in short
	number  string   // what the numbers at the right are
	parts   []*mdPart
}

// mdPart is some rows of a table, of which the last may be truncated.
type mdPart struct {
	name      string // as the note of what was truncated tells it
	title     string // a row by itself, of HTML; "" has none
	rows      []mdRow
	truncated int // how many rows are not shown, from the end
}

// mdRow is one row of a table.
type mdRow struct {
	text    string // of HTML
	number  string
	servers int
	kept    []string // names that are told even where the row is truncated
}

// fit puts a document together. Where it would be longer than maxBytes, the room
// goes to the first parts first and the rest of their rows are truncated. Where even
// that is too long, what is left beside the error is the head, which says so.
func (d *document) fit(maxBytes int) ([]byte, error) {
	if text := d.text(); len(text) <= maxBytes {
		return []byte(text), nil
	}
	parts := d.parts()
	for _, p := range parts {
		p.truncated = len(p.rows)
	}
	if least := len(d.text()); least > maxBytes {
		err := tooLong{least, maxBytes}
		if text := d.head + "\nToo long: " + err.Error() + ".\n"; len(text) <= maxBytes {
			return []byte(text), err
		}
		return nil, err
	}
	for _, p := range parts {
		p.truncated = sort.Search(len(p.rows), func(n int) bool {
			p.truncated = n
			return len(d.text()) <= maxBytes
		})
	}
	return []byte(d.text()), nil
}

// parts are those of all tables.
func (d *document) parts() (all []*mdPart) {
	for _, t := range d.tables {
		all = append(all, t.parts...)
	}
	return all
}

func (d *document) text() string {
	var b strings.Builder
	b.WriteString(d.head)
	for _, t := range d.tables {
		t.write(&b)
	}
	b.WriteString(d.truncationNote())
	b.WriteString(d.foot)
	return b.String()
}

// summaryOnly reports whether a folded table has lost all of its rows.
func (t mdTable) summaryOnly() bool {
	return t.summary != "" && !slices.ContainsFunc(t.parts, func(p *mdPart) bool { return p.truncated < len(p.rows) })
}

// write writes a table without an empty line, which would end it for Markdown.
func (t mdTable) write(b *strings.Builder) {
	if len(t.parts) == 0 {
		return
	}
	b.WriteString("\n")
	if t.summaryOnly() {
		b.WriteString(t.summary + " (truncated)\n")
		return
	}
	if t.summary != "" {
		b.WriteString("<details><summary>" + t.summary + "</summary>\n")
	}
	b.WriteString("<table>\n")
	numbered := t.numbered()
	if numbered {
		b.WriteString("<tr><th align=\"left\">" + cmp.Or(t.head, "server") + "</th><th align=\"right\">" + t.number + "</th></tr>\n")
	}
	for _, p := range t.parts {
		p.write(b, numbered)
	}
	b.WriteString("</table>\n")
	if t.summary != "" {
		b.WriteString("</details>\n")
	}
}

// numbered reports whether a table has a column of numbers: some row has one.
func (t mdTable) numbered() bool {
	return slices.ContainsFunc(t.parts, func(p *mdPart) bool {
		return slices.ContainsFunc(p.rows, func(r mdRow) bool { return r.number != "" })
	})
}

func (p mdPart) write(b *strings.Builder, numbered bool) {
	span := ""
	if numbered {
		span = ` colspan="2"`
	}
	if p.title != "" {
		b.WriteString(`<tr><th align="left"` + span + ">" + p.title + "</th></tr>\n")
	}
	for _, r := range p.rows[:len(p.rows)-p.truncated] {
		b.WriteString("<tr><td>" + r.text + "</td>")
		if numbered {
			b.WriteString("<td align=\"right\">" + r.number + "</td>")
		}
		b.WriteString("</tr>\n")
	}
	if p.truncated > 0 {
		b.WriteString("<tr><td" + span + ">" + p.omitted() + "</td></tr>\n")
	}
}

// omitted says how many servers are in the truncated rows, and the names that have to
// be told.
func (p mdPart) omitted() string {
	var kept []string
	n := 0
	for _, r := range p.rows[len(p.rows)-p.truncated:] {
		n += r.servers
		kept = append(kept, r.kept...)
	}
	text := fmt.Sprintf("and %d more", n)
	if kept != nil {
		text += ": " + mdCode(strings.Join(ranges(kept), ", "))
	}
	return text
}

// truncationNote says what was truncated, if anything was.
func (d *document) truncationNote() string {
	var parts []string
	isMarked := false
	for _, t := range d.tables {
		if len(t.parts) > 0 && t.summaryOnly() {
			isMarked = true
			continue
		}
		for _, p := range t.parts {
			if p.truncated > 0 {
				parts = append(parts, rowsTruncated(p.truncated, len(p.rows))+" of “"+p.name+"”")
			}
		}
	}
	if isMarked {
		parts = append(parts, "what is marked so")
	}
	if parts == nil {
		return ""
	}
	return "\nTruncated: the detail of " + strings.Join(parts, ", ") + ". The totals and the names of all servers that lose their data are here; `--html` and `--json` have everything.\n"
}

// rowsTruncated says how many of all rows are truncated.
func rowsTruncated(n, all int) string {
	switch {
	case all == 1:
		return "the only row"
	case n == all:
		return fmt.Sprintf("all %d rows", all)
	}
	return fmt.Sprintf("%d of the %d rows", n, all)
}

// tooLong says that a document cannot be truncated to a length.
type tooLong struct{ least, allowed int }

func (e tooLong) Error() string {
	return fmt.Sprintf("it takes %d bytes to name every server that is deleted or replaced, and the totals; %d are allowed", e.least, e.allowed)
}

// Hint says what else there is.
func (tooLong) Hint() string {
	return "allow more with --max-bytes, or review the plan in another form"
}

// truncateLines shortens text to whole lines of about so many bytes.
func truncateLines(text string, maxBytes int) string {
	if len(text) <= maxBytes {
		return text
	}
	lines := strings.SplitAfter(text, "\n")
	size := 0
	n := slices.IndexFunc(lines, func(l string) bool { size += len(l); return size > maxBytes })
	return strings.Join(lines[:n], "") + fmt.Sprintf("… lines left out: %d\n", len(lines)-n-1)
}

// fenced is text as a code block, which no text in it can end.
func fenced(language, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return "\n" + fence + language + "\n" + text + fence + "\n"
}
