// Package docs_test keeps what people read first true: it runs the sessions of the
// README and of these pages through the real command, and compares their tables with
// the product.
package docs_test

import (
	"encoding/json"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	_ "github.com/vps-fleet/fleet/internal/cli" // so that a change of the command runs these tests anew
)

var update = flag.Bool("update", false, "write the output of the sessions anew")

// block is a fenced block of Markdown.
type block struct{ language, text string }

var fence = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")

func blocks(markdown string) (found []block) {
	for _, m := range fence.FindAllStringSubmatch(markdown, -1) {
		found = append(found, block{m[1], m[2]})
	}
	return found
}

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

// The console blocks of a page are sessions, one going on from another; a yaml or sh
// block that begins with "# NAME" is the file that the reader was told to save.
func TestSessions(t *testing.T) {
	s, ran := newShell(t), 0
	for _, page := range pages(t) {
		ran += s.sessions(t, page)
	}
	if ran < 8 {
		t.Errorf("the pages show %d commands with their output", ran)
	}
}

// sessions runs those of a page and tells how many commands they have.
func (s shell) sessions(t *testing.T, page string) (ran int) {
	s.clear(t)
	text := read(t, "../"+page)
	updated := fence.ReplaceAllStringFunc(text, func(fenced string) string {
		b := blocks(fenced)[0]
		name, isFile := strings.CutPrefix(strings.SplitN(b.text, "\n", 2)[0], "# ")
		switch {
		case (b.language == "yaml" || b.language == "sh") && isFile:
			s.write(t, name, b.text)
		case b.language == "console":
			session := strings.TrimSuffix(strings.TrimPrefix(b.text, "$ "), "\n")
			fenced = "```console\n"
			for command := range strings.SplitSeq(session, "\n$ ") {
				ran++
				fenced += s.session(t, page, command)
			}
			fenced += "```"
		}
		return fenced
	})
	if *update && updated != text {
		if err := os.WriteFile("../"+page, []byte(updated), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return ran
}

// session runs one command, compares its output with what the page shows, and
// returns both as they are to be shown.
func (s shell) session(t *testing.T, page, shown string) string {
	command, want, _ := strings.Cut(shown, "\n")
	got, code := s.run(t, command)
	got = inOrder(got)
	diff := cmp.Diff(settled(want), settled(got))
	switch {
	case code != 0:
		t.Errorf("%s: $ %s\nexit code %d:\n%s", page, command, code, got)
	case diff == "":
		got = want // but for what differs in each run
	case !*update:
		t.Errorf("%s: $ %s\n(-page +real):\n%s", page, command, diff)
	}
	if got == "" {
		return "$ " + command + "\n"
	}
	return "$ " + command + "\n" + got + "\n"
}

var (
	durations = regexp.MustCompile(`\[[0-9hms]+\]|\b[0-9.]+ ?s\b`)
	addresses = regexp.MustCompile(`\b198\.18\.[0-9]+\.[0-9]+\b`)
	ids       = regexp.MustCompile(`\b123[0-9]{2}\b`)
	digests   = regexp.MustCompile(`\b[0-9a-f]{32}\b`)
	counts    = regexp.MustCompile(`Requests sent: [0-9]+|[0-9]+ polls?`)
	arrivals  = regexp.MustCompile(`(?m)(^[a-z0-9-]+: [a-z]+.*\n)+`)
)

// settled is output without what differs from run to run: how long it took, how
// often it looked, and which ids, addresses and digests came of it.
func settled(output string) string {
	output = durations.ReplaceAllString(output, "[time]")
	output = addresses.ReplaceAllString(output, "ADDRESS")
	output = ids.ReplaceAllString(output, "ID")
	output = counts.ReplaceAllString(output, "COUNT")
	return digests.ReplaceAllString(output, "DIGEST")
}

// inOrder is output with servers that arrive one after another sorted by name.
func inOrder(output string) string {
	return arrivals.ReplaceAllStringFunc(output, func(lines string) string {
		return strings.Join(slices.Sorted(strings.Lines(lines)), "")
	})
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
