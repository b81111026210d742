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

// Fold breaks each line of a text between words where it is wider than a terminal. What
// is indented stays as it is: a command, or a line of a file with a mark below it. A
// width of 0 is that of a file.
func Fold(text string, width int) string {
	var b strings.Builder
	for l := range strings.Lines(text) {
		if strings.HasPrefix(l, " ") {
			b.WriteString(l)
			continue
		}
		for _, part := range folded([]line{{text: strings.TrimSuffix(l, "\n")}}, width) {
			b.WriteString(part.text + "\n")
		}
	}
	return b.String()
}

// command is a command for a shell, folded between its words where a terminal's lines
// are shorter, so that a shell takes all of its lines as one.
func (s Style) command(text string) string {
	const indent, goesOn = "    ", " \\"
	var words []string
	for i, w := range strings.Split(Escape(text), " ") {
		if last := len(words) - 1; i > 0 && strings.Count(strings.ReplaceAll(words[last], `'\''`, ""), "'")%2 == 1 {
			words[last] += " " + w // inside quotes
			continue
		}
		words = append(words, w)
	}
	lines := []string{words[0]}
	for _, w := range words[1:] {
		last := len(lines) - 1
		if s.Width > 0 && runes(indent+lines[last]+" "+w+goesOn) > s.Width {
			lines[last] += goesOn
			lines = append(lines, "  "+w)
			continue
		}
		lines[last] += " " + w
	}
	return indent + strings.Join(lines, "\n"+indent) + "\n"
}

// Title is the title of a part of a text.
func (s Style) Title(text string) string { return s.paint(bold, Escape(text)) }
