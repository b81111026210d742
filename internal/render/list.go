package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

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
		rows = append(rows, each(columns, func(c inventory.Column) string {
			return Escape(cmp.Or(titles[c.Name], strings.ToUpper(strings.TrimPrefix(c.Name, "label:"))))
		}))
	}
	for _, server := range servers {
		rows = append(rows, each(columns, func(c inventory.Column) string { return cmp.Or(Escape(c.Value(server)), "-") }))
	}
	widths, shown := s.fit(rows, len(columns))
	var b strings.Builder
	for r, row := range rows {
		l := line{}
		for i, text := range row[:shown] {
			text = truncate(text, widths[i])
			cell := s.line(cellColor(columns[i].Name, text, header && r == 0), text)
			if i < shown-1 {
				cell = cell.pad(widths[i] + columnGap)
			}
			l = l.plus(cell)
		}
		b.WriteString(l.text + "\n")
	}
	if shown < len(columns) {
		dropped := joined(columns[shown:], ", ", func(c inventory.Column) string { return c.Name })
		b.WriteString(s.paint(dim, truncate("(no room for "+dropped+"; -o wide shows all)", s.Width)) + "\n")
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

// leftOut is why servers are not in an inventory, by cause.
var leftOut = map[inventory.Cause]string{
	inventory.NoAddress:   "no address",
	inventory.NoHostname:  "no hostname",
	inventory.BadHostname: "a hostname that DNS does not take",
	inventory.Reserved:    "a name that every machine has for itself",
}

// Omitted tells who is not in an inventory, one line a cause.
func Omitted(left []inventory.Omitted) string {
	var b strings.Builder
	for _, cause := range []inventory.Cause{inventory.NoAddress, inventory.NoHostname, inventory.BadHostname, inventory.Reserved} {
		var names []string
		for _, o := range left {
			if o.Cause == cause {
				names = append(names, o.Server.Name)
			}
		}
		switch len(names) {
		case 0:
		case 1:
			fmt.Fprintf(&b, "Left out: %s, which has %s.\n", nameList(names), leftOut[cause])
		default:
			fmt.Fprintf(&b, "Left out: %d servers that have %s: %s.\n", len(names), leftOut[cause], nameList(names))
		}
	}
	return b.String()
}

// NotThere tells which listed servers an inventory lacks because they do not exist.
func NotThere(names []string) string {
	if len(names) == 0 {
		return ""
	}
	text := "Listed in the file, and not existing yet: "
	if len(names) > 1 {
		text += servers(len(names)) + ": "
	}
	return text + nameList(names) + ".\n"
}

// maxNames is how many names, or ranges of them, a list of names has.
const maxNames = 20

func nameList(names []string) string {
	return Escape(strings.Join(atMost(maxNames, ranges(slices.Clone(names)), "and %d more"), ", "))
}

// inColumns are rows, of which the first has the titles.
func inColumns(rows [][]string) string {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, cells := range rows {
		for n := range cells {
			cells[n] = Escape(cells[n])
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	_ = table.Flush() // into memory
	return b.String()
}
