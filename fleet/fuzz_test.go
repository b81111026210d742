package fleet

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// FuzzParse holds that no text makes the parser panic, that it says the same
// twice, that problems stand inside the text, and that what leaves it keeps the
// promises of the types.
func FuzzParse(f *testing.F) {
	bad, _ := filepath.Glob("testdata/bad/*.yaml")
	for _, file := range append(bad, examples...) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 16<<10 {
			return
		}
		fleet, err := Parse(Text{"fleet.yaml", data})
		again, errAgain := Parse(Text{"fleet.yaml", data})
		if !reflect.DeepEqual(fleet, again) {
			t.Fatalf("parses to %v, then to %v", fleet, again)
		}
		if err == nil {
			checkFleet(t, fleet)
			return
		}
		if errAgain == nil || err.Error() != errAgain.Error() {
			t.Fatalf("%v, then %v", err, errAgain)
		}
		if strings.ContainsFunc(err.Error(), func(r rune) bool { return invisible(r) && r != '\n' }) {
			t.Fatalf("control characters in %q", err)
		}
		lines := strings.Count(strings.ReplaceAll(string(data), "\r", "\n"), "\n") + 1
		for _, p := range err.(Problems) {
			if p.Message == "" || p.Pos.Line > lines || p.Pos.Line > 0 && p.Pos.Column < 1 {
				t.Fatalf("problem %#v in %d lines", p, lines)
			}
		}
	})
}

func checkFleet(t *testing.T, f *Fleet) {
	t.Helper()
	for i, s := range f.Servers {
		switch {
		case i > 0 && f.Servers[i-1].Name >= s.Name:
			t.Fatalf("%s is not in order", s.Name)
		case s.ID == "" && !ValidName(s.Name), s.Name == "" || len(s.Name) > maxName || strings.ContainsFunc(s.Name, invisible),
			strings.HasSuffix(s.Name, NextSuffix), s.Source == nil:
			t.Fatalf("malformed server %+v", s)
		}
		if s.Hostname != nil {
			if bad, _ := badHostname(*s.Hostname); bad != "" {
				t.Fatalf("%s has hostname %q", s.Name, *s.Hostname)
			}
		}
		if found, ok := f.Lookup(s.Name); !ok || found != &f.Servers[i] {
			t.Fatalf("cannot look up %s", s.Name)
		}
	}
}

// FuzzEdit changes a field of each entry of any file that can be read: the new text
// says what was meant, or the change is refused.
func FuzzEdit(f *testing.F) {
	for _, file := range examples {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("version: 1\nservers:\n  a: &x {plan: &p 1}\n  ? b\n  : *x\n  c:\n    plan: >-\n      x\n       y\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4<<10 {
			return
		}
		before, err := Parse(Text{"fleet.yaml", data})
		if err != nil || len(before.Servers) > 1000 {
			return
		}
		l, err := ReadLayout(Text{"fleet.yaml", data})
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range l.Keys() {
			p, bad := parsePattern(key)
			if s, _ := before.Lookup(firstName(p)); bad != nil || s == nil || s.Absent {
				continue
			}
			edits, err := l.Set(key, FieldText{FieldPlan, "77"})
			if err != nil {
				continue
			}
			text, err := l.Splice(edits)
			if err != nil {
				t.Fatal(err)
			}
			after, err := Parse(Text{"fleet.yaml", text})
			if err != nil {
				t.Fatalf("%q becomes %q: %v", data, text, err)
			}
			for i, s := range before.Servers {
				if p.has(s.Name) {
					s.Plan = Ref{ID: "77"}
				}
				s.Source, after.Servers[i].Source = nil, nil
				if !reflect.DeepEqual(s, after.Servers[i]) {
					t.Fatalf("%q becomes %q: %+v, not %+v", data, text, after.Servers[i], s)
				}
			}
		}
	})
}

func firstName(p pattern) string {
	if len(p.literals) == 0 {
		return ""
	}
	name, _ := p.name(0)
	return name
}
