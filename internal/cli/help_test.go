package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/render"
)

// allCommands are fleet and its commands.
func allCommands(c *command) []*cobra.Command {
	root := newRoot(c)
	return append(runnable(root), root)
}

// Help keeps to the width that it is read at, wherever a word allows it, and says the
// same at each.
func TestHelpWidths(t *testing.T) {
	c := newCommand(Process{})
	root := newRoot(c)
	for _, cmd := range append(root.Commands(), root) { // with the topics
		wide := strings.Fields(c.page(cmd).Text(render.Style{Width: 200}))
		for _, width := range []int{0, 100, 80, 40} {
			text := c.page(cmd).Text(render.Style{Width: width})
			limit := width
			if width == 0 {
				limit = 80
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
	c := newCommand(Process{})
	for _, cmd := range allCommands(c) {
		text := c.page(cmd).Text(render.Style{})
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if strings.Count(text, "--"+f.Name+" ")+strings.Count(text, "--"+f.Name+"[=")+strings.Count(text, "--"+f.Name+"\n") == 0 {
				t.Errorf("the help of %s does not tell of --%s: what has declared it?", cmd.Name(), f.Name)
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

// Every command that a flag is for takes it.
func TestFlagsAreTaken(t *testing.T) {
	c := newCommand(Process{})
	root := newRoot(c)
	for _, g := range c.flagGroups() {
		for _, f := range g.flags {
			for name := range strings.FieldsSeq(f.takenBy) {
				i := slices.IndexFunc(root.Commands(), func(cmd *cobra.Command) bool { return cmd.Name() == name })
				if name != everyCommand && name != root.Name() && (i < 0 || root.Commands()[i].Flags().Lookup(f.name) == nil) {
					t.Errorf("%s does not take --%s", name, f.name)
				}
			}
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
		{nil, []string{"fleet makes the servers", "\nTopics\n  fleet-file  Every key"}},
		{[]string{"help", "fleet-file"}, []string{"\nIn the file\n  version ", "\n  os               The operating system", "\nIn guards\n  max_deletes "}},
		{[]string{"help", "symbols"}, []string{"\n  -/+  replace, the old server goes first"}},
		{[]string{"help", "exit-codes"}, []string{"\n  3    apply: something failed"}},
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

// What help shows as a fleet file is one.
func TestFileTopicExample(t *testing.T) {
	file := filepath.Join(t.TempDir(), "fleet.yaml")
	_, example, _ := strings.Cut(fileText, "\n\n")
	example, _, _ = strings.Cut(example, "\n\n")
	if err := os.WriteFile(file, []byte(strings.TrimPrefix(strings.ReplaceAll(example, "\n  ", "\n"), "  ")), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := fleet.Load(file)
	if err != nil || len(f.Servers) != 3 {
		t.Errorf("%v, %v", f, err)
	}
}
