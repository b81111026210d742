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

// Fold breaks each line of a text between words where it is wider than a terminal, and
// leaves all else as it is. A width of 0 is that of a file.
func Fold(text string, width int) string {
	var b strings.Builder
	for l := range strings.Lines(text) {
		for _, part := range folded([]line{{text: strings.TrimSuffix(l, "\n")}}, width) {
			b.WriteString(part.text + "\n")
		}
	}
	return b.String()
}

// Title is the title of a part of a text.
func (s Style) Title(text string) string { return s.paint(bold, Escape(text)) }
