package fleet

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestSelectorMatches(t *testing.T) {
	labels := Labels{"role": "web", "env": "prod", "zone": "a", "note": "x, y", "none": "", "in": "yes"}
	tests := []struct {
		selector string
		want     bool
	}{
		{"role=web", true}, {"role==web", true}, {" role = web ", true}, {"role=db", false}, {"gone=web", false},
		{"role!=web", false}, {"role!=db", true}, {"gone!=x", true},
		{"zone in (a, b)", true}, {"zone in (b,c)", false}, {"gone in (a)", false}, {"zone in(a)", true},
		{"zone notin (b, c)", true}, {"zone notin (a)", false}, {"gone notin (a)", true},
		{"role", true}, {"gone", false}, {"!role", false}, {"!gone", true}, {"! gone", true},
		{"role=web,env=prod", true}, {"role=web,env!=prod", false}, {"role,zone in (a,b),!gone", true},
		{`note="x, y"`, true}, {`note in ("x, y", z)`, true}, {"none=", true}, {`none=""`, true}, {"none=,role", true}, {"role=", false},
		{"in=yes", true}, {"in in (yes)", true}, {"!in", false}, {"in", true},
	}
	for _, test := range tests {
		s, err := ParseSelector(test.selector)
		if err != nil {
			t.Errorf("%s: %v", test.selector, err)
			continue
		}
		if got := s.Matches(labels); got != test.want {
			t.Errorf("%s is %v", test.selector, got)
		}
	}
	role, _ := ParseSelector("role=web")
	dev, _ := ParseSelector("env=dev")
	if (Selector{}).Matches(nil) != true || role.And(dev).Matches(labels) || !role.And(Selector{}).Matches(labels) {
		t.Error("And, or the selector of everything, is wrong")
	}
}

// TestSelectorErrors holds what a person reads; a ^ stands before the place.
func TestSelectorErrors(t *testing.T) {
	tests := []struct{ selector, message string }{
		{"^", "a label is missing"},
		{"role=web,^", "a label is missing"},
		{"role=web,^,env=dev", "a label is missing"},
		{"^=web", "a label is missing"},
		{"!^", "a label is missing"},
		{"role ^web", `"web" is neither =, !=, in nor notin`},
		{"role=web ^env=dev", "a comma is missing"},
		{"role=^(web)", "a value is missing"},
		{"role=^!web", "a value is missing"},
		{"role=web, ^", "a label is missing"},
		{"role in ^web", "a ( is missing"},
		{"role in (^)", "a value is missing"},
		{"role in (web^", "a comma or a ) is missing"},
		{"role in (web,^", "a value is missing"},
		{"^é=1", `no label has the key "é"`},
		{"^Role=web", `no label has the key "Role"`},
		{"a,^app-tier=web", `no label has the key "app-tier"`},
		{"shards^>3", "labels are text, which > does not compare"},
		{`note=^"x`, "a value is missing"},
		{"role=^" + strings.Repeat("x", 64), "the value has 64 characters; no label has more than 63"},
		{"role\x1b[31m^=web", ""},
	}
	for _, test := range tests {
		text, place, _ := strings.Cut(test.selector, "^")
		column := 1 + utf8.RuneCountInString(text)
		text += place
		_, err := ParseSelector(text)
		var bad *SelectorError
		if !errors.As(err, &bad) || test.message != "" && bad.Message != test.message {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if test.message != "" && bad.Column != column {
			t.Errorf("%s: column %d, want %d", text, bad.Column, column)
		}
		if strings.Contains(err.Error(), "\x1b") {
			t.Errorf("control characters in %q", err)
		}
	}
	_, err := ParseSelector("role=web, app-tier=x")
	want := "malformed selector: no label has the key \"app-tier\"\n  role=web, app-tier=x\n            ^"
	if err.Error() != want {
		t.Errorf("got\n%s\nwant\n%s", err, want)
	}
}

// TestSelectorOfEntries holds that an entry's labels are merged over the defaults'.
func TestSelectorOfEntries(t *testing.T) {
	f := mustParse(t, "version: 1\ndefaults: { labels: { env: prod, role: app } }\nservers:\n  a: { labels: { role: web } }\n  b: {}\n  c: { absent: true }\n")
	for selector, want := range map[string]string{
		"env=prod": "ab", "role=web": "a", "role!=web": "bc", "!env": "c", "env=dev": "",
	} {
		s, err := ParseSelector(selector)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, e := range f.Servers {
			if s.Matches(e.Labels) {
				got += e.Name
			}
		}
		if got != want {
			t.Errorf("%s selects %s, want %s", selector, got, want)
		}
	}
	a, _ := f.Lookup("a")
	b, _ := f.Lookup("b")
	if a, b := a.Source.At(FieldLabels).String(), b.Source.At(FieldLabels).String(); a != "fleet.yaml:4:16" || b != "fleet.yaml:2:21" {
		t.Errorf("labels of a are at %s, and of b at %s", a, b)
	}
}

func TestSelectorStringProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.SampledFrom([]string{"", "a", "b c", `"`, "é,(", "in", "x=y"}), 1, 3)
		terms := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) term {
			x := term{key: rapid.SampledFrom([]string{"a", "b_1", "in"}).Draw(t, "key"), not: rapid.Bool().Draw(t, "not"), exists: rapid.Bool().Draw(t, "exists")}
			if !x.exists {
				x.values = values.Draw(t, "values")
			}
			return x
		}), 1, 4).Draw(t, "terms")
		s := Selector{terms}
		again, err := ParseSelector(s.String())
		if err != nil || again.String() != s.String() {
			t.Fatalf("%s becomes %s, %v", s, again, err)
		}
		labels := rapid.MapOf(rapid.SampledFrom([]string{"a", "b_1", "in"}), rapid.SampledFrom([]string{"", "a", "b c", `"`, "z"})).Draw(t, "labels")
		if s.Matches(labels) != again.Matches(labels) {
			t.Fatalf("%s and %s differ for %v", s, again, labels)
		}
	})
}

func FuzzSelector(f *testing.F) {
	for _, text := range []string{"role=web,env!=dev", "zone in (a, b),!x", `a="b\"c"`, "a in (", "\xff=é", "a notin (b),,"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSelector(text)
		if err != nil {
			bad, ok := err.(*SelectorError)
			if !ok || bad.Message == "" || bad.Column < 1 || bad.Column > utf8.RuneCountInString(text)+1 {
				t.Fatalf("error %#v of %q", err, text)
			}
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return invisible(r) && r != '\n' }) {
				t.Fatalf("control characters in %q", err)
			}
			return
		}
		if again, err := ParseSelector(s.String()); err != nil || again.String() != s.String() {
			t.Fatalf("%q is %q, then %q, %v", text, s, again, err)
		}
	})
}
