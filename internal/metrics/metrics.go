// Package metrics writes numbers in the text format of Prometheus, as its node
// exporter's textfile collector reads them, and reads one of its own back. What
// is measured, and which file it goes to, is not decided here.
package metrics

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Metric is one named number, or one for each set of labels.
type Metric struct {
	Name    string // letters, digits and underscores, its unit last
	Help    string // one line
	Samples []Sample
}

// Sample is one value of a metric.
type Sample struct {
	Labels []Label
	Value  float64
}

// Label tells samples of a metric apart. The value may be any text.
type Label struct{ Name, Value string }

// Write writes metrics, all of them gauges; one without samples is left out.
func Write(metrics []Metric) []byte {
	var b bytes.Buffer
	for _, m := range metrics {
		if len(m.Samples) == 0 {
			continue
		}
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s gauge\n", m.Name, m.Help, m.Name)
		for _, s := range m.Samples {
			fmt.Fprintf(&b, "%s %s\n", series(m.Name, s.Labels), strconv.FormatFloat(s.Value, 'f', -1, 64))
		}
	}
	return b.Bytes()
}

// Read finds the value of one sample in what Write has written.
func Read(text []byte, name string, labels []Label) (value float64, ok bool) {
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
func series(name string, labels []Label) string {
	var parts []string
	for _, l := range labels {
		parts = append(parts, l.Name+`="`+escaper.Replace(strings.ToValidUTF8(l.Value, "\ufffd"))+`"`)
	}
	return name + "{" + strings.Join(parts, ",") + "}"
}

// escaper makes text fit for a label's value.
var escaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
