package render

import (
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
	remark  string   // dimmed, after a single detail where it fits, else below
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
	if remark := s.line(dim, Escape(r.remark)); remark.width > 0 {
		if len(lines) == 1 && head.width+lines[0].width+2+remark.width <= s.width() {
			lines = []line{lines[0].plus(s.line(plain, "  ")).plus(remark)}
		} else {
			lines = append(lines, remark)
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
