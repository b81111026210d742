package render

import (
	"fmt"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// diffContext is how many unchanged lines stand around a change.
const diffContext = 3

// Diff is a unified diff of one file, as patch takes it. A file that is new has no
// old text. In colour it is for reading alone.
func Diff(name string, before, after []byte, s Style) string {
	lines := diffLines(string(before), string(after))
	var b strings.Builder
	for from := nextChange(lines, 0); from < len(lines); from = nextChange(lines, from) {
		if b.Len() == 0 {
			old := name
			if before == nil {
				old = "/dev/null"
			}
			b.WriteString(s.paint(bold, "--- "+old) + "\n" + s.paint(bold, "+++ "+name) + "\n")
		}
		from = writeHunk(&b, lines, from, s)
	}
	return b.String()
}

// diffLine is a line of one text or of both, with its line end.
type diffLine struct {
	sign byte // ' ', '-' or '+'
	text string
}

func diffLines(before, after string) (lines []diffLine) {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0 // the same texts always have the same diff
	a, b, all := d.DiffLinesToRunes(before, after)
	signs := map[diffmatchpatch.Operation]byte{diffmatchpatch.DiffEqual: ' ', diffmatchpatch.DiffDelete: '-', diffmatchpatch.DiffInsert: '+'}
	for _, x := range d.DiffCharsToLines(d.DiffMainRunes(a, b, false), all) {
		for text := range strings.Lines(x.Text) {
			lines = append(lines, diffLine{signs[x.Type], text})
		}
	}
	return lines
}

func nextChange(lines []diffLine, from int) int {
	for from < len(lines) && lines[from].sign == ' ' {
		from++
	}
	return from
}

// writeHunk writes the changes that are near the one at a place, with the lines
// around them, and returns where the hunk ends.
func writeHunk(b *strings.Builder, lines []diffLine, change int, s Style) (end int) {
	start := max(0, change-diffContext)
	for end = change; end < len(lines); {
		last := end
		for last < len(lines) && lines[last].sign != ' ' {
			last++
		}
		next := nextChange(lines, last)
		end = min(len(lines), last+diffContext)
		if next == len(lines) || next-last > 2*diffContext {
			break
		}
		end = next
	}
	oldStart, newStart := 1, 1
	for _, l := range lines[:start] {
		oldStart += isIn(l, '-')
		newStart += isIn(l, '+')
	}
	var olds, news int
	for _, l := range lines[start:end] {
		olds += isIn(l, '-')
		news += isIn(l, '+')
	}
	b.WriteString(s.paint(cyan, fmt.Sprintf("@@ -%s +%s @@", hunkSpan(oldStart, olds), hunkSpan(newStart, news))) + "\n")
	colors := map[byte]color{' ': plain, '-': red, '+': green}
	for _, l := range lines[start:end] {
		text, ended := strings.CutSuffix(l.text, "\n")
		b.WriteString(s.paint(colors[l.sign], string(l.sign)+text) + "\n")
		if !ended {
			b.WriteString("\\ No newline at end of file\n")
		}
	}
	return end
}

// isIn is 1 for a line of the text whose lines have this sign when they are its alone.
func isIn(l diffLine, sign byte) int {
	if l.sign == ' ' || l.sign == sign {
		return 1
	}
	return 0
}

// hunkSpan is the lines of a hunk in one text; one of no lines stands after a line.
func hunkSpan(start, lines int) string {
	if lines == 0 {
		start--
	}
	return fmt.Sprintf("%d,%d", start, lines)
}
