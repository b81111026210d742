// Package docs_test keeps what people read first true: it runs the sessions of the
// README and of these pages through the real command, and compares their tables with
// the product.
package docs_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// section is the text under a heading, up to the next one.
func section(t *testing.T, markdown, heading string) string {
	t.Helper()
	_, after, found := strings.Cut(markdown, "\n"+heading+"\n")
	if !found {
		t.Fatalf("there is no section %q", heading)
	}
	text, _, _ := strings.Cut(after, "\n#")
	return text
}

// pages are the files of Markdown that people read first, from the root.
func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("*.md")
	if err != nil || len(found) == 0 {
		t.Fatal("there are no pages", err)
	}
	for i, name := range found {
		found[i] = "docs/" + name
	}
	return append(found, "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
}

// No page speaks of a flag that no command has.
func TestFlags(t *testing.T) {
	s := newShell(t)
	real := map[string]bool{}
	for _, command := range []string{"plan", "apply", "drift", "list", "get", "import", "intents", "lock", "unlock", "validate", "sandbox", "schema", "state", "version"} {
		help, _ := s.run(t, "fleet "+command+" --help")
		for _, m := range regexp.MustCompile(`(?m)^ +(?:-\w, )?--([a-z0-9-]+)`).FindAllStringSubmatch(help, -1) {
			real[m[1]] = true
		}
	}
	for _, page := range pages(t) {
		for _, m := range regexp.MustCompile("[`(]--([a-z0-9]+(?:-[a-z]+)*)|fleet [^`\n]*--([a-z0-9]+(?:-[a-z]+)*)").FindAllStringSubmatch(read(t, "../"+page), -1) {
			if name := m[1] + m[2]; !real[name] {
				t.Errorf("%s speaks of --%s, which no command has", page, name)
			}
		}
	}
}

// The exit codes are the help's, and those that real runs end with.
func TestExitCodes(t *testing.T) {
	s := newShell(t)
	s.write(t, "blocked.yaml", "version: 1\nservers:\n  web-01:\n") // no plan to create it with
	written := firstColumn(section(t, read(t, "ci.md"), "## Exit codes"), `([0-9]+)`)
	help, _ := s.run(t, "fleet --help")
	_, list, _ := strings.Cut(help, "Exit codes\n")
	told := slices.Compact(regexp.MustCompile(`(?m)^  [0-9]+`).FindAllString(list, -1))
	if diff := cmp.Diff(told, written, cmp.Transformer("trim", strings.TrimSpace)); diff != "" {
		t.Errorf("exit codes (-help +ci.md):\n%s", diff)
	}
	for command, want := range map[string]int{
		"fleet plan --sandbox -f examples/quickstart":                     0,
		"fleet plan --sandbox -f missing.yaml":                            1,
		"fleet plan --sandbox -f examples/quickstart --detailed-exitcode": 2,
		"fleet drift --sandbox -f examples/quickstart":                    2,
		"fleet apply --sandbox -f blocked.yaml --auto-approve":            3,
	} {
		if out, code := s.run(t, command); code != want {
			t.Errorf("$ %s\nexit code %d, want %d:\n%s", command, code, want, out)
		}
	}
}

// firstColumn lists what a pattern finds in the first column of tables.
func firstColumn(markdown, pattern string) (found []string) {
	for _, m := range regexp.MustCompile(`(?m)^\| `+pattern+` \|`).FindAllStringSubmatch(markdown, -1) {
		found = append(found, m[1])
	}
	return found
}

