package render

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxName is the widest column of names; a longer name moves its own line only.
const maxName = 40

// row is something about one server, in columns. All texts but details are
// escaped when they are written.
type row struct {
	symbol  string
	color   color // of the symbol
	name    string
	verb    string
	details []line
	warning line     // after a single detail where it fits, else below
	remark  string   // dimmed, likewise
	hint    string   // on lines of its own
	list    []string // on as many lines as it takes
}

// table writes rows with their columns aligned.
func (s Style) table(b *strings.Builder, rows []row) {
	name, verb := 0, 0
	for _, r := range rows {
		name = max(name, utf8.RuneCountInString(Escape(r.name)))
		verb = max(verb, utf8.RuneCountInString(r.verb))
	}
	name = min(name, maxName)
	for _, r := range rows {
		head := s.line(plain, strings.Repeat(" ", max(0, 3-utf8.RuneCountInString(r.symbol)))).
			plus(s.line(r.color, r.symbol+" ")).
			plus(s.line(bold, Escape(r.name)))
		if name > 0 {
			head = head.pad(4 + name).plus(s.line(plain, "  "))
		}
		if verb > 0 {
			head = head.plus(s.line(r.color, r.verb)).pad(head.width + verb).plus(s.line(plain, "  "))
		}
		s.body(b, head, r)
	}
}

// body writes a row's head and, right of it, all that the row says.
func (s Style) body(b *strings.Builder, head line, r row) {
	lines := slices.Clone(r.details)
	for _, more := range []line{r.warning, s.line(dim, Escape(r.remark))} {
		switch {
		case more.width == 0:
		case len(lines) == 1 && head.width+lines[0].width+2+more.width <= s.width():
			lines[0] = lines[0].plus(s.line(plain, "  ")).plus(more)
		default:
			lines = append(lines, more)
		}
	}
	if r.hint != "" {
		for _, h := range strings.Split(r.hint, "\n") {
			lines = append(lines, s.line(plain, "hint: "+Escape(h)))
		}
	}
	for _, l := range wrap(r.list, s.width()-head.width) {
		lines = append(lines, s.line(plain, Escape(l)))
	}
	if s.Width > 0 {
		lines = folded(lines, s.Width-head.width)
	}
	indent := strings.Repeat(" ", head.width)
	if len(lines) == 0 {
		b.WriteString(strings.TrimRight(head.text, " ") + "\n")
		return
	}
	b.WriteString(head.text)
	for i, l := range lines {
		if i > 0 {
			b.WriteString(indent)
		}
		b.WriteString(l.text + "\n")
	}
}

// minFold is the narrowest column that lines are folded into.
const minFold = 20

// folded breaks lines at spaces where they are wider than a column, so that a
// terminal does not do it anywhere. Without a width, as for a file, they stay whole.
func folded(lines []line, width int) (short []line) {
	if width < minFold {
		return lines
	}
	for _, l := range lines {
		part := line{}
		for i, word := range strings.Split(l.text, " ") {
			w := line{word, utf8.RuneCountInString(colors.ReplaceAllString(word, ""))}
			switch {
			case i == 0:
				part = w
			case part.width+1+w.width > width:
				open := openColor(part.text)
				if open != "" {
					part.text += "\x1b[0m"
				}
				short, part = append(short, part), line{open + w.text, w.width}
			default:
				part = part.plus(line{" ", 1}).plus(w)
			}
		}
		short = append(short, part)
	}
	return short
}

// openColor is the colour that a text does not end, as its sequence.
func openColor(text string) string {
	all := colors.FindAllString(text, -1)
	if len(all) == 0 || all[len(all)-1] == "\x1b[0m" {
		return ""
	}
	return all[len(all)-1]
}

// paragraph is painted text, folded where a terminal's lines are shorter. The text
// has been escaped; of none there is nothing.
func (s Style) paragraph(c color, text string) string {
	if text == "" {
		return ""
	}
	var b strings.Builder
	for _, l := range folded([]line{s.line(plain, text)}, s.Width) {
		b.WriteString(s.paint(c, l.text) + "\n")
	}
	return b.String()
}

// colors are the sequences that Style.line writes.
var colors = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// wrap writes a list with commas, in lines of a width where its parts allow it.
func wrap(list []string, width int) (lines []string) {
	used := 0
	for i, part := range list {
		if i < len(list)-1 {
			part += ","
		}
		n := utf8.RuneCountInString(Escape(part))
		if i == 0 || used+1+n > width {
			lines, used = append(lines, part), n
			continue
		}
		lines[len(lines)-1] += " " + part
		used += 1 + n
	}
	return lines
}

// groupRow shows a group: what it changes, what is lost, why, and who is in it.
func (s Style) groupRow(g group) row {
	r := row{symbol: g.Symbol, color: meanings[g.Kind].color, name: g.subject(), verb: string(g.Action),
		details: s.fields(g.Fields), remark: g.Reason, hint: g.Hint}
	if len(g.Members) > 1 {
		r.list = g.names()
	}
	what, warning := s.line(plain, Escape(g.what())), s.line(red, Escape(g.warning()))
	if warning.width > 0 {
		warning = s.line(red, "! ").plus(warning)
	}
	switch {
	case what.width > 0:
		r.details, r.warning = append(r.details, what), warning
	case warning.width > 0:
		r.details = append(r.details, warning)
	}
	return r
}
