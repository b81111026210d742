package fleet

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

// TestUnclosed marks the place that is found by a ^ before it.
func TestUnclosed(t *testing.T) {
	tests := []string{
		"a: {b: 1, c: [2, 3], d: \"}\", e: 'it''s ]'} # {",
		"a-[1:3]: {b: don't, c: x[1]}\nd: e{f",
		"a: ^{b: 1\nc: {d: 1}\n",
		"a: ^{b: {c: 1\n}\n",
		"a: {\n  b: ^{c: 1\n}\n",
		"a: {\n  b: {c: 1},\n}\n",
		"a: {b: ^[c}",
		"a: {b: ^\"c}",
		"a: ^'b",
		"a: {b: \"\\\"}\"}",
		"a: ^{b}.c",
		"a: {b: 1}^}",
		"- &x {a: *y}\n- ^[*z",
		"- - ^{",
		"? ^[",
	}
	for _, test := range tests {
		text, want := strings.Replace(test, "^", "", 1), strings.IndexByte(test, '^')
		got := -1
		if bad := unclosed([]byte(text)); bad != nil {
			got = bad.at
		}
		if got != want {
			t.Errorf("%q: found %d, want %d", text, got, want)
		}
	}
}

// TestUnclosedProperty takes the last bracket or quote away from a flow mapping on
// one line: its partner is found.
func TestUnclosedProperty(t *testing.T) {
	var value func(t *rapid.T, depth int) string
	value = func(t *rapid.T, depth int) string {
		kind := rapid.IntRange(0, 4).Draw(t, "kind")
		if depth == 0 {
			kind = rapid.IntRange(0, 2).Draw(t, "scalar")
		}
		switch kind {
		case 0:
			return rapid.SampledFrom([]string{"1", "web-01", "don't", "a b"}).Draw(t, "plain")
		case 1:
			return rapid.SampledFrom([]string{`"{name}"`, `"\"]"`, `""`}).Draw(t, "double")
		case 2:
			return rapid.SampledFrom([]string{`'it''s'`, `'}'`, `''`}).Draw(t, "single")
		case 3:
			return "[" + value(t, depth-1) + ", " + value(t, depth-1) + "]"
		}
		return "{ k: " + value(t, depth-1) + ", l: " + value(t, depth-1) + " }"
	}
	rapid.Check(t, func(t *rapid.T) {
		text := "a:\n  b: { x: " + value(t, 3) + " }\n  c: 1\n"
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(text), &n); err != nil {
			t.Fatalf("%v in %q", err, text)
		}
		if bad := unclosed([]byte(text)); bad != nil {
			t.Fatalf("%q: %s at %d", text, bad.message, bad.at)
		}
		cut := strings.LastIndex(text, "}")
		broken := text[:cut] + text[cut+1:]
		if bad := unclosed([]byte(broken)); bad == nil || bad.at != strings.IndexByte(text, '{') {
			t.Fatalf("%q: found %+v", broken, bad)
		}
	})
}
