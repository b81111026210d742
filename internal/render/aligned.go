package render

import (
	"slices"
	"strings"
)

// aligned writes a table whose first row is its titles: the first column to the left,
// all others to the right. On a narrow terminal columns are left out, the third first and
// the last never; it stands below where even that is too wide.
func (s Style) aligned(table [][]string) string {
	for len(table[0]) > 2 && s.tableWidth(table) > s.width() {
		out := min(2, len(table[0])-2)
		for i, row := range table {
			table[i] = slices.Delete(slices.Clone(row), out, out+1)
		}
	}
	var b strings.Builder
	if s.tableWidth(table) > s.width() {
		b.WriteString(s.paragraph(bold, Escape(table[0][0])))
		for _, row := range table[1:] {
			b.WriteString("  " + Escape(row[0]) + "\n" + strings.Repeat(" ", itemIndent) + Escape(row[1]) + "\n")
		}
		return b.String()
	}
	widths := columnWidths(table)
	for i, row := range table {
		c := plain
		if i == 0 {
			c = bold
		}
		var l line
		for j, cell := range row {
			text := s.line(c, Escape(cell))
			switch {
			case j == 0 && i == 0:
				l = text.pad(widths[0] + 2)
			case j == 0:
				l = s.line(plain, "  ").plus(text).pad(widths[0] + 2)
			default:
				l = l.plus(s.line(plain, strings.Repeat(" ", 3+widths[j]-width(Escape(cell))))).plus(text)
			}
		}
		b.WriteString(l.text + "\n")
	}
	return b.String()
}

func columnWidths(table [][]string) []int {
	widths := make([]int, len(table[0]))
	for _, row := range table {
		for j, cell := range row {
			widths[j] = max(widths[j], width(Escape(cell)))
		}
	}
	return widths
}

func (s Style) tableWidth(table [][]string) int {
	n := 2
	for _, w := range columnWidths(table) {
		n += w + 3
	}
	return n - 3
}