// The tables of keys are those of the schema.
func TestKeys(t *testing.T) {
	type object struct{ Properties map[string]json.RawMessage }
	var schema struct {
		Properties map[string]object
		Defs       map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(read(t, "fleet.schema.json")), &schema); err != nil {
		t.Fatal(err)
	}
	page := read(t, "fleet-file.md")
	text := section(t, page, "## Every key")
	want := slices.Concat(slices.Collect(maps.Keys(schema.Properties)), slices.Collect(maps.Keys(schema.Defs["entry"].Properties)))
	written := firstColumn(text, "`([a-z_]+)`")
	slices.Sort(want)
	slices.Sort(written)
	if diff := cmp.Diff(want, written); diff != "" {
		t.Errorf("keys (-schema +fleet-file.md):\n%s", diff)
	}
	for group, object := range map[string]object{
		"catalog": schema.Properties["catalog"], "guards": schema.Properties["guards"],
		"rollouts": schema.Defs["rollout"], "windows": schema.Defs["window"], "freeze": schema.Defs["freeze"],
	} {
		for key := range object.Properties {
			if !strings.Contains(page, "`"+key+"`") {
				t.Errorf("fleet-file.md does not tell of %s in %s", key, group)
			}
		}
	}
}

// Every file that is linked to exists, and so does every heading.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#]*)(?:#([^)]*))?\)`)
	for _, page := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(read(t, "../"+page), -1) {
			if strings.HasPrefix(m[1], "https://") {
				continue
			}
			target := filepath.Join("..", filepath.Dir(page), m[1])
			if m[1] == "" {
				target = filepath.Join("..", page)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %v", page, err)
			} else if m[2] != "" && !slices.Contains(anchors(read(t, target)), m[2]) {
				t.Errorf("%s: %s has no heading #%s", page, target, m[2])
			}
		}
	}
}

// anchors are a page's headings as links name them.
func anchors(markdown string) (found []string) {
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(markdown, -1) {
		plain := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(m[1]), "")
		found = append(found, strings.ReplaceAll(plain, " ", "-"))
	}
	return found
}

// The layout in CONTRIBUTING.md names every folder with Go code, and no other path.
func TestLayout(t *testing.T) {
	listed := map[string]bool{}
	for line := range strings.Lines(section(t, read(t, "../CONTRIBUTING.md"), "## Where things are")) {
		path, _, found := strings.Cut(line, " ")
		if found && strings.HasSuffix(path, "/") || strings.HasSuffix(path, ".go") {
			listed[strings.TrimSuffix(path, "/")] = true
			if _, err := os.Stat(filepath.Join("..", path)); err != nil {
				t.Error(err)
			}
		}
	}
	err := fs.WalkDir(os.DirFS(".."), ".", func(file string, _ fs.DirEntry, err error) error {
		if dir := filepath.Dir(file); strings.HasSuffix(file, ".go") && dir != "." && dir != "internal" && !listed[dir] {
			t.Errorf("the layout lacks %s", dir)
			listed[dir] = true // to say it once
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The guides of CONTRIBUTING.md name what there is: after "[FILE](FILE): " stand
// words of that file.
func TestGuides(t *testing.T) {
	named := 0
	for _, m := range regexp.MustCompile("\\]\\(([^)]+)\\): ((?:`\\w+`(?:, )?)+)").FindAllStringSubmatch(read(t, "../CONTRIBUTING.md"), -1) {
		text := read(t, "../"+m[1])
		for _, word := range regexp.MustCompile(`\w+`).FindAllString(m[2], -1) {
			named++
			if !regexp.MustCompile(`\b` + word + `\b`).MatchString(text) {
				t.Errorf("CONTRIBUTING.md speaks of %s in %s, which has no such word", word, m[1])
			}
		}
	}
	if named < 20 {
		t.Errorf("%d words are named", named)
	}
}

// The README fits what somebody reads in one go.
func TestLengthOfREADME(t *testing.T) {
	if n := strings.Count(read(t, "../README.md"), "\n"); n > 200 {
		t.Errorf("the README has %d lines, and 200 are the most", n)
	}
}

// The commands that CONTRIBUTING.md gives to test everything are those of CI.
func TestCommandsAreCIs(t *testing.T) {
	guide := read(t, "../CONTRIBUTING.md")
	for line := range strings.Lines(read(t, "../.ci/run")) {
		if strings.HasPrefix(line, "go test ") && !strings.Contains(guide, "\n"+strings.TrimSpace(line)) {
			t.Errorf("CONTRIBUTING.md does not give %s", line)
		}
	}
}
