package render

import (
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// titleCost is the title of where the cost changes.
const titleCost = "Servers and cost by plan and location"

// costRows shows where the cost changes, if that is in more than one place.
func costRows(c planner.Cost, s Style) []row {
	var rows []row
	for _, r := range c.Rows {
		if r.Before == r.After {
			continue
		}
		price := "price unknown"
		if before, after, known := r.Monthly(); known {
			price = fmt.Sprintf("%s → %s a month", before, after)
		}
		text := fmt.Sprintf("%d → %d at %s, %s", r.Before, r.After, r.Location, price)
		rows = append(rows, row{name: called("plan", r.Plan), details: []line{s.line(plain, Escape(text))}})
	}
	if len(rows) < 2 {
		return nil
	}
	return rows
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
