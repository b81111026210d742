package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// mostCostRows is how many plans a cost table has, unless all are asked for.
const mostCostRows = 6

// costTable shows where the cost changes, the biggest difference first, where that is
// in more than one place.
func (s Style) costTable(c planner.Cost) string {
	rows := costByPlan(c, s.View == Whole)
	if len(rows) < 2 {
		return ""
	}
	if s.View != Whole && len(rows) > mostCostRows+1 {
		rest := costLine{name: fmt.Sprintf("%d more", len(rows)-mostCostRows)}
		for _, r := range rows[mostCostRows:] {
			rest.add(r)
		}
		rows = append(rows[:mostCostRows:mostCostRows], rest)
	}
	table := [][]string{{"Cost by plan", "servers", "before", "after", "difference"}}
	for _, r := range rows {
		table = append(table, r.cells())
	}
	return "\n" + s.aligned(table)
}

// costLine is what the servers of one plan cost, or of several.
type costLine struct {
	name                   string
	serversWas, serversNow int
	was, now               fleet.Money
	unknown                bool
}

func (l *costLine) add(m costLine) {
	l.serversWas, l.serversNow = l.serversWas+m.serversWas, l.serversNow+m.serversNow
	l.was, l.now, l.unknown = l.was+m.was, l.now+m.now, l.unknown || m.unknown
}

func (l costLine) cells() []string {
	servers := fmt.Sprintf("%d → %d", l.serversWas, l.serversNow)
	if l.unknown {
		return []string{l.name, servers, "?", "?", "price unknown"}
	}
	return []string{l.name, servers, l.was.String(), l.now.String(), (l.now - l.was).Signed()}
}

// costByPlan adds up what changes by plan, or by plan and location.
func costByPlan(c planner.Cost, byLocation bool) (lines []costLine) {
	at := make(map[string]int)
	for _, r := range c.Rows {
		if r.Before == r.After {
			continue
		}
		name := called("plan", r.Plan)
		if byLocation {
			name += " at " + r.Location
		}
		was, now, known := r.Monthly()
		one := costLine{name, r.Before, r.After, was, now, !known}
		if i, ok := at[name]; ok {
			lines[i].add(one)
			continue
		}
		at[name] = len(lines)
		lines = append(lines, one)
	}
	slices.SortStableFunc(lines, func(a, b costLine) int { return cmp.Compare((b.now - b.was).Abs(), (a.now - a.was).Abs()) })
	return lines
}

// costTotal is the line of what the servers cost; "" where there are none.
func costTotal(c planner.Cost) string {
	if len(c.Rows) == 0 {
		return ""
	}
	return "Cost: " + costSum(c)
}

// costSum is what servers cost: 35.00 → 55.00 a month (+20.00).
func costSum(c planner.Cost) string {
	unknown := c.Unknown()
	sum := fmt.Sprintf("%s → %s a month (%s)", c.Before, c.After, c.Delta.Signed())
	switch {
	case c.Before == 0 && c.After == 0 && unknown != nil:
		sum = "unknown"
	case c.Delta == 0:
		sum = c.After.String() + " a month, as before"
	}
	if c.Rises() {
		sum += ", at most " + c.Peak.Monthly.String()
	}
	parts := []string{sum}
	if c.Hourly != nil {
		parts = append(parts, fmt.Sprintf("what is created costs %s an hour", c.Hourly))
	}
	if unknown != nil {
		var names []string
		for _, n := range unknown {
			names = append(names, called("plan", n))
		}
		parts = append(parts, "the API tells no price of "+strings.Join(names, ", "))
	}
	return Escape(strings.Join(parts, "; ")) + "."
}
