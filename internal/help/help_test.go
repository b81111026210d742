package help

import "testing"

// No key of a fleet file is without words.
func TestFileKeys(t *testing.T) {
	for _, l := range FileKeys() {
		for _, r := range l.Rows {
			if r.Text == "" {
				t.Errorf("%s, the schema does not say what %s is for", l.Title, r.Head)
			}
		}
	}
}

func TestRoffEscape(t *testing.T) {
	for text, want := range map[string]string{
		"a-b":       `a\-b`,
		`C:\x "y"`:  `C:\ex \(dqy\(dq`,
		".hidden":   `\&.hidden`,
		"a\n.fi\nb": "a\n\\&.fi\nb",
		"'tis ~`^":  `\(aqtis \(ti\(ga\(ha`,
	} {
		if got := roffEscape(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
