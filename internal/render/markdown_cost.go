package render

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// costInShort is what the servers cost, without any text from outside.
func costInShort(c planner.Cost) string {
	text := ""
	switch {
	case len(c.Rows) == 0:
		return ""
	case c.Before == 0 && c.After == 0 && c.Unknown() != nil:
		return "The API tells no price."
	case c.Delta == 0:
		text = fmt.Sprintf("Cost %s a month, as before", c.After)
	default:
		text = fmt.Sprintf("Cost %s → %s a month (%s)", c.Before, c.After, c.Delta.Signed())
	}
	if c.Rises() {
		text += fmt.Sprintf(", at most %s for %s at once", c.Peak.Monthly, servers(c.Peak.Servers))
	}
	if c.Unknown() != nil {
		text += ", not counting what has no price"
	}
	return text + "."
}

// costTable is where the cost changes, if that is in more than one place: the greatest
// difference first.
func costTable(c planner.Cost) mdTable {
	var part mdPart
	rows := slices.DeleteFunc(slices.Clone(c.Rows), func(r planner.CostRow) bool { return r.Before == r.After })
	slices.SortStableFunc(rows, func(a, b planner.CostRow) int { return cmp.Compare(costDifference(b), costDifference(a)) })
	for _, r := range rows {
		servers, difference := fmt.Sprintf("%d → %d", r.Before, r.After), "?"
		if before, after, known := r.Monthly(); known {
			servers += fmt.Sprintf(", %s → %s", before, after)
			difference = (after - before).Signed()
		}
		part.rows = append(part.rows, mdRow{text: mdText(called("plan", r.Plan) + ", " + r.Location + ": " + servers), number: difference, servers: max(r.Before, r.After)})
	}
	if len(part.rows) < 2 {
		return mdTable{}
	}
	part.name = "Cost"
	return mdTable{summary: fmt.Sprintf("<b>Cost</b> %s a month, at %d places", c.Delta.Signed(), len(rows)), head: "plan and location", number: monthly, parts: []mdPart{part}}
}

// costDifference is by how much a row's cost changes, up or down.
func costDifference(r planner.CostRow) fleet.Money {
	before, after, _ := r.Monthly()
	return max(after-before, before-after)
}

// priceNotes are what the sum of a plan's cost leaves out.
func priceNotes(c planner.Cost) (notes []string) {
	if c.Hourly != nil {
		notes = append(notes, "what is created costs "+c.Hourly.String()+" an hour")
	}
	if unknown := c.Unknown(); unknown != nil {
		notes = append(notes, "the API tells no price of "+mdText(joined(unknown, ", ", func(n planner.Named) string { return called("plan", n) })))
	}
	return notes
}
