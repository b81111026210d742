package planner_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// BenchmarkPlan makes plans of more and more changes, a third of each kind: creates,
// updates and deletes. Ten times as many should take ten times as long.
func BenchmarkPlan(b *testing.B) {
	for _, size := range []int{1000, 10_000, 100_000} {
		f, o := many(b, size)
		p := planner.Diff(f, o, planner.Selection{})
		if len(p.Changes) != 3*(size/3) {
			b.Fatalf("%d changes", len(p.Changes))
		}
		var doc bytes.Buffer
		if err := planner.Encode(&doc, p, nil); err != nil {
			b.Fatal(err)
		}
		for _, step := range []struct {
			name string
			do   func() error
		}{
			{"diff", func() error { planner.Diff(f, o, planner.Selection{}); return nil }},
			{"encode", func() error { return planner.Encode(&bytes.Buffer{}, p, nil) }},
			{"decode", func() error { _, err := planner.Decode(bytes.NewReader(doc.Bytes())); return err }},
			{"remaining", func() error { p.Remaining(o); return nil }},
			{"jobs", func() error { p.Jobs(); return nil }},
		} {
			b.Run(fmt.Sprintf("%s/%d", step.name, size), func(b *testing.B) {
				for b.Loop() {
					if err := step.do(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/change")
			})
		}
	}
}

// many is a fleet and a world a third of which is to be created, updated and deleted.
func many(b *testing.B, size int) (*fleet.Fleet, planner.Observation) {
	n := size / 3
	f, err := fleet.Parse(fleet.Text{Name: "fleet.yaml", Data: fmt.Appendf(nil, `
version: 1
unlisted: delete
owns: ["old-*"]
guards: {max_deletes: 100%%}
defaults: {plan: 1, os: 5, location: us-west}
servers:
  "new-[1:%d]": {hostname: "{name}.example.com"}
  "web-[1:%d]": {hostname: "{name}.example.com"}
`, n, n)})

	if err != nil {
		b.Fatal(err)
	}
	var o planner.Observation
	for i := range n {
		for _, name := range []string{"web", "old"} {
			hostname := "former.example.com"
			o.Servers = append(o.Servers, planner.Server{ID: fmt.Sprintf("%s%d", name, i), Name: fmt.Sprintf("%s-%d", name, i+1),
				Hostname: &hostname, Status: planner.StatusActive, Location: "us-west", Plan: planner.Named{ID: "1"}, OS: planner.Named{ID: "5"}})
		}
	}
	return f, o
}
