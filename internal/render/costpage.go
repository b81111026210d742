package render

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// costPage is what a page says about cost.
type costPage struct {
	Sum    string // escaped
	Charts []chart
}

// chart is how the cost of each plan, location or value of a label differs, left or
// right of zero.
type chart struct {
	Title string
	Zero  string // where zero is, in percent of the width
	Rows  []costBar
}

// costBar is a row of a chart.
type costBar struct {
	Name, Difference, Monthly, Servers string
	Direction                          string // up, down or "" where nothing is drawn
	From, Width                        string // in percent of the chart's width
}

// newCostPage is nil where no cost changes.
func newCostPage(c planner.Cost) *costPage {
	d := &costPage{Sum: costText(c)}
	d.add("By plan", costSums(c.Rows, byPlanName))
	d.add("By location", costSums(c.Rows, byLocation))
	for _, labels := range grouped(c.Labels, func(l planner.LabelCost) string { return l.Key }) {
		sums := make([]costSum, len(labels)) // a server without the label is in none
		for i, l := range labels {
			sums[i] = costSum{name: cmp.Or(l.Value, `""`), before: l.MonthlyBefore, after: l.MonthlyAfter, was: l.Before, will: l.After,
				priced: max(l.Before, l.After) - l.Unpriced, unpriced: l.Unpriced}
		}
		sortSums(sums)
		d.add("By "+labels[0].Key, sums)
	}
	if len(d.Charts) == 0 {
		return nil
	}
	return d
}

// add adds a chart of what differs, if anything does.
func (d *costPage) add(title string, sums []costSum) {
	sums = slices.DeleteFunc(sums, func(s costSum) bool { return s.was == s.will && s.difference() == 0 })
	if len(sums) > 0 {
		d.Charts = append(d.Charts, newChart(title, sums))
	}
}

// newChart draws bars between the least and the most difference.
func newChart(title string, sums []costSum) chart {
	var least, most fleet.Money
	for _, s := range sums {
		least, most = min(least, s.difference()), max(most, s.difference())
	}
	width := most - least
	c := chart{Title: title, Zero: percent(-least, width)}
	for _, s := range sums {
		b := newCostBar(s)
		switch d := s.difference(); {
		case d > 0:
			b.Direction, b.From, b.Width = "up", c.Zero, percent(d, width)
		case d < 0:
			b.Direction, b.From, b.Width = "down", percent(d-least, width), percent(-d, width)
		}
		c.Rows = append(c.Rows, b)
	}
	return c
}

// newCostBar says in words what one row of a chart draws.
func newCostBar(s costSum) costBar {
	b := costBar{Name: s.name, Difference: s.difference().Signed(), Monthly: fmt.Sprintf("%s → %s", s.before, s.after), Servers: s.servers()}
	switch {
	case s.priced == 0:
		b.Difference, b.Monthly = "unknown", ""
	case s.unpriced > 0:
		b.Difference += " and unknown"
	}
	return b
}
