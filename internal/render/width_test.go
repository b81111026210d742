package render

import (
	"strings"
	"testing"
)

// All text keeps to the width of the terminal, but for a long word.
func TestTextKeepsToTheWidth(t *testing.T) {
	mixed, mixedResult := mixedResultCase(t)
	failed, failedResult := failedCase(t, true)
	drift, driftPlan := driftCase(t)
	if indented := "  servers: {web-01: {colour: red, plan: 1, os: 5}}\n                     ^\n"; Fold(indented, 40) != indented {
		t.Errorf("a line of a file is folded:\n%s", Fold(indented, 40))
	}
	const again = "fleet apply --file w/mixed.yaml --target web-01"
	if got, want := (Style{Width: 40}).command(again+" -l 'it'\\''s a b'"), "    fleet apply --file w/mixed.yaml \\\n      --target web-01 -l 'it'\\''s a b'\n"; got != want {
		t.Errorf("the command is %q, want %q", got, want)
	}
	for _, w := range []int{130, 100, 80, 60, 40} {
		s := Style{Width: w}
		for name, text := range map[string]string{
			"summary":        Plan(mixed, Style{Width: w, View: Summary}),
			"whole plan":     Plan(mixed, Style{Width: w, View: Whole}),
			"question":       Question(mixed, s),
			"result":         Result(Run{Plan: mixed, Result: mixedResult}, mixed.Blocked, s),
			"failed result":  Result(Run{Plan: failed, Result: failedResult, Again: again}, nil, s),
			"drift":          Drift(Run{Drift: drift, Plan: driftPlan}, false, s),
			"estimate":       Estimate(mixed, documented, s),
			"requests":       Requests{Kinds: []KindCount{{"list", 4}, {"create", 12}, {"power call", 3}}, Throttled: 2, Retried: 7}.Line(s),
			"message":        Fold("Interrupted: starting nothing new, finishing what is in flight. Interrupt again to leave at once.\n", w),
			"rollouts' plan": Plan(rolledPlan(t), s),
		} {
			for l := range strings.Lines(text) {
				l = strings.TrimRight(l, " \n")
				if width(l) > w && strings.Contains(strings.TrimSpace(l), " ") {
					t.Errorf("the %s at %d columns has a line of %d:\n%s", name, w, width(l), l)
				}
			}
		}
	}
}
