package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

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
	sum                                costSums
}

// costSums adds up what is to be shown of rows.
type costSums struct {
	before, after    fleet.Money // a month, of the servers with a price
	was, will        int         // servers
	priced, unpriced int         // of them with a price, and without
}

func (s costSums) difference() fleet.Money { return s.after - s.before }

// newCostPage is nil where no cost changes.
func newCostPage(c planner.Cost) *costPage {
	d := &costPage{Sum: costSum(c)}
	charts := []chart{
		newChart("By plan", rowSums(c.Rows, func(r planner.CostRow) string { return called("plan", r.Plan) })),
		newChart("By location", rowSums(c.Rows, func(r planner.CostRow) string { return r.Location })),
	}
	for _, x := range append(charts, labelCharts(c.Labels)...) {
		if len(x.Rows) > 0 {
			d.Charts = append(d.Charts, x)
		}
	}
	if len(d.Charts) == 0 {
		return nil
	}
	return d
}

// labelCharts are a chart for each key of the labels. A server without the label is in
// none of the chart's bars.
func labelCharts(labels []planner.LabelCost) (charts []chart) {
	for len(labels) > 0 {
		key, sums := labels[0].Key, make(map[string]costSums)
		for len(labels) > 0 && labels[0].Key == key {
			l := labels[0]
			sums[cmp.Or(l.Value, `""`)] = costSums{before: l.MonthlyBefore, after: l.MonthlyAfter, was: l.Before, will: l.After,
				priced: max(l.Before, l.After) - l.Unpriced, unpriced: l.Unpriced}
			labels = labels[1:]
		}
		charts = append(charts, newChart("By "+key, sums))
	}
	return charts
}

// rowSums adds rows up under the names that by gives them.
func rowSums(rows []planner.CostRow, by func(planner.CostRow) string) map[string]costSums {
	sums := make(map[string]costSums)
	for _, r := range rows {
		s := sums[by(r)]
		before, after, known := r.Monthly()
		s.before, s.after = s.before+before, s.after+after
		s.was, s.will = s.was+r.Before, s.will+r.After
		if known {
			s.priced += max(r.Before, r.After)
		} else {
			s.unpriced += max(r.Before, r.After)
		}
		sums[by(r)] = s
	}
	return sums
}

// newChart draws what differs, the largest difference first.
func newChart(title string, sums map[string]costSums) chart {
	c := chart{Title: title}
	var least, most fleet.Money
	for name, s := range sums {
		if s.was == s.will && s.difference() == 0 {
			continue
		}
		least, most = min(least, s.difference()), max(most, s.difference())
		c.Rows = append(c.Rows, newCostBar(name, s))
	}
	slices.SortFunc(c.Rows, func(a, b costBar) int {
		return cmp.Or(cmp.Compare(abs(b.sum.difference()), abs(a.sum.difference())), strings.Compare(a.Name, b.Name))
	})
	c.draw(least, most)
	return c
}

// newCostBar says in words what one row of a chart draws.
func newCostBar(name string, s costSums) costBar {
	b := costBar{Name: name, Difference: s.difference().Signed(), Monthly: fmt.Sprintf("%s → %s", s.before, s.after),
		Servers: fmt.Sprintf("%d → %d", s.was, s.will), sum: s}
	switch {
	case s.priced == 0:
		b.Difference, b.Monthly = "unknown", ""
	case s.unpriced > 0:
		b.Difference += " and unknown"
	}
	return b
}

// draw places the bars between the least and the most difference.
func (c *chart) draw(least, most fleet.Money) {
	width := max(most-least, 1)
	c.Zero = share(-least, width)
	for i := range c.Rows {
		switch b, d := &c.Rows[i], c.Rows[i].sum.difference(); {
		case d > 0:
			b.Direction, b.From, b.Width = "up", c.Zero, share(d, width)
		case d < 0:
			b.Direction, b.From, b.Width = "down", share(d-least, width), share(-d, width)
		}
	}
}

func abs(m fleet.Money) fleet.Money { return max(m, -m) }

// share is a part of a whole in percent.
func share(part, whole fleet.Money) string {
	return fmt.Sprintf("%.2f", 100*float64(part)/float64(whole))
}
