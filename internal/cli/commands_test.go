package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/vps-fleet/fleet/internal/goldenfile"
	"github.com/vps-fleet/fleet/internal/help"
	"github.com/vps-fleet/fleet/internal/render"
)

// docs/commands.md is what the commands say of themselves.
func TestCommandsPage(t *testing.T) {
	c := newCommand(Process{})
	goldenfile.Compare(t, "../../docs/commands.md", commandsPage(newRoot(c), c.flagGroups()))
}

// commandsPage is the help of all commands as one page of Markdown.
func commandsPage(root *cobra.Command, groups []flagGroup) string {
	var b strings.Builder
	b.WriteString("# Commands\n\n<!-- go test ./internal/cli -run CommandsPage -update writes this page. -->\n\n")
	b.WriteString(strings.ReplaceAll(root.Long, "\n  ", "\n    ") + "\n\n")
	b.WriteString("Symbols of plans: " + inline(symbolRows(render.Symbols())) + ".\n\n")
	b.WriteString("Symbols of results: " + inline(symbolRows(render.Outcomes())) + ".\n")
	for _, c := range runnable(root) {
		fmt.Fprintf(&b, "\n## fleet %s\n\n%s\n\n```sh\n%s\n", c.Name(), about(c), useLine(c))
		if c.Example != "" {
			b.WriteString("\n" + help.Unindented(c.Example) + "\n")
		}
		b.WriteString("```\n\nExit codes: " + inline(exitRows(c)) + ".\n")
	}
	b.WriteString("\n## Flags\n")
	for _, g := range groups {
		fmt.Fprintf(&b, "\n### %s\n\n| flag | | default | commands |\n|---|---|---|---|\n", g.title)
		for _, f := range g.flags {
			b.WriteString(pageRow(root, f))
		}
	}
	return b.String()
}

// runnable are the commands, without the topics.
func runnable(root *cobra.Command) []*cobra.Command {
	return slices.DeleteFunc(slices.Clone(root.Commands()), (*cobra.Command).IsAdditionalHelpTopicCommand)
}

// inline are rows of help as a sentence.
func inline(rows []help.Row) string {
	var parts []string
	for _, r := range rows {
		parts = append(parts, "`"+r.Head+"` "+r.Text)
	}
	return strings.Join(parts, "; ")
}

// pageRow is a flag's row of the page, with the commands that take it.
func pageRow(root *cobra.Command, f flag) string {
	takenBy, declared := []string{everyCommand}, root.Flag(f.name)
	if f.takenBy != everyCommand {
		takenBy = slices.Sorted(strings.FieldsSeq(f.takenBy))
		cmd, _, _ := root.Find(takenBy[:1])
		declared = cmd.Flag(f.name)
	}
	if slices.Equal(takenBy, []string{root.Name()}) {
		return ""
	}
	_, usage := f.words()
	return fmt.Sprintf("| `%s` | %s | %s | %s |\n", f.head(), usage, flagDefault(declared), strings.Join(takenBy, ", "))
}
