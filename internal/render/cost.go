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

// costTable shows where the cost changes, where that is in more than one place.
func (s Style) costTable(c planner.Cost) string {
	by := byPlanName
	if s.View == Whole {
		by = func(r planner.CostRow) string { return byPlanName(r) + " at " + r.Location }
	}
	sums := costSums(changedRows(c), by)
	if len(sums) < 2 {
		return ""
	}
	if s.View != Whole && len(sums) > mostCostRows+1 {
		rest := costSum{name: fmt.Sprintf("%d more", len(sums)-mostCostRows)}
		for _, sum := range sums[mostCostRows:] {
			rest.add(sum)
		}
		sums = append(sums[:mostCostRows], rest)
	}
	table := [][]string{{"Cost by plan", "servers", "before", "after", "difference"}}
	for _, sum := range sums {
		cells := []string{sum.name, sum.servers(), "?", "?", "price unknown"}
		if sum.unpriced == 0 {
			cells = []string{sum.name, sum.servers(), sum.before.String(), sum.after.String(), sum.difference().Signed()}
		}
		table = append(table, cells)
	}
	return "\n" + s.aligned(table)
}

// costTotal is the line of what the servers cost; "" where there are none.
func costTotal(c planner.Cost) string {
	if len(c.Rows) == 0 {
		return ""
	}
	return "Cost: " + costText(c)
}

// costText is what servers cost: 35.00 → 55.00 a month (+20.00).
func costText(c planner.Cost) string {
	sum := costChangeText(c)
	if c.Rises() {
		sum += ", at most " + c.Peak.Monthly.String()
	}
	hourly := ""
	if c.Hourly != nil {
		hourly = fmt.Sprintf("what is created costs %s an hour", c.Hourly)
	}
	return Escape(together("; ", sum, hourly, prefixed("the API tells no price of ", planNames(c.Unknown())))) + "."
}

// costChangeText is what servers cost, of those whose price is known.
func costChangeText(c planner.Cost) string {
	switch {
	case c.Before == 0 && c.After == 0 && c.Unknown() != nil:
		return "unknown"
	case c.Delta == 0:
		return c.After.String() + " a month, as before"
	}
	return fmt.Sprintf("%s → %s a month (%s)", c.Before, c.After, c.Delta.Signed())
}

func planNames(plans []planner.Named) string {
	return joined(plans, ", ", func(n planner.Named) string { return called("plan", n) })
}

// costSum is what some servers cost a month, before a plan and after it.
type costSum struct {
	name             string
	was, will        int         // servers
	before, after    fleet.Money // of the servers with a price
	priced, unpriced int         // servers with a price, and without
}

func (s costSum) difference() fleet.Money { return s.after - s.before }

// servers says how many there were, and will be.
func (s costSum) servers() string { return fmt.Sprintf("%d → %d", s.was, s.will) }

func (s *costSum) add(t costSum) {
	s.was, s.will = s.was+t.was, s.will+t.will
	s.before, s.after = s.before+t.before, s.after+t.after
	s.priced, s.unpriced = s.priced+t.priced, s.unpriced+t.unpriced
}

// The ways to add up what servers cost.
func byPlanName(r planner.CostRow) string { return called("plan", r.Plan) }

func byLocation(r planner.CostRow) string { return r.Location }

// costSums adds rows up under the names that by gives them.
func costSums(rows []planner.CostRow, by func(planner.CostRow) string) (sums []costSum) {
	for _, same := range grouped(rows, by) {
		sum := costSum{name: by(same[0])}
		for _, r := range same {
			before, after, known := r.Monthly()
			one := costSum{was: r.Before, will: r.After, before: before, after: after, unpriced: max(r.Before, r.After)}
			if known {
				one.priced, one.unpriced = one.unpriced, 0
			}
			sum.add(one)
		}
		sums = append(sums, sum)
	}
	sortSums(sums)
	return sums
}

// sortSums puts the largest difference first.
func sortSums(sums []costSum) {
	slices.SortFunc(sums, func(a, b costSum) int {
		return cmp.Or(cmp.Compare(b.difference().Abs(), a.difference().Abs()), strings.Compare(a.name, b.name))
	})
}

// changedRows are those whose number of servers changes.
func changedRows(c planner.Cost) []planner.CostRow {
	return slices.DeleteFunc(slices.Clone(c.Rows), func(r planner.CostRow) bool { return r.Before == r.After })
}
