package metrics_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vps-fleet/fleet/internal/metrics"
)

func TestWrite(t *testing.T) {
	got := string(metrics.Write([]metrics.Metric{
		{Name: "fleet_servers", Help: "Servers, by status.", Samples: []metrics.Sample{
			{Labels: []metrics.Label{{Name: "file", Value: "a.yaml"}, {Name: "status", Value: "active"}}, Value: 12},
			{Labels: []metrics.Label{{Name: "file", Value: "C:\\a \"b\"\nc"}, {Name: "status", Value: "other"}}, Value: 0.25},
		}},
		{Name: "fleet_none", Help: "Nothing was measured."},
		{Name: "fleet_run_timestamp_seconds", Help: "When.", Samples: []metrics.Sample{{Value: 1764000000}}},
	}))
	want := `# HELP fleet_servers Servers, by status.
# TYPE fleet_servers gauge
fleet_servers{file="a.yaml",status="active"} 12
fleet_servers{file="C:\\a \"b\"\nc",status="other"} 0.25
# HELP fleet_run_timestamp_seconds When.
# TYPE fleet_run_timestamp_seconds gauge
fleet_run_timestamp_seconds{} 1764000000
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Whatever text is in a label: every line is one of the format's, and the value
// is found again.
func TestReadsBack(t *testing.T) {
	line := regexp.MustCompile(`^(# (HELP|TYPE) m .*|m\{l="([^"\\\n]|\\["\\n])*"\} -?[0-9.]+)$`)
	rapid.Check(t, func(t *rapid.T) {
		labels := []metrics.Label{{Name: "l", Value: rapid.String().Draw(t, "label")}}
		value := float64(rapid.IntRange(-1e9, 2e9).Draw(t, "value")) / 8
		text := metrics.Write([]metrics.Metric{{Name: "m", Help: "Help.", Samples: []metrics.Sample{
			{Labels: []metrics.Label{{Name: "l", Value: labels[0].Value + "x"}}, Value: 1}, {Labels: labels, Value: value}}}})
		for l := range strings.SplitSeq(strings.TrimSuffix(string(text), "\n"), "\n") {
			if !line.MatchString(l) {
				t.Fatalf("%q is no line of the format", l)
			}
		}
		if got, ok := metrics.Read(text, "m", labels); !ok || got != value {
			t.Fatalf("read %v, %v, want %v", got, ok, value)
		}
	})
}

func TestReadsNothing(t *testing.T) {
	for _, text := range []string{"", "m 1", "m{} x\n", "mm{} 1\n", "# m{} 1\n"} {
		if v, ok := metrics.Read([]byte(text), "m", nil); ok {
			t.Errorf("%q has %v", text, v)
		}
	}
}
