package fleet

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write puts files into a new directory; a text that starts with → is a link.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, link := strings.CutPrefix(text, "→"); link {
			err = os.Symlink(target, path)
		} else {
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const small = "version: 1\nservers:\n  a: {}\n"

func TestLoadTogether(t *testing.T) {
	dir := write(t, map[string]string{
		"1.yaml":       "version: 1\ndefaults: { plan: standard }\ncatalog: { plans: { standard: 1 }, os: { debian: 3 } }\nguards: { max_deletes: 2 }\nowns: [\"a-*\"]\nprotect: [a-1]\n",
		"2.yml":        "version: 1\ncatalog: { plans: { big: 2 } }\nguards: { max_changes: 50% }\nowns: [\"b-*\"]\nservers:\n  a-1: { os: debian }\n",
		"3.yaml":       "version: 1\ndefaults: { location: us-west }\nunlisted: delete\nservers:\n  b-1: { plan: big }\n",
		"notes.txt":    "not YAML: at: all",
		".hidden.yaml": "neither: this: one",
		"sub/4.yaml":   "nor: this: one",
		"real/x":       "version: 1\nservers:\n  c: { absent: true }\n",
		"link.yaml":    "→real/x",
	})
	got, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := &Fleet{
		Owns: []string{"a-*", "b-*"}, Unlisted: UnlistedDelete, Protect: []Protection{{Pattern: "a-1"}},
		Guards:   Guards{MaxDeletes: Limit{Set: true, N: 2}, MaxChanges: Limit{Set: true, Percent: true, N: 50}},
		Catalog:  Catalog{Plans: map[string]string{"standard": "1", "big": "2"}, OS: map[string]string{"debian": "3"}, SSHKeys: map[string]string{}},
		Defaults: Server{Plan: Ref{"1", "standard"}, Location: "us-west"},
		Servers: []Server{
			{Name: "a-1", Plan: Ref{"1", "standard"}, OS: Ref{"3", "debian"}, Location: "us-west",
				Source: &Source{Fields: []FieldPos{{Field: FieldOS}}, Defaults: []FieldPos{{Field: FieldPlan}, {Field: FieldLocation}}}},
			{Name: "b-1", Plan: Ref{"2", "big"}, Location: "us-west",
				Source: &Source{Fields: []FieldPos{{Field: FieldPlan}}, Defaults: []FieldPos{{Field: FieldPlan}, {Field: FieldLocation}}}},
			{Name: "c", Absent: true, Source: &Source{Fields: []FieldPos{{Field: FieldAbsent}}}},
		},
	}
	if diff := cmp.Diff(want, got, sameFleet); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	b, _ := got.Lookup("b-1")
	if p := b.Source.At(FieldPlan); p.File != filepath.Join(dir, "3.yaml") || p.Line != 5 {
		t.Errorf("plan of b-1 is at %s", p)
	}
}

// TestLoadProblems reads several files and shows every problem of all of them,
// with the directory's name cut.
func TestLoadProblems(t *testing.T) {
	dir := write(t, map[string]string{
		"a.yaml": "version: 1\naccount: a@example.com\nunlisted: report\ndefaults: { plan: 1 }\ncatalog: { plans: { x: 1 } }\nguards: { max_deletes: 1 }\nservers:\n  web-[1:3]: {}\n",
		"b.yaml": "version: 1\naccount: a@example.com\nunlisted: delete\ndefaults: { plan: 2 }\ncatalog: { plans: { x: 2 } }\nguards: { max_deletes: 2 }\nservers:\n  web-2: {}\n  web-9: { ssh_key: deploy }\n",
		"c.yaml": "servers: [\n",
		"d.yaml": "",
	})
	_, err := Load(dir)
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v", err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, strings.ReplaceAll(p.Pos.String()+": "+p.Message, dir+"/", ""))
	}
	want := []string{
		"b.yaml:2:1: account is set twice; first at a.yaml:2:1",
		"b.yaml:3:1: unlisted is set twice; first at a.yaml:3:1",
		"b.yaml:4:13: defaults.plan is set twice; first at a.yaml:4:13",
		"b.yaml:5:21: catalog.plans.x is set twice; first at a.yaml:5:21",
		"b.yaml:6:11: guards.max_deletes is set twice; first at a.yaml:6:11",
		"b.yaml:8:3: server \"web-2\" is listed twice; first at a.yaml:8:3",
		"c.yaml:1:10: not valid YAML: the [ is not closed",
		"d.yaml:1:1: the file is empty",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if !strings.HasSuffix(err.Error(), "8 problems in 3 files") {
		t.Errorf("ends otherwise:\n%s", err)
	}
}

func TestLoadRefuses(t *testing.T) {
	outside := filepath.Join(write(t, map[string]string{"x.yaml": small}), "x.yaml")
	dir := write(t, map[string]string{
		"fleet.yaml":          small,
		"same.yaml":           "→fleet.yaml",
		"loop.yaml":           "→loop.yaml",
		"empty/readme":        "",
		"escape/x.yaml":       "→" + outside,
		"dots/x.yaml":         "→../fleet.yaml",
		"dangling/x.yaml":     "→nowhere",
		"looping/x.yaml":      "→x.yaml",
		"nested/x.yaml/y":     "",
		"half/a.yaml":         small,
		"half/b.yaml":         "→gone",
		"huge/fleet.yaml":     "",
		"large/a.yaml":        "",
		"large/b.yaml":        "",
		"evil\x1b[2J/x.yaml":  "→nowhere",
		"control/a\x1b[.yaml": "version: 2\n",
	})
	for name, size := range map[string]int64{"huge/fleet.yaml": 100 << 20, "large/a.yaml": 40 << 20, "large/b.yaml": 40 << 20} {
		if err := os.Truncate(filepath.Join(dir, name), size); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ paths, want string }{
		{"", "no fleet file given"},
		{"missing.yaml", "no fleet file missing.yaml"},
		{"fleet.yaml missing.yaml", "no fleet file missing.yaml"},
		{"loop.yaml", "too many levels of symbolic links"},
		{"empty", "cannot read fleet file empty: no file in this directory ends in .yaml or .yml"},
		{"escape", "path escapes from parent"},
		{"dots", "path escapes from parent"},
		{"dangling", "no such file"},
		{"looping", "too many"},
		{"nested", "nested/x.yaml: a directory, not a regular file"},
		{"half", "cannot read fleet file half/b.yaml: no such file"},
		{"huge", "fleet file huge/fleet.yaml: too large: all files together may have 64 MiB"},
		{"large", "fleet file large/b.yaml: too large"},
		{"fleet.yaml fleet.yaml", "fleet file fleet.yaml: given twice, first as fleet.yaml"},
		{"fleet.yaml same.yaml", "fleet file same.yaml: given twice, first as fleet.yaml"},
		{"evil\x1b[2J", `evil\x1b[2J/x.yaml`},
		{"control", `control/a\x1b[.yaml:1:10`},
	}
	t.Chdir(dir)
	for _, test := range tests {
		f, err := Load(strings.Fields(test.paths)...)
		if err == nil || f != nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: got %v, %q", test.paths, f, err)
		}
	}
	var missing *ReadError
	if _, err := Load("missing.yaml"); !errors.As(err, &missing) || !errors.Is(err, fs.ErrNotExist) || missing.Hint() == "" {
		t.Errorf("missing file: %v", err)
	}
}

// What is read can be changed in place: nothing of it is lost on the way.
func TestReadTexts(t *testing.T) {
	const text = "\ufeffversion: 1\r\nservers:\r\n  a: {} # \t"
	path := filepath.Join(write(t, map[string]string{"fleet.yaml": text}), "fleet.yaml")
	texts, err := ReadTexts(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(texts...); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Text{{path, []byte(text)}}, texts); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
