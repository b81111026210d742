package render

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

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
