package fleet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func field(f Field, text string) FieldText { return FieldText{f, text} }

var databaseEntry = NewEntry{Key: "db-01", Fields: []FieldText{field(FieldPlan, "2"), field(FieldHostname, QuoteText("db-01.example.com"))}}

// editTests are files, edits, and the files that come of them.
var editTests = []struct {
	name, text string
	edit       func(l *Layout) ([]Edit, error)
	want       string
}{
	{"after, on lines of its own", "version: 1\nservers:\n  web-01:   # front\n      plan: 1  # small\n      # its comment\n\n  # cache\n  z: { plan: 1 }\n",
		func(l *Layout) ([]Edit, error) { return l.Insert(Place{Key: "web-01"}, databaseEntry) },
		"version: 1\nservers:\n  web-01:   # front\n      plan: 1  # small\n      # its comment\n  db-01:\n      plan: 2\n      hostname: db-01.example.com\n\n  # cache\n  z: { plan: 1 }\n"},
	{"after the last, on one line", "version: 1\nservers:\n  a: {}\n  z: { plan: 1 } # last\n\n# end\n",
		func(l *Layout) ([]Edit, error) { return l.Insert(Place{}, databaseEntry) },
		"version: 1\nservers:\n  a: {}\n  z: { plan: 1 } # last\n  db-01: { plan: 2, hostname: db-01.example.com }\n\n# end\n"},
	{"after the last, without a last line end", "version: 1\nservers:\n  z: { plan: 1 }",
		func(l *Layout) ([]Edit, error) {
			return l.Insert(Place{}, NewEntry{Key: "web-[1:3]", Apart: true}, NewEntry{Key: "web_4", Fields: []FieldText{field(FieldID, "7")}})
		},
		"version: 1\nservers:\n  z: { plan: 1 }\n\n  web-[1:3]: {}\n  \"web_4\": { id: 7 }"},
	{"before", "version: 1\nservers:\n  # about a\n  a:\n    plan: 1\n  # about z\n  z:\n",
		func(l *Layout) ([]Edit, error) { return l.Insert(Place{Key: "z", Before: true}, databaseEntry) },
		"version: 1\nservers:\n  # about a\n  a:\n    plan: 1\n  db-01:\n    plan: 2\n    hostname: db-01.example.com\n  # about z\n  z:\n"},
	{"before the first", "version: 1\nservers:\n  # about a\n  a: { plan: 1 }\n",
		func(l *Layout) ([]Edit, error) { return l.Insert(Place{Key: "a", Before: true}, databaseEntry) },
		"version: 1\nservers:\n  db-01: { plan: 2, hostname: db-01.example.com }\n  # about a\n  a: { plan: 1 }\n"},
	{"into a flow mapping", "version: 1\nservers: { a: { plan: 1 }, b, } # all\n",
		func(l *Layout) ([]Edit, error) { return l.Insert(Place{Key: "b"}, NewEntry{Key: "c-[1:3]"}) },
		"version: 1\nservers: { a: { plan: 1 }, b, \"c-[1:3]\": {}, } # all\n"},
	{"before in a flow mapping", "version: 1\nservers: {a: {plan: 1}}\n",
		func(l *Layout) ([]Edit, error) { return l.Insert(Place{Key: "a", Before: true}, databaseEntry) },
		"version: 1\nservers: {db-01: { plan: 2, hostname: db-01.example.com }, a: {plan: 1}}\n"},
	{"into no servers", "version: 1\nservers: {} # none\nowns: [a]\n",
		func(l *Layout) ([]Edit, error) { return l.Insert(Place{}, databaseEntry) },
		"version: 1\nservers: # none\n  db-01: { plan: 2, hostname: db-01.example.com }\nowns: [a]\n"},
	{"without servers", "version: 1\nowns: [a]\n\n",
		func(l *Layout) ([]Edit, error) { return l.Insert(Place{}, NewEntry{Key: "a"}) },
		"version: 1\nowns: [a]\nservers:\n  a: {}\n\n"},
	{"a value", "version: 1\nservers:\n  a: { hostname: \"a, b\" , plan: 1 }\n  b:\n    location: x # old\n    plan: 'x y'  # odd\n",
		func(l *Layout) ([]Edit, error) {
			return both(l, "a", field(FieldHostname, "x"), "b", field(FieldPlan, "7"))
		},
		"version: 1\nservers:\n  a: { hostname: x , plan: 1 }\n  b:\n    location: x # old\n    plan: 7  # odd\n"},
	{"a new field", "version: 1\nservers:\n  a: { plan: 1 } # a\n  b:\n    plan: 1 # b\n    # more\n  c:\n  d: {}\n  e: ~\n",
		func(l *Layout) ([]Edit, error) {
			edits, err := both(l, "a", field(FieldOS, "5"), "b", field(FieldOS, "6"))
			for key, os := range map[string]string{"c": "7", "d": "8", "e": "9"} {
				more, _ := l.Set(key, field(FieldOS, os))
				edits = append(edits, more...)
			}
			return edits, err
		},
		"version: 1\nservers:\n  a: { plan: 1, os: 5 } # a\n  b:\n    plan: 1 # b\n    os: 6\n    # more\n  c: { os: 7 }\n  d: { os: 8 }\n  e: { os: 9 }\n"},
	{"an entry that is repeated", "version: 1\nservers:\n  a: &web { plan: &p 1, hostname: \"{name}\" }\n  b: *web # as a\n  c: { plan: *p }\n",
		func(l *Layout) ([]Edit, error) { return l.Set("a", field(FieldPlan, "2")) },
		"version: 1\nservers:\n  a: &web { plan: &p 2, hostname: \"{name}\" }\n  b: { plan: 1, hostname: \"{name}\" } # as a\n  c: { plan: 1 }\n"},
	{"a repetition", "version: 1\nservers:\n  a: &web\n    plan: &p 1\n    hostname: \"{name}\"\n  b: *web # as a\n  c: { plan: *p }\n",
		func(l *Layout) ([]Edit, error) {
			return both(l, "b", field(FieldPlan, "2"), "c", field(FieldPlan, "3"))
		},
		"version: 1\nservers:\n  a: &web\n    plan: &p 1\n    hostname: \"{name}\"\n  b: { plan: 2, hostname: \"{name}\" } # as a\n  c: { plan: 3 }\n"},
	{"a range of one line", "version: 1\nservers:\n  web-[01:12]: { plan: 1 } # front\n",
		func(l *Layout) ([]Edit, error) {
			return l.Split("web-[01:12]", NewEntry{Key: "web-04", Fields: []FieldText{field(FieldPlan, "2")}}, NewEntry{Key: "web-05", Fields: []FieldText{field(FieldPlan, "3")}})
		},
		"version: 1\nservers:\n  web-[01:03]: { plan: 1 } # front\n  web-04: { plan: 2 } # front\n  web-05: { plan: 3 } # front\n  web-[06:12]: { plan: 1 } # front\n"},
	{"neighbours in a range", "version: 1\nservers:\n  web-[01:12]: { plan: 1 } # front\n",
		func(l *Layout) ([]Edit, error) {
			plan := []FieldText{field(FieldPlan, "2")}
			return l.Split("web-[01:12]", NewEntry{Key: "web-05", Fields: plan}, NewEntry{Key: "web-03", Fields: plan}, NewEntry{Key: "web-04", Fields: plan}, NewEntry{Key: "web-12", Fields: plan})
		},
		"version: 1\nservers:\n  web-[01:02]: { plan: 1 } # front\n  web-[03:05]: { plan: 2 } # front\n  web-[06:11]: { plan: 1 } # front\n  web-12: { plan: 2 } # front\n"},
	{"a range with placeholders", "version: 1\ndefaults: { hostname: \"n{1}.example.com\" }\nservers:\n  # nodes\n  \"n-[1:9:4]\":\n    plan: 1\n    # note\n",
		func(l *Layout) ([]Edit, error) {
			return l.Split("n-[1:9:4]", NewEntry{Key: "n-9", Fields: []FieldText{field(FieldPlan, "2")}})
		},
		"version: 1\ndefaults: { hostname: \"n{1}.example.com\" }\nservers:\n  # nodes\n  n-[1:5:4]:\n    plan: 1\n    # note\n  n-9:\n    plan: 2\n    hostname: n9.example.com\n    # note\n"},
	{"a range in a flow mapping", "version: 1\nservers: { \"a-[1:2]-[1:2]\": , b: {} }\n",
		func(l *Layout) ([]Edit, error) {
			return l.Split("a-[1:2]-[1:2]", NewEntry{Key: "a-1-2", Fields: []FieldText{field(FieldPlan, "2")}})
		},
		"version: 1\nservers: { a-1-1: , a-1-2: { plan: 2 } , a-2-1: , a-2-2: , b: {} }\n"},
}

