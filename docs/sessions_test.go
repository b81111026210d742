package docs_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	_ "github.com/vps-fleet/fleet/internal/cli" // so that a change of the command runs these tests anew
	"github.com/vps-fleet/fleet/internal/goldenfile"
)

// This file runs what the pages show of the command.

// block is a fenced block of Markdown.
type block struct{ language, text string }

var fence = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")

func blocks(markdown string) (found []block) {
	for _, m := range fence.FindAllStringSubmatch(markdown, -1) {
		found = append(found, block{m[1], m[2]})
	}
	return found
}

// The console blocks of a page are sessions, one going on from another; a yaml or sh
// block that begins with "# NAME" is the file that the reader was told to save.
func TestSessions(t *testing.T) {
	var ran atomic.Int64
	t.Run("pages", func(t *testing.T) {
		for _, page := range pages(t) {
			t.Run(page, func(t *testing.T) {
				t.Parallel() // the sandbox takes its time
				ran.Add(newShell(t).sessions(t, page))
			})
		}
	})
	if n := ran.Load(); n < 8 {
		t.Errorf("the pages show %d commands with their output", n)
	}
}

// sessions runs those of a page and tells how many commands they have.
func (s shell) sessions(t *testing.T, page string) (ran int64) {
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
	if goldenfile.Update() && updated != text {
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
	case !goldenfile.Update():
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
