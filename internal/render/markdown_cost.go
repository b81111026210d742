package render

import (
	"fmt"

	"github.com/vps-fleet/fleet/planner"
)

// costInShort is what the servers cost, without any text from outside.
func costInShort(c planner.Cost) string {
	switch {
	case len(c.Rows) == 0:
		return ""
	case c.Before == 0 && c.After == 0 && c.Unknown() != nil:
		return "The API tells no price."
	}
	text := "Cost " + costChangeText(c)
	if c.Rises() {
		text += fmt.Sprintf(", at most %s for %s at once", c.Peak.Monthly, servers(c.Peak.Servers))
	}
	if c.Unknown() != nil {
		text += ", not counting what has no price"
	}
	return text + "."
}

// costTable is where the cost changes, if that is in more than one place.
func costTable(c planner.Cost) mdTable {
	sums := costSums(changedRows(c), func(r planner.CostRow) string { return byPlanName(r) + ", " + r.Location })
	if len(sums) < 2 {
		return mdTable{}
	}
	part := &mdPart{name: "Cost"}
	for _, s := range sums {
		text, difference := s.name+": "+s.servers(), "?"
		if s.unpriced == 0 {
			text += fmt.Sprintf(", %s → %s", s.before, s.after)
			difference = s.difference().Signed()
		}
		part.rows = append(part.rows, mdRow{text: mdText(text), number: difference, servers: max(s.was, s.will)})
	}
	return mdTable{summary: fmt.Sprintf("<b>Cost</b> %s a month, at %d places", c.Delta.Signed(), len(sums)), head: "plan and location", number: monthly, parts: []*mdPart{part}}
}

// priceNotes are what the sum of a plan's cost leaves out.
func priceNotes(c planner.Cost) (notes []string) {
	if c.Hourly != nil {
		notes = append(notes, "what is created costs "+c.Hourly.String()+" an hour")
	}
	if unknown := c.Unknown(); unknown != nil {
		notes = append(notes, "the API tells no price of "+mdText(planNames(unknown)))
	}
	return notes
}
