package cli

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write docs/commands.md anew")

// docs/commands.md is what the commands say of themselves.
func TestCommandsPage(t *testing.T) {
	const file = "../../docs/commands.md"
	want := commandsPage(newRoot(newCommand(Process{})))
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("write it anew with go test ./internal/cli -run CommandsPage -update (-commands +page):\n%s", diff)
	}
}

// commandsPage is the help of all commands as one page of Markdown.
func commandsPage(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("# Commands\n\n<!-- go test ./internal/cli -run CommandsPage -update writes this page. -->\n\n")
	b.WriteString(strings.ReplaceAll(root.Long, "\n  ", "\n    ") + "\n")
	flags := map[string]pageFlag{}
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { flags[f.Name] = pageFlag{f, []string{"all"}} })
	for _, c := range root.Commands() {
		long := c.Long
		if long == "" {
			long = c.Short + "."
		}
		fmt.Fprintf(&b, "\n## fleet %s\n\n%s\n\n```sh\n%s\n", c.Name(), long, c.UseLine())
		if c.Example != "" {
			b.WriteString("\n" + strings.TrimPrefix(strings.ReplaceAll(c.Example, "\n  ", "\n"), "  ") + "\n")
		}
		b.WriteString("```\n")
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			flags[f.Name] = pageFlag{f, append(flags[f.Name].commands, c.Name())}
		})
	}
	b.WriteString("\n## Flags\n\n| flag | | default | commands |\n|---|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		if name != "help" {
			b.WriteString(flags[name].row())
		}
	}
	return b.String()
}

// pageFlag is a flag and the commands that take it.
type pageFlag struct {
	*pflag.Flag
	commands []string
}

// row is the flag's row of the table.
func (f pageFlag) row() string {
	value, usage := pflag.UnquoteUsage(f.Flag)
	name := "`--" + f.Name + "`"
	if f.Shorthand != "" {
		name = "`-" + f.Shorthand + "`, " + name
	}
	if value != "" {
		name += " " + value
	}
	standard := strings.Trim(f.DefValue, "[]")
	switch standard {
	case "false", "0", "0s":
		standard = ""
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", name, usage, standard, strings.Join(f.commands, ", "))
}
