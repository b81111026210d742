// Package docs_test keeps what people read first true: it runs the sessions of
// the README through the real command and holds its tables against the product.
package docs_test

import (
	"encoding/json"
	"flag"
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

var update = flag.Bool("update", false, "write the output of the README's sessions anew")

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

// The console blocks are sessions, one going on from another; a yaml block that
// begins with "# NAME" is the file that the reader was told to save.
func TestSessions(t *testing.T) {
	s := newShell(t)
	readme := read(t, "../README.md")
	updated, ran := readme, 0
	for _, b := range blocks(readme) {
		if name, _, _ := strings.Cut(b.text, "\n"); b.language == "yaml" {
			s.write(t, strings.TrimPrefix(name, "# "), b.text)
		}
		if b.language != "console" {
			continue
		}
		for session := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(b.text, "$ "), "\n"), "\n$ ") {
			command, want, _ := strings.Cut(session, "\n")
			got, code := s.run(t, strings.ReplaceAll(command, "go run .", "fleet"))
			ran, got = ran+1, inOrder(got)
			diff := cmp.Diff(settled(want), settled(got))
			switch {
			case code != 0:
				t.Errorf("$ %s\nexit code %d:\n%s", command, code, got)
			case *update && diff != "":
				updated = strings.Replace(updated, command+"\n"+want, command+"\n"+got, 1)
			case diff != "":
				t.Errorf("$ %s\n(-README +real):\n%s", command, diff)
			}
		}
	}
	if ran < 3 {
		t.Errorf("the README shows %d commands with their output", ran)
	}
	if updated != readme {
		if err := os.WriteFile("../README.md", []byte(updated), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var (
	durations = regexp.MustCompile(`\[[0-9hms]+\]|\b[0-9.]+ s\b`)
	ids       = regexp.MustCompile(`\b123[0-9]{2}\b`)
	digests   = regexp.MustCompile(`\b[0-9a-f]{32}(\.[\w-]+)?`)
	counts    = regexp.MustCompile(`Requests sent: [0-9]+|[0-9]+ polls?`)
	arrivals  = regexp.MustCompile(`(?m)(^[a-z0-9-]+: [a-z]+.*\n)+`)
)

// settled is output without what differs from run to run: how long it took, how
// often it looked, and which ids and digests came of it.
func settled(output string) string {
	output = durations.ReplaceAllString(output, "[time]")
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

// The README names every flag that there is, and no other.
func TestFlags(t *testing.T) {
	s := newShell(t)
	real := map[string]bool{}
	for _, command := range []string{"plan", "apply", "drift", "intents", "validate", "sandbox"} {
		help, _ := s.run(t, "fleet "+command+" --help")
		for _, m := range regexp.MustCompile(`(?m)^ +(?:-\w, )?--([a-z-]+)`).FindAllStringSubmatch(help, -1) {
			real[m[1]] = true
		}
	}
	delete(real, "help")
	written := map[string]bool{}
	for _, m := range regexp.MustCompile(`[^\w-]--([a-z]+(?:-[a-z]+)*)`).FindAllStringSubmatch(read(t, "../README.md"), -1) {
		written[m[1]] = true
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(real)), slices.Sorted(maps.Keys(written))); diff != "" {
		t.Errorf("flags (-real +README):\n%s", diff)
	}
}

// The exit codes are the help's, and those that real runs end with.
func TestExitCodes(t *testing.T) {
	s := newShell(t)
	s.write(t, "blocked.yaml", "version: 1\nservers:\n  web-01:\n") // no plan to create it with
	written := firstColumn(section(t, read(t, "../README.md"), "### Exit codes"), `([0-9]+)`)
	help, _ := s.run(t, "fleet --help")
	_, sentence, _ := strings.Cut(help, "Exit codes: ")
	sentence, _, _ = strings.Cut(sentence, "\n\n")
	if diff := cmp.Diff(regexp.MustCompile(`[0-9]+`).FindAllString(sentence, -1), written); diff != "" {
		t.Errorf("exit codes (-help +README):\n%s", diff)
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
		Defs       struct{ Entry object } `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(read(t, "fleet.schema.json")), &schema); err != nil {
		t.Fatal(err)
	}
	text := section(t, read(t, "../README.md"), "### Every key")
	want := slices.Concat(slices.Collect(maps.Keys(schema.Properties)), slices.Collect(maps.Keys(schema.Defs.Entry.Properties)))
	written := firstColumn(text, "`([a-z_]+)`")
	slices.Sort(want)
	slices.Sort(written)
	if diff := cmp.Diff(want, written); diff != "" {
		t.Errorf("keys (-schema +README):\n%s", diff)
	}
	for _, group := range []string{"catalog", "guards"} {
		for key := range schema.Properties[group].Properties {
			if !strings.Contains(text, "`"+key+"`") {
				t.Errorf("the README does not tell of %s in %s", key, group)
			}
		}
	}
}

// Every file that is linked to, or listed in the layout, is there.
func TestFilesExist(t *testing.T) {
	var paths []string
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md"} {
		for _, m := range regexp.MustCompile(`\]\(([^)#]+)(?:#[^)]*)?\)`).FindAllStringSubmatch(read(t, "../"+name), -1) {
			if !strings.HasPrefix(m[1], "https://") {
				paths = append(paths, m[1])
			}
		}
	}
	layout := 0
	for _, b := range blocks(read(t, "../README.md")) {
		if b.language == "text" {
			for line := range strings.Lines(b.text) {
				paths = append(paths, strings.Fields(line)[0])
				layout++
			}
		}
	}
	if layout == 0 {
		t.Error("the README has no layout")
	}
	for _, path := range paths {
		if _, err := os.Stat(filepath.Join("..", path)); err != nil {
			t.Error(err)
		}
	}
}

// The test commands that the README gives are those of CI.
func TestCommandsAreCIs(t *testing.T) {
	var given, run []string
	for _, b := range blocks(read(t, "../README.md")) {
		if b.language == "sh" && strings.HasPrefix(b.text, "go test ") {
			given = append(given, b.text)
		}
	}
	for line := range strings.Lines(read(t, "../.ci/run")) {
		if strings.HasPrefix(line, "go test ") {
			run = append(run, line)
		}
	}
	slices.Sort(given)
	slices.Sort(run)
	if diff := cmp.Diff(given, run); diff != "" || len(run) == 0 {
		t.Errorf("test commands (-README +CI):\n%s", diff)
	}
}
