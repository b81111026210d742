package fleet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAddToCatalog gives names to ids in every style of a catalog.
func TestAddToCatalog(t *testing.T) {
	plans := []FieldText{field("big", "2"), field(`"1e3"`, QuoteID("a b"))}
	systems := []FieldText{field("debian-12", "3")}
	tests := []struct{ name, text, want string }{
		{"none", "version: 1\n\n# all\nservers:\n  a: {}\n",
			"version: 1\n\ncatalog:\n  plans: { big: 2, \"1e3\": \"a b\" }\n  os: { debian-12: 3 }\n\n# all\nservers:\n  a: {}\n"},
		{"no servers either", "version: 1\n", "version: 1\ncatalog:\n  plans: { big: 2, \"1e3\": \"a b\" }\n  os: { debian-12: 3 }\n"},
		{"on one line", "version: 1\ncatalog: { plans: { small: 1 } } # ids\nservers: {}\n",
			"version: 1\ncatalog: { plans: { small: 1, big: 2, \"1e3\": \"a b\" }, os: { debian-12: 3 } } # ids\nservers: {}\n"},
		{"on lines", "version: 1\ncatalog:\n    plans: # sizes\n        small: 1 # tiny\n\n    os:\n        x: 1\n    # below\nservers: {}\n",
			"version: 1\ncatalog:\n    plans: # sizes\n        small: 1 # tiny\n        big: 2\n        \"1e3\": \"a b\"\n\n    os:\n        x: 1\n        debian-12: 3\n    # below\nservers: {}\n"},
		{"empty", "version: 1\ncatalog: {}\nservers: {}\n", "version: 1\ncatalog: { plans: { big: 2, \"1e3\": \"a b\" }, os: { debian-12: 3 } }\nservers: {}\n"},
		{"empty groups", "version: 1\ncatalog: {plans: {}, os: { }}\nservers: {}\n", "version: 1\ncatalog: {plans: { big: 2, \"1e3\": \"a b\" }, os: { debian-12: 3 }}\nservers: {}\n"},
	}
	for _, test := range tests {
		for _, end := range []string{"\n", "\r\n"} {
			text := strings.ReplaceAll(test.text, "\n", end)
			l, err := ReadLayout(Text{"fleet.yaml", []byte(text)})
			if err != nil {
				t.Fatal(err)
			}
			edits, err := l.AddToCatalog(plans, systems)
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
				continue
			}
			got, err := l.Splice(edits)
			if diff := cmp.Diff(strings.ReplaceAll(test.want, "\n", end), string(got)); diff != "" || err != nil {
				t.Errorf("%s: %v, -want +got\n%s", test.name, err, diff)
			}
		}
	}
	for _, text := range []string{"{version: 1, servers: {}}\n", "version: 1\ncatalog: { plans: 1 }\n", "version: 1\ncatalog: 1\n", "version: 1\ncatalog: &c {}\ndefaults: *c\n"} {
		l, err := ReadLayout(Text{"fleet.yaml", []byte(text)})
		if err != nil {
			t.Fatal(err)
		}
		if edits, err := l.AddToCatalog(plans, nil); err == nil && !strings.Contains(text, "&c") {
			t.Errorf("%q: %v", text, edits)
		}
	}
}

func TestEntryAt(t *testing.T) {
	text := "version: 1\ndefaults: { os: 5 }\nservers:\n  a: &a { plan: &p 1 }\n  \"b-[1:3]\": *a\n  c: { plan: *p, hostname: x }\n"
	l, err := ReadLayout(Text{"fleet.yaml", []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	f := mustParse(t, text)
	for name, want := range map[string]string{"a": "a", "b-2": "b-[1:3]", "c": "c"} {
		s, _ := f.Lookup(name)
		if key, ok := l.KeyAt(s.Source.Entry); key != want || !ok {
			t.Errorf("%s is listed as %q", name, key)
		}
	}
	if key, ok := l.KeyAt(Pos{Line: 1, Column: 1}); ok {
		t.Errorf("the first line lists %s", key)
	}
	for _, test := range []struct {
		key   string
		field Field
		want  bool
	}{{"a", FieldPlan, true}, {"a", FieldOS, false}, {"b-[1:3]", FieldPlan, false}, {"c", FieldPlan, false}, {"c", FieldHostname, true}, {"d", FieldPlan, false}} {
		if got := l.Writes(test.key, test.field); got != test.want {
			t.Errorf("%s of %s: %v", test.field, test.key, got)
		}
	}
}

// What may be written is what reading takes.
func TestWhatCanBeWritten(t *testing.T) {
	for _, name := range []string{"a", "a b", "Büro", "null", "a_[1:3]", "a[", "<<", "", "a-[1:3]", "x--next", "a\tb", "a\nb", "\u202ea", strings.Repeat("x", 255), strings.Repeat("x", 256)} {
		_, err := Parse(Text{"f.yaml", []byte("version: 1\nservers:\n  " + quoteKey(name, true) + ": { id: 7 }\n")})
		if got := CanList(name); got != (err == nil) {
			t.Errorf("CanList(%q) is %v, and reading it says %v", name, got, err)
		}
	}
	for _, text := range []string{"us-west", "1", "no", "", "a b", "5e7e0000-0000-4000-8000-000000000001", "ü"} {
		_, err := Parse(Text{"f.yaml", []byte("version: 1\nservers:\n  a: { location: " + QuoteText(text) + " }\n")})
		if got := ValidCode(text); got != (err == nil) {
			t.Errorf("ValidCode(%q) is %v, and reading it says %v", text, got, err)
		}
		_, err = Parse(Text{"f.yaml", []byte("version: 1\nservers:\n  a: { hostname: " + QuoteText(text) + " }\n")})
		if got := ValidHostname(text); got != (err == nil) {
			t.Errorf("ValidHostname(%q) is %v, and reading it says %v", text, got, err)
		}
		_, err = Parse(Text{"f.yaml", []byte("version: 1\nowns: [" + QuoteText(text) + "]\nservers: {}\n")})
		if got := ValidPattern(text); got != (err == nil) {
			t.Errorf("ValidPattern(%q) is %v, and reading it says %v", text, got, err)
		}
	}
}
