package fleet

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// BenchmarkParse reads 100,000 single entries and reports how many times as long
// that takes as YAML alone.
func BenchmarkParse(b *testing.B) {
	var text bytes.Buffer
	text.WriteString("version: 1\ndefaults: { os: 5 }\nservers:\n")
	for i := range 100_000 {
		fmt.Fprintf(&text, "  web-%06d:\n    plan: 1\n    location: us-west\n    hostname: web%06d.example.com\n    backups_enabled: true\n", i, i)
	}
	b.SetBytes(int64(text.Len()))
	var alone, whole time.Duration
	for b.Loop() {
		start := time.Now()
		var n yaml.Node
		if err := yaml.Unmarshal(text.Bytes(), &n); err != nil {
			b.Fatal(err)
		}
		middle := time.Now()
		f, err := Parse(Text{"fleet.yaml", text.Bytes()})
		if err != nil || len(f.Servers) != 100_000 {
			b.Fatal(err)
		}
		alone += middle.Sub(start)
		whole += time.Since(middle)
	}
	b.ReportMetric(whole.Seconds()/float64(b.N), "parse-s/op")
	b.ReportMetric(float64(whole)/float64(alone), "x-yaml")
}
