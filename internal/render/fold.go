package render

import (
	"regexp"
	"strings"
)

// minFold is the narrowest column that lines are folded into.
const minFold = 20

// folded breaks lines at spaces where they are wider than a column, so that a
// terminal does not do it anywhere. Without a width, as for a file, they stay whole.
func folded(lines []line, room int) (short []line) {
	if room < minFold {
		return lines
	}
	for _, l := range lines {
		part := line{}
		for i, word := range strings.Split(l.text, " ") {
			w := line{word, width(colors.ReplaceAllString(word, ""))}
			switch {
			case i == 0:
				part = w
			case part.width+1+w.width > room:
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
func wrap(list []string, room int) (lines []string) {
	used := 0
	for i, part := range list {
		if i < len(list)-1 {
			part += ","
		}
		n := width(Escape(part))
		if i == 0 || used+1+n > room {
			lines, used = append(lines, part), n
			continue
		}
		lines[len(lines)-1] += " " + part
		used += 1 + n
	}
	return lines
}

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
		if s.Width > 0 && width(indent+lines[last]+" "+w+goesOn) > s.Width {
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