// TestEdits changes texts in every style; what else they say stays as it is.
func TestEdits(t *testing.T) {
	for _, test := range editTests {
		for style, convert := range map[string]func(string) string{
			"as it is": func(s string) string { return s },
			"CRLF":     func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
			"CR":       func(s string) string { return strings.ReplaceAll(s, "\n", "\r") },
			"BOM":      func(s string) string { return "\ufeff" + s },
		} {
			text := convert(test.text)
			l, err := ReadLayout(Text{"fleet.yaml", []byte(text)})
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
				continue
			}
			edits, err := test.edit(l)
			if err != nil {
				t.Errorf("%s, %s: %v", test.name, style, err)
				continue
			}
			got, err := l.Splice(edits)
			if diff := cmp.Diff(convert(test.want), string(got)); diff != "" || err != nil {
				t.Errorf("%s, %s: %v, -want +got\n%s", test.name, style, err, diff)
			}
			if _, err := Parse(Text{"fleet.yaml", got}); err != nil {
				t.Errorf("%s, %s: %v", test.name, style, err)
			}
		}
	}
}

func both(l *Layout, a string, x FieldText, b string, y FieldText) ([]Edit, error) {
	first, err := l.Set(a, x)
	if err != nil {
		return nil, err
	}
	second, err := l.Set(b, y)
	return append(first, second...), err
}
