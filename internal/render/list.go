package render

import (
	"cmp"
	"strings"
	"unicode"

	"github.com/vps-fleet/fleet/internal/inventory"
	"github.com/vps-fleet/fleet/planner"
)

// maxName is the widest column of names; a longer name moves its own line only.
const maxName = 40

// titles are what stands above columns that are not called by their names.
var titles = map[string]string{"ip_address": "IPV4", "ipv6_address": "IPV6", "price_monthly": "MONTHLY"}

// statusColors are the colours of the statuses in which a server stays. One in
// transition is cyan, and one of an unknown status red, as a suspended one.
var statusColors = map[planner.Status]color{planner.StatusActive: green, planner.StatusStopped: amber, planner.StatusSuspended: red}

// Servers is a table of servers, one on each line. Where the style has a width, as
// on a terminal, it drops columns from the right until every line fits, and tells
// which below; the first column is cut short where it alone does not.
func Servers(servers []inventory.Server, columns []inventory.Column, header bool, s Style) string {
	rows := make([][]string, 0, len(servers)+1)
	if header {
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = Escape(cmp.Or(titles[c.Name], strings.ToUpper(strings.TrimPrefix(c.Name, "label:"))))
		}
		rows = append(rows, row)
	}
	for _, server := range servers {
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = cmp.Or(Escape(c.Value(server)), "-")
		}
		rows = append(rows, row)
	}
	widths, shown := s.fit(rows, len(columns))
	var b strings.Builder
	for r, row := range rows {
		l := line{}
		for i, text := range row[:shown] {
			text = truncate(text, widths[i])
			cell := s.line(cellColor(columns[i].Name, text, header && r == 0), text)
			cell.width = width(text)
			if i < shown-1 {
				cell = cell.pad(widths[i] + columnGap)
			}
			l = l.plus(cell)
		}
		b.WriteString(l.text + "\n")
	}
	if shown < len(columns) {
		var dropped []string
		for _, c := range columns[shown:] {
			dropped = append(dropped, c.Name)
		}
		b.WriteString(s.paint(dim, truncate("(no room for "+strings.Join(dropped, ", ")+"; -o wide shows all)", s.Width)) + "\n")
	}
	return b.String()
}

// columnGap is the space between two columns.
const columnGap = 2

// fit is how wide each column is, and how many of them a line has room for.
func (s Style) fit(rows [][]string, columns int) (widths []int, shown int) {
	widths = make([]int, columns)
	for _, row := range rows {
		for i, text := range row {
			widths[i] = max(widths[i], width(text))
		}
	}
	if s.Width == 0 {
		return widths, columns
	}
	widths[0] = min(widths[0], s.Width, maxName)
	for used := -columnGap; shown < columns && used+columnGap+widths[shown] <= s.Width; shown++ {
		used += columnGap + widths[shown]
	}
	return widths, shown
}

func cellColor(column, text string, header bool) color {
	switch {
	case header:
		return bold
	case text == "-" || column == "listed" && text == "unlisted":
		return dim
	case column == "drift":
		return amber
	case column != "status":
		return plain
	}
	status := planner.Status(text)
	if c, known := statusColors[status]; known {
		return c
	}
	if _, passing := status.Target(); passing {
		return cyan
	}
	return red
}

// width is how many places of a terminal a text takes.
func width(text string) (n int) {
	for _, r := range text {
		n++
		if unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) || 0xff01 <= r && r <= 0xff60 || r >= 0x1f300 {
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
