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

// chart is a picture of what servers cost before and after, a pair of bars for
// each plan, location or value of a label.
type chart struct {
	Title  string
	Label  string // all of it in words
	Height int    // in pixels, as are the bars' places
	Bars   []costBar
}

type costBar struct {
	Name, Value      string
	Before, After    string // in percent of the longest
	Y                int    // from the top of the chart
	before, after    fleet.Money
	priced, unpriced int // rows with a price, servers without one
}

// barHeight is a pair of bars with the lines of text above it.
const barHeight = 68

// maxBarName is how many characters of a name the narrowest chart shows.
const maxBarName = 40

// newCostPage is nil where no server costs anything, known or not.
func newCostPage(c planner.Cost) *costPage {
	if len(c.Rows) == 0 {
		return nil
	}
	charts := []chart{
		newChart("By plan", rowBars(c.Rows, func(r planner.CostRow) string { return r.Plan.String() })),
		newChart("By location", rowBars(c.Rows, func(r planner.CostRow) string { return r.Location })),
	}
	return &costPage{Sum: costSum(c), Charts: append(charts, labelCharts(c.Labels)...)}
}

// labelCharts are a chart for each key of the labels. A server without the label is in
// none of the chart's bars.
func labelCharts(labels []planner.LabelCost) (charts []chart) {
	for len(labels) > 0 {
		key, bars := labels[0].Key, map[string]*costBar{}
		for len(labels) > 0 && labels[0].Key == key {
			l := labels[0]
			bars[l.Value] = &costBar{Name: cmp.Or(l.Value, `""`), before: l.MonthlyBefore, after: l.MonthlyAfter, priced: max(l.Before, l.After) - l.Unpriced, unpriced: l.Unpriced}
			labels = labels[1:]
		}
		charts = append(charts, newChart("By "+key, bars))
	}
	return charts
}

// rowBars adds rows up under the names that by gives them.
func rowBars(rows []planner.CostRow, by func(planner.CostRow) string) map[string]*costBar {
	bars := map[string]*costBar{}
	for _, r := range rows {
		b := bars[by(r)]
		if b == nil {
			b = &costBar{Name: by(r)}
			bars[b.Name] = b
		}
		before, after, known := r.Monthly()
		b.before += before
		b.after += after
		if known {
			b.priced++
		} else {
			b.unpriced += max(r.Before, r.After)
		}
	}
	return bars
}

// newChart is a chart with the dearest bar first.
func newChart(title string, bars map[string]*costBar) chart {
	c := chart{Title: title}
	var longest fleet.Money = 1
	for _, b := range bars {
		longest = max(longest, b.before, b.after)
		c.Bars = append(c.Bars, *b)
	}
	slices.SortFunc(c.Bars, func(a, b costBar) int { return cmp.Or(cmp.Compare(b.after, a.after), strings.Compare(a.Name, b.Name)) })
	var words []string
	for i := range c.Bars {
		c.Bars[i].place(i, longest)
		words = append(words, c.Bars[i].Name+" "+c.Bars[i].Value)
		c.Bars[i].Name = shortened(c.Bars[i].Name)
	}
	c.Label, c.Height = title+": "+strings.Join(words, ", "), barHeight*len(c.Bars)
	return c
}

// place puts a bar in its line, and its sums in words.
func (b *costBar) place(line int, longest fleet.Money) {
	b.Y = line * barHeight
	b.Before, b.After = share(b.before, longest), share(b.after, longest)
	b.Value = fmt.Sprintf("%s → %s", b.before, b.after)
	switch {
	case b.priced == 0:
		b.Value = "price unknown"
	case b.unpriced > 0:
		b.Value += fmt.Sprintf(", %d of unknown price", b.unpriced)
	}
}

func share(part, whole fleet.Money) string {
	return fmt.Sprintf("%.2f", 100*float64(part)/float64(whole))
}

// shortened is a name that fits into a chart; the chart's label has all of it.
func shortened(name string) string {
	if chars := []rune(Escape(name)); len(chars) > maxBarName {
		return string(chars[:maxBarName-1]) + "…"
	}
	return name
}
