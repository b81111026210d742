package render

import "strings"

// Wrap breaks plain text between words into lines of a width. A narrower width
// than any text can be read in leaves it whole.
func Wrap(text string, width int) []string {
	var lines []string
	for _, l := range folded([]line{Style{}.line(plain, strings.Join(strings.Fields(text), " "))}, width) {
		lines = append(lines, l.text)
	}
	return lines
}

// Title is the title of a part of a text.
func (s Style) Title(text string) string { return s.paint(bold, Escape(text)) }
