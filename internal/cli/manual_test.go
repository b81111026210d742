package cli

import (
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// The manual has a page for each command and topic, with each of its flags and keys,
// and no text of theirs is a command of roff.
func TestManualPages(t *testing.T) {
	pages := ManualPages("1.2.3", "2026-01-31")
	known := regexp.MustCompile(`^\.(TH|SH|PP|TP|B|nf|fi)\b`)
	for name, page := range pages {
		for line := range strings.Lines(page) {
			if strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".") && !known.MatchString(line) {
				t.Errorf("%s has the line %q", name, line)
			}
		}
		if !strings.Contains(page, `"2026\-01\-31" "fleet 1.2.3"`) {
			t.Errorf("%s tells no version and date:\n%.200s", name, page)
		}
	}
	for _, cmd := range allCommands(newCommand(Process{})) {
		page := pages[strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1"]
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(page, strings.ReplaceAll("--"+f.Name, "-", `\-`)) {
				t.Errorf("the page of %s lacks --%s", cmd.Name(), f.Name)
			}
		})
	}
	for name, want := range map[string]string{
		"fleet.1": "\n.SH \"TOPICS\"\n", "fleet-file.5": "\n.B \"replace_failed\"\n", "fleet-symbols.7": "\n.B \"\\-/+\"\n",
		"fleet-exit-codes.7": "\n.B \"130\"\ninterrupted\n",
	} {
		if !strings.Contains(pages[name], want) {
			t.Errorf("%s lacks %q:\n%s", name, want, pages[name])
		}
	}
}
