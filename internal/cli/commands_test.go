package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/vps-fleet/fleet/internal/goldenfile"
	"github.com/vps-fleet/fleet/internal/render"
)

// docs/commands.md is what the commands say of themselves.
func TestCommandsPage(t *testing.T) {
	goldenfile.Compare(t, "../../docs/commands.md", commandsPage(newRoot(newCommand(Process{}))))
}

// commandsPage is the help of all commands as one page of Markdown.
func commandsPage(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("# Commands\n\n<!-- go test ./internal/cli -run CommandsPage -update writes this page. -->\n\n")
	b.WriteString(strings.ReplaceAll(root.Long, "\n  ", "\n    ") + "\n\n")
	b.WriteString("Symbols of plans: " + inline(symbolRows(render.Symbols())) + ".\n\n")
	b.WriteString("Symbols of results: " + inline(symbolRows(render.Outcomes())) + ".\n")
	for _, c := range runnable(root) {
		fmt.Fprintf(&b, "\n## fleet %s\n\n%s\n\n```sh\n%s\n", c.Name(), about(c), c.UseLine())
		if c.Example != "" {
			b.WriteString("\n" + strings.TrimPrefix(strings.ReplaceAll(c.Example, "\n  ", "\n"), "  ") + "\n")
		}
		b.WriteString("```\n\nExit codes: " + inline(exitRows(c)) + ".\n")
	}
	b.WriteString("\n## Flags\n")
	for _, g := range flagGroups {
		fmt.Fprintf(&b, "\n### %s\n\n| flag | | default | commands |\n|---|---|---|---|\n", g.title)
		for _, name := range g.names {
			b.WriteString(pageRow(root, name))
		}
	}
	return b.String()
}

// runnable are the commands, without the topics.
func runnable(root *cobra.Command) []*cobra.Command {
	return slices.DeleteFunc(slices.Clone(root.Commands()), (*cobra.Command).IsAdditionalHelpTopicCommand)
}

// inline are rows of help as a sentence.
func inline(rows []helpRow) string {
	var parts []string
	for _, r := range rows {
		parts = append(parts, "`"+r.head+"` "+r.text)
	}
	return strings.Join(parts, "; ")
}

// pageRow is a flag's row of the page, with the commands that take it; a row for each
// of its meanings, where commands mean something else by it.
func pageRow(root *cobra.Command, name string) string {
	if f := root.PersistentFlags().Lookup(name); f != nil {
		return flagRow(f, []string{"all"})
	}
	var meanings []*pflag.Flag
	takenBy := map[string][]string{} // by what is meant
	for _, c := range runnable(root) {
		f := c.Flags().Lookup(name)
		if f == nil {
			continue
		}
		if takenBy[f.Usage] == nil {
			meanings = append(meanings, f)
		}
		takenBy[f.Usage] = append(takenBy[f.Usage], c.Name())
	}
	rows := ""
	for _, f := range meanings {
		commands := takenBy[f.Usage]
		if len(commands) == len(runnable(root)) {
			commands = []string{"all"}
		}
		rows += flagRow(f, commands)
	}
	return rows
}

func flagRow(f *pflag.Flag, takenBy []string) string {
	return fmt.Sprintf("| `%s` | %s | %s | %s |\n", flagHead(f), f.Usage, flagDefault(f), strings.Join(takenBy, ", "))
}
