package render

import (
	"testing"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"web-01.example.com":    "web-01.example.com",
		"größe 東京 ✓":            "größe 東京 ✓",
		"\x1b[2J":               `\x1b[2J`,
		"a\tb\nc\rd\x7f\x00":    `a\x09b\x0ac\x0dd\x7f\x00`,
		"\u009b31m":             `\x9b31m`,
		"txt.\u202eexe":         `txt.\u202eexe`,
		"\u2066\u2069\u200f":    `\u2066\u2069\u200f`,
		"a\u00a0b\u2028c":       `a\xa0b\u2028c`,
		"zero\u200bwidth":       `zero\u200bwidth`,
		"tag\U000e0041":         `tag\U000e0041`,
		"filler\u3164sel\ufe0f": `filler\u3164sel\ufe0f`,
		"broken\xff\xfe":        `broken\xff\xfe`,
		"\ufffd":                "\ufffd",
		"::error::x":            `\x3a:error::x`,
		"  ::error::x":          `  \x3a:error::x`,
		"a::b #[c]":             "a::b #[c]",
		"a##[add-mask]b###[":    `a\x23#[add-mask]b#\x23#[`,
	} {
		if got := Escape(in); got != want {
			t.Errorf("Escape(%q) = %s, want %s", in, got, want)
		}
	}
	if got, want := EscapeLines("a\x1b\nhint: b\r"), "a\\x1b\nhint: b\\x0d"; got != want {
		t.Errorf("EscapeLines gives %q, want %q", got, want)
	}
}

// In colour only the part of a text that changed is marked, in whole characters.
func TestFieldChange(t *testing.T) {
	text := planner.Text
	for _, test := range []struct {
		name     string
		from, to planner.Value
		plain    string
		color    string
	}{
		{"a part", text("db01.example.com"), text("db-01.example.com"), "db01.example.com → db-01.example.com",
			"db01.example.com → db\x1b[32;4m-\x1b[0m01.example.com"},
		{"one character of two bytes", text("caf\u00e9"), text("caf\u00e8"), "café → cafè",
			"caf\x1b[31;4mé\x1b[0m → caf\x1b[32;4mè\x1b[0m"},
		{"null", planner.Value{}, text("a"), "(none) → a", "\x1b[31m(none)\x1b[0m → \x1b[32ma\x1b[0m"},
		{"cleared", text("a"), text(""), `a → ""`, "\x1b[31ma\x1b[0m → \x1b[32m\"\"\x1b[0m"},
		{"references", planner.Reference(planner.Named{ID: "1"}), planner.Reference(planner.Named{ID: "2", Name: "big"}), "1 → big",
			"\x1b[31m1\x1b[0m → \x1b[32mbig\x1b[0m"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := planner.FieldChange{Field: fleet.FieldHostname, From: test.from, To: test.to}
			bare, painted := Style{}.fieldChange(f), Style{Color: true}.fieldChange(f)
			if bare.text != test.plain || painted.text != test.color {
				t.Errorf("got %q and %q, want %q and %q", bare.text, painted.text, test.plain, test.color)
			}
			if bare.width != painted.width || bare.width != len([]rune(test.plain)) {
				t.Errorf("widths are %d and %d, want %d", bare.width, painted.width, len([]rune(test.plain)))
			}
		})
	}
}
