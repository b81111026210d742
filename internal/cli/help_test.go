package cli

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/vps-fleet/fleet/internal/render"
)

// allCommands are fleet and its commands.
func allCommands() []*cobra.Command {
	root := newRoot(newCommand(Process{}))
	return append(root.Commands(), root)
}

// Help keeps to the width that it is read at, wherever a word allows it, and says the
// same at each.
func TestHelpWidths(t *testing.T) {
	for _, cmd := range allCommands() {
		wide := strings.Fields(helpText(cmd, render.Style{Width: 200}))
		for _, width := range []int{0, 100, 80, 40} {
			text := helpText(cmd, render.Style{Width: width})
			limit := width
			if width == 0 {
				limit = helpWidth
			}
			for line := range strings.Lines(text) {
				line = strings.TrimSuffix(line, "\n")
				if utf8.RuneCountInString(line) > limit && strings.Contains(strings.TrimSpace(line), " ") && !strings.HasPrefix(line, "  fleet apply --sandbox") {
					t.Errorf("%s: a line of %d at a width of %d: %q", cmd.Name(), utf8.RuneCountInString(line), limit, line)
				}
			}
			narrow := strings.Fields(strings.ReplaceAll(text, " \\\n", " "))
			if strings.Join(narrow, " ") != strings.Join(wide, " ") {
				t.Errorf("%s says something else at a width of %d:\n%s", cmd.Name(), width, text)
			}
		}
	}
}

// All that a command can be told, and all that it can end with, is in its help, in
// groups; nobody reads how the flags were declared.
func TestHelpIsWhole(t *testing.T) {
	for _, cmd := range allCommands() {
		text := helpText(cmd, render.Style{})
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if strings.Count(text, "--"+f.Name+" ")+strings.Count(text, "--"+f.Name+"[=")+strings.Count(text, "--"+f.Name+"\n") == 0 {
				t.Errorf("the help of %s does not tell of --%s: is it in flagGroups?", cmd.Name(), f.Name)
			}
		})
		for _, want := range []string{"\nUsage\n", "\nLogs and help\n", "\nExit codes\n  0  ", "\n  1  "} {
			if !strings.Contains(text, want) {
				t.Errorf("the help of %s lacks %q", cmd.Name(), want)
			}
		}
		if strings.Contains(text, "`") {
			t.Errorf("the help of %s shows backticks:\n%s", cmd.Name(), text)
		}
	}
}

func TestHelp(t *testing.T) {
	for _, test := range []struct {
		args []string
		want []string
	}{
		{[]string{"--help"}, []string{"\nCommands\n  apply       Carry out", "  2    plan: with --detailed-exitcode", "fleet COMMAND --help"}},
		{[]string{"help", "apply"}, []string{"  -/+  replace, the old server goes first", "  3    something failed"}},
		{[]string{"plan", "-h"}, []string{"\nWhich servers\n  -f, --file FILE        fleet file or directory; may be given again (default", "  -    delete, its data is lost"}},
		{[]string{"list", "--help"}, []string{"  --watch[=TIME]       show the table again"}},
		{nil, []string{"fleet makes the servers"}},
	} {
		var stdout, stderr strings.Builder
		code := Main(Process{Args: test.args, Stdout: &stdout, Stderr: &stderr, Getenv: environment()})
		if code != 0 || stderr.Len() > 0 {
			t.Errorf("fleet %v: exit code %d, stderr %q", test.args, code, &stderr)
		}
		for _, want := range test.want {
			if !strings.Contains(stdout.String(), want) {
				t.Errorf("fleet %v lacks %q:\n%s", test.args, want, &stdout)
			}
		}
	}
}
