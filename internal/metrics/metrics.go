// Package metrics tells what a run has come to in numbers, in the text format of
// Prometheus, as its node exporter's textfile collector reads it. Which file that goes
// to is not decided here.
package metrics

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// gauges are metrics, with the labels that all of them have.
type gauges struct {
	base []label
	all  []metric
}

// metric is one named number, or one for each set of labels.
type metric struct {
	name    string // letters, digits and underscores, its unit last
	help    string // one line
	samples []sample
}

type sample struct {
	labels []label
	value  float64
}

// label tells samples of a metric apart. The value may be any text.
type label struct{ name, value string }

// add adds a value to a metric.
func (g *gauges) add(name, help string, v float64, more ...label) {
	i := slices.IndexFunc(g.all, func(m metric) bool { return m.name == name })
	if i < 0 {
		i = len(g.all)
		g.all = append(g.all, metric{name: name, help: help})
	}
	g.all[i].samples = append(g.all[i].samples, sample{slices.Concat(g.base, more), v})
}

func (g *gauges) count(name, help string, n int, more ...label) {
	g.add(name, help, float64(n), more...)
}

func (g *gauges) text() []byte {
	var b bytes.Buffer
	for _, m := range g.all {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s gauge\n", m.name, m.help, m.name)
		for _, s := range m.samples {
			fmt.Fprintf(&b, "%s %s\n", series(m.name, s.labels), strconv.FormatFloat(s.value, 'f', -1, 64))
		}
	}
	return b.Bytes()
}

// read finds the value of one sample in such a text.
func read(text []byte, name string, labels []label) (value float64, ok bool) {
	for line := range strings.Lines(string(text)) {
		number, found := strings.CutPrefix(strings.TrimSuffix(line, "\n"), series(name, labels)+" ")
		if !found {
			continue
		}
		if v, err := strconv.ParseFloat(number, 64); err == nil {
			return v, true
		}
	}
	return 0, false
}

// series is a sample's name with its labels.
func series(name string, labels []label) string {
	var parts []string
	for _, l := range labels {
		parts = append(parts, l.name+`="`+escaper.Replace(strings.ToValidUTF8(l.value, "\ufffd"))+`"`)
	}
	return name + "{" + strings.Join(parts, ",") + "}"
}

// escaper makes text fit for a label's value.
var escaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
