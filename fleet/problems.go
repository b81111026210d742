package fleet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Problem is one mistake in a fleet file.
type Problem struct {
	Pos     Pos
	Message string // what is wrong, in lower case
	Line    string // the source line at Pos, as it stands in the file
	Hint    string // what to write instead; "" where nothing is sure to help
}

// Problems are all mistakes of a fleet, sorted by place. It is the error of Load
// and Parse for anything that an editor of the files can put right.
type Problems []Problem

const (
	maxShown     = 50   // problems that Error prints
	maxProblems  = 1000 // problems after which reading stops
	excerptWidth = 50   // characters shown on either side of the place
)

// Error prints each problem with its line and a caret under the place, then how
// many there are.
func (ps Problems) Error() string {
	var b strings.Builder
	for _, p := range ps[:min(len(ps), maxShown)] {
		b.WriteString(p.String())
		b.WriteByte('\n')
	}
	if more := len(ps) - maxShown; more > 0 {
		fmt.Fprintf(&b, "and %d more\n", more)
	}
	files := map[string]bool{}
	for _, p := range ps {
		files[p.Pos.File] = true
	}
	where := fmt.Sprintf("%d files", len(files))
	if len(files) == 1 {
		where = Escape(ps[0].Pos.File)
	}
	fmt.Fprintf(&b, "%s in %s", plural(len(ps), "problem"), where)
	return b.String()
}

// String gives the place and what is wrong, the line with a caret, and the hint,
// each on a line of its own, with nothing in it that a terminal would obey.
func (p Problem) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", Escape(p.Pos.String()), p.Message)
	if p.Pos.Line > 0 {
		line, before := excerpt(p.Line, p.Pos.Column)
		fmt.Fprintf(&b, "\n  %s\n  %s^", line, strings.Repeat(" ", before))
	}
	if p.Hint != "" {
		fmt.Fprintf(&b, "\n  hint: %s", p.Hint)
	}
	return b.String()
}

// sorted orders problems by file, line and column.
func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return a.Pos.compare(b.Pos)
	})
	return ps
}

func (p Pos) compare(q Pos) int {
	if c := strings.Compare(p.File, q.File); c != 0 {
		return c
	}
	if c := p.Line - q.Line; c != 0 {
		return c
	}
	return p.Column - q.Column
}

// excerpt cuts a line around a column, escaped for a terminal, and counts the
// characters before that column.
func excerpt(line string, column int) (text string, before int) {
	var b strings.Builder
	width := 0
	if column > excerptWidth+1 {
		b.WriteString("…")
		width = 1
	}
	for at := 1; line != ""; at++ {
		if at == column {
			before = width
		}
		if at > column+excerptWidth {
			b.WriteString("…")
			return b.String(), before
		}
		_, size := utf8.DecodeRuneInString(line)
		if at >= column-excerptWidth {
			cell := Escape(line[:size])
			b.WriteString(cell)
			width += utf8.RuneCountInString(cell)
		}
		line = line[size:]
	}
	if before == 0 && column > 1 {
		before = width
	}
	return b.String(), before
}

// Escape replaces what a terminal would obey or could not show: control and
// direction characters, and bytes that are not UTF-8. render.Escape also stops what a CI
// system would obey.
func Escape(s string) string {
	var b strings.Builder
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case strconv.IsPrint(r):
			b.WriteString(s[:size])
		default:
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
		s = s[size:]
	}
	return b.String()
}

// quote shows a text of the file inside a message: escaped, and cut when long.
func quote(s string) string {
	const most = 60
	if len(s) <= most {
		return strconv.Quote(s)
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strconv.Quote(s[:cut]) + "…"
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
