package render

import (
	"slices"
	"strings"
)

// item is one row of a text in columns: a mark, servers, what is said of them, and at
// the right what they cost and where the file speaks of them. Texts but details are
// escaped when they are written.
type item struct {
	symbol  string
	color   color // of the symbol
	names   []string
	kept    bool   // names may be cut after two lines, for nothing is lost
	note    string // an id, or how many; left out where it is longer than maxNote
	details []line
	next    []line // below all else, whatever the width
	cost    string
	at      string
}

// The least widths at which there is a column.
const (
	minAt      = 90 // the id or number, and the line in the file
	minCost    = 60 // the cost
	minDetails = 30 // of what is said beside the names; else it is said below them
)

// mostNames is the widest column of names; more of them have a line of their own.
const mostNames = 26

// maxNote is the widest column of ids and numbers.
const maxNote = 8

// itemIndent is where names begin, and what is said below them.
const itemIndent = 6

// columns are the widths of the columns that items share.
type columns struct {
	all, names, note, cost, at int
}

// columnsFor are the columns that suit items.
func (s Style) columnsFor(items []item) columns {
	c := columns{all: s.width()}
	for _, it := range items {
		if n := width(it.subject(c)); n <= mostNames {
			c.names = max(c.names, n)
		}
		if c.all >= minAt {
			c.note, c.at = max(c.note, width(it.note)), max(c.at, width(it.at))
		}
		if c.all >= minCost {
			c.cost = max(c.cost, width(it.cost))
		}
	}
	if c.cost > 0 {
		c.cost = max(c.cost, width(titleOfCost))
	}
	if c.at > 0 {
		c.at = max(c.at, width(titleOfAt))
	}
	return c
}

// The titles of the columns at the right.
const (
	titleOfCost = "a month"
	titleOfAt   = "line"
)

// right is the width of the columns at the right, with the space before them.
func (c columns) right() (n int) {
	for _, column := range []int{c.cost, c.at} {
		if column > 0 {
			n += column + 2
		}
	}
	return n
}

// details is where what is said of names begins, and how wide it may be; beside is
// false where it stands below the names.
func (c columns) details() (indent, width int, beside bool) {
	indent = itemIndent + c.names + 2
	if c.note > 0 {
		indent += c.note + 2
	}
	width = c.all - indent - c.right()
	if width < minDetails {
		return itemIndent, c.all - itemIndent, false
	}
	return indent, width, true
}

// subject is the names in one line; with how many there are where no column says it.
func (it item) subject(c columns) string {
	text := Escape(strings.Join(it.names, ", "))
	if c.all < minAt && strings.HasPrefix(it.note, "×") {
		text += " " + it.note
	}
	return text
}

// items writes rows in columns.
func (s Style) items(b *strings.Builder, items []item, c columns) {
	for _, it := range items {
		s.item(b, it, c)
	}
}

func (s Style) item(b *strings.Builder, it item, c columns) {
	indent, room, beside := c.details()
	if it.cost == "" && c.cost > 0 && beside {
		room += c.cost + 2
	}
	if c.cost == 0 && it.cost != "" {
		it.details = append(slices.Clone(it.details), s.line(plain, Escape(it.cost)+" a month"))
	}
	if len(it.details) == 1 && len(it.next) == 1 && it.details[0].width+2+it.next[0].width <= room {
		it.details, it.next = []line{it.details[0].plus(s.line(plain, "; ")).plus(it.next[0])}, nil
	}
	details := s.folded(it.details, room)
	lines := s.ownLines(it, c)
	switch {
	case beside && width(it.subject(c)) <= c.names:
		lines = []line{s.head(it, c)}
		if len(details) > 0 {
			lines[0], details = lines[0].pad(indent).plus(details[0]), details[1:]
		}
	case len(lines) > 1 || len(details) > len(it.details):
		indent = itemIndent
		details = s.folded(it.details, c.all-indent-c.right())
	}
	first := len(lines) - 1 // has the columns at the right
	if len(lines) > 1 && len(details) > 0 {
		first++
	}
	for _, d := range append(details, s.folded(it.next, c.all-indent)...) {
		lines = append(lines, s.line(plain, strings.Repeat(" ", indent)).plus(d))
	}
	lines[first] = s.rightOf(lines[first], it, c)
	for _, l := range lines {
		b.WriteString(strings.TrimRight(l.text, " ") + "\n")
	}
}

// mark is the symbol of an item, as wide as its column.
func (s Style) mark(it item) line {
	return s.line(plain, "  ").plus(s.line(it.color, it.symbol)).pad(itemIndent)
}

// head is an item's symbol, names and note in their columns.
func (s Style) head(it item, c columns) line {
	l := s.mark(it).plus(s.line(bold, it.subject(c)))
	if c.note > 0 {
		l = l.pad(itemIndent + c.names + 2).plus(s.line(dim, Escape(it.note)))
	}
	return l
}

// ownLines are the names of an item on lines of their own. They leave the columns at
// the right free where those stand beside them, and not beside what is said below.
func (s Style) ownLines(it item, c columns) (lines []line) {
	note := ""
	if it.note != "" && (c.note > 0 || strings.HasPrefix(it.note, "×")) {
		note = "  " + Escape(it.note)
	}
	room := c.all - itemIndent - width(note)
	if len(it.details) == 0 || len(wrap(it.names, room)) == 1 {
		room -= c.right()
	}
	names := wrap(it.names, room)
	if it.kept {
		names = cut(it.names, room)
	}
	for i, n := range names {
		l := s.line(plain, strings.Repeat(" ", itemIndent))
		if i == 0 {
			l = s.mark(it)
		}
		l = l.plus(s.line(bold, Escape(n)))
		if i == len(names)-1 {
			l = l.plus(s.line(dim, note))
		}
		lines = append(lines, l)
	}
	return lines
}

// cut is names on two lines at most, and how many more there are.
func cut(names []string, room int) []string {
	lines := wrap(names, room)
	for n := len(names) - 1; n > 0 && len(lines) > 2; n-- {
		lines = wrap(atMost(n, names, "… and %d more"), room)
	}
	return lines
}

// rightOf writes the columns at the right of a line.
func (s Style) rightOf(l line, it item, c columns) line {
	from := c.all - c.right()
	for _, column := range []struct {
		text  string
		width int
		color color
	}{{it.cost, c.cost, plain}, {it.at, c.at, dim}} {
		if column.width == 0 {
			continue
		}
		if column.text != "" {
			text := Escape(column.text)
			l = l.pad(from + 2 + column.width - width(text))
			if !strings.HasSuffix(l.text, " ") {
				l = l.plus(s.line(plain, "  "))
			}
			l = l.plus(s.line(column.color, text))
		}
		from += 2 + column.width
	}
	return l
}

// folded breaks lines where they are wider than a column; in a file they stay whole.
func (s Style) folded(lines []line, width int) []line {
	if s.Width == 0 {
		return lines
	}
	return folded(lines, width)
}
