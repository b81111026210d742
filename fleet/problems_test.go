package fleet

import (
	"strings"
	"testing"
)

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("x", 200)
	tests := []struct {
		line   string
		column int
		text   string
		before int
	}{
		{"plan: 1", 1, "plan: 1", 0},
		{"plan: 1", 7, "plan: 1", 6},
		{"plan: 1", 8, "plan: 1", 7},
		{"", 1, "", 0},
		{"plan:", 99, "…", 1},
		{"\tplan: 1", 2, `\tplan: 1`, 2},
		{"é\x1b\u202ex", 4, `é\x1b\u202ex`, 11},
		{"\xff\xfea", 3, `\xff\xfea`, 8},
		{long, 1, strings.Repeat("x", 51) + "…", 0},
		{long, 100, "…" + strings.Repeat("x", 101) + "…", 51},
		{long, 200, "…" + strings.Repeat("x", 51), 51},
	}
	for _, test := range tests {
		text, before := excerpt(test.line, test.column)
		if text != test.text || before != test.before {
			t.Errorf("excerpt(%q, %d) = %q, %d; want %q, %d", test.line, test.column, text, before, test.text, test.before)
		}
	}
}

func TestQuote(t *testing.T) {
	tests := map[string]string{
		"web":                         `"web"`,
		"a\"b\x1b\u202e":              `"a\"b\x1b\u202e"`,
		strings.Repeat("é", 40):       `"` + strings.Repeat("é", 30) + `"…`,
		"x" + strings.Repeat("é", 40): `"x` + strings.Repeat("é", 29) + `"…`,
	}
	for text, want := range tests {
		if got := quote(text); got != want {
			t.Errorf("quote(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"plan", "plan", 0}, {"paln", "plan", 2},
		{"hostnme", "hostname", 1}, {"kitten", "sitting", 3}, {strings.Repeat("a", 65), "a", 64},
	}
	for _, test := range tests {
		if got := Distance(test.a, test.b); got != test.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	tests := map[string]string{
		"hostnme": `did you mean "hostname"?`, "plan_id": `did you mean "plan"?`, "os_id": `did you mean "os"?`,
		"ssh_key_id": `did you mean "ssh_key"?`, "backups": `did you mean "backups_enabled"?`, "region": "", "x": "", "colour": "",
	}
	for word, want := range tests {
		if got := didYouMean(word, entryFields); got != want {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
}
