package metrics

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestText(t *testing.T) {
	var g gauges
	g.add("fleet_servers", "Servers, by status.", 12, label{"file", "a.yaml"}, label{"status", "active"})
	g.add("fleet_run_timestamp_seconds", "When.", 1764000000)
	g.add("fleet_servers", "Servers, by status.", 0.25, label{"file", "C:\\a \"b\"\nc"}, label{"status", "other"})
	got := string(g.text())
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
		labels := []label{{"l", rapid.String().Draw(t, "label")}}
		value := float64(rapid.IntRange(-1e9, 2e9).Draw(t, "value")) / 8
		var g gauges
		g.add("m", "Help.", 1, label{"l", labels[0].value + "x"})
		g.add("m", "Help.", value, labels...)
		text := g.text()
		for l := range strings.SplitSeq(strings.TrimSuffix(string(text), "\n"), "\n") {
			if !line.MatchString(l) {
				t.Fatalf("%q is no line of the format", l)
			}
		}
		if got, ok := read(text, "m", labels); !ok || got != value {
			t.Fatalf("read %v, %v, want %v", got, ok, value)
		}
	})
}

func TestReadsNothing(t *testing.T) {
	for _, text := range []string{"", "m 1", "m{} x\n", "mm{} 1\n", "# m{} 1\n"} {
		if v, ok := read([]byte(text), "m", nil); ok {
			t.Errorf("%q has %v", text, v)
		}
	}
}
