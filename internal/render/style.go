package render

import (
	"strings"
	"unicode"
)

// Style is how text is to look. The zero Style is plain and 100 characters wide.
type Style struct {
	Color bool // write ANSI colours
	Width int  // characters in a line; 0 is 100
	View  View // how much of a plan to show
}

// View is how much of a plan its text shows.
type View int

// The views of a plan. None leaves out the name of a server that loses its data.
const (
	Grouped View = iota // servers of which the same is said are one group; a summary where that is still hundreds of lines
	Summary             // one screen: what is done to how many, and to whom
	Whole               // every server by itself
)

func (s Style) width() int {
	if s.Width > 0 {
		return s.Width
	}
	return 100
}

// color is what a text means; see meaning. It is also the class of what is so on a page.
type color string

const (
	plain   color = "calm"
	bold    color = "bold"
	boldRed color = "bold red"
	dim     color = "quiet"
	red     color = "bad"
	green   color = "good"
	amber   color = "warn"
	cyan    color = "cyan"
	removed color = "removed" // the part of an old value that goes
	added   color = "added"   // the part of a new value that comes
)

// ansi are the parameters of the colours' ANSI sequences.
var ansi = map[color]string{bold: "1", boldRed: "1;31", dim: "2", red: "31", green: "32", amber: "33", cyan: "36", removed: "31;4", added: "32;4"}

// line is text on one line with its width in characters, colours not counted.
type line struct {
	text  string
	width int
}

// width is how many places of a terminal a text takes.
func width(text string) (n int) {
	for _, r := range text {
		n++
		if r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) || 0xff01 <= r && r <= 0xff60 || r >= 0x1f300 {
			n++
		}
	}
	return n
}

// truncate cuts a text that takes more places than there are, and shows that.
func truncate(text string, places int) string {
	if width(text) <= places {
		return text
	}
	chars := []rune(text)
	for len(chars) > 0 && width(string(chars)) > places-1 {
		chars = chars[:len(chars)-1]
	}
	return string(chars) + "…"
}

// line paints text that has been escaped.
func (s Style) line(c color, text string) line {
	l := line{text, width(text)}
	if s.Color && ansi[c] != "" && text != "" {
		l.text = "\x1b[" + ansi[c] + "m" + text + "\x1b[0m"
	}
	return l
}

// paint is line where the width does not matter.
func (s Style) paint(c color, text string) string { return s.line(c, text).text }

func (l line) plus(m line) line { return line{l.text + m.text, l.width + m.width} }

// pad fills a line up to a width with spaces.
func (l line) pad(width int) line {
	if l.width >= width {
		return l
	}
	return line{l.text + strings.Repeat(" ", width-l.width), width}
}
