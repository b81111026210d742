package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/internal/help"
	"github.com/vps-fleet/fleet/internal/render"
)

// newHelp tells of a command or a topic by its name, which is not lost when it is
// misspelt: cobra's own help shows something else then, and ends well.
func newHelp(c *command) *cobra.Command {
	return &cobra.Command{
		Use:               "help [COMMAND | TOPIC]",
		Short:             "Tell more of a command, a topic, or which topics there are",
		Example:           "  fleet help plan\n  fleet help topics",
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil }, // whatever the environment says
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) (names []cobra.Completion, _ cobra.ShellCompDirective) {
			if len(args) == 0 {
				for _, row := range append(commandRows(cmd.Root()), topicRows()...) {
					names = append(names, cobra.CompletionWithDesc(row.Head, row.Text))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == "topics" {
				p := help.Page{Lists: []help.List{{Title: "Topics", Rows: topicRows()}}, More: "fleet help TOPIC tells more of a topic."}
				c.print(p.Text(c.style(c.Stdout)))
				return nil
			}
			about, rest, err := cmd.Root().Find(args)
			if err != nil {
				return unknownCommand(cmd.Root(), args)
			}
			if len(rest) > 0 {
				return refusal{fmt.Sprintf("%s has no command %q", about.CommandPath(), rest[0]), helpHint}
			}
			c.showHelp(about, nil)
			return nil
		},
	}
}

// showHelp writes what a command says of itself, for the terminal that reads it.
func (c *command) showHelp(cmd *cobra.Command, _ []string) {
	c.print(c.page(cmd).Text(c.style(c.Stdout)))
}

// ManualPages are the pages of the manual by their file names, such as fleet-plan.1:
// one for each command and topic, with what its help says. They tell the version and
// the date that they are given.
func ManualPages(version, date string) map[string]string {
	c := newCommand(Process{})
	root := newRoot(c)
	others := []help.Page{c.page(root)}
	for _, t := range topics() {
		others = append(others, t.Page)
	}
	pages := make(map[string]string)
	for _, cmd := range append(root.Commands(), root) {
		p := c.page(cmd)
		pages[p.Manual+"."+p.Section] = p.Roff(version, date, others)
	}
	return pages
}

// page is that of a command, or of the topic that stands among the commands.
func (c *command) page(cmd *cobra.Command) help.Page {
	if cmd.IsAdditionalHelpTopicCommand() {
		for _, t := range topics() {
			if t.name == cmd.Name() {
				t.Lists = t.lists()
				return t.Page
			}
		}
	}
	p := help.Page{Manual: strings.ReplaceAll(cmd.CommandPath(), " ", "-"), Section: "1", Short: cmd.Short, Prose: about(cmd),
		Usage: useLine(cmd), Example: cmd.Example, Lists: c.helpLists(cmd)}
	if cmd.HasAvailableSubCommands() {
		p.More = "fleet COMMAND --help tells more of a command, fleet help TOPIC of a topic."
	}
	return p
}

// helpLists are all that a command's help explains one by one.
func (c *command) helpLists(cmd *cobra.Command) []help.List {
	lists := []help.List{{Title: "Commands", Rows: commandRows(cmd)}}
	if !cmd.HasParent() {
		lists = append(lists, help.List{Title: "Topics", Rows: topicRows()})
	}
	lists = append(lists, c.flagLists(cmd)...)
	if showsSymbols(cmd) {
		lists = append(lists, help.List{Title: "Symbols", Rows: symbolRows(render.Symbols())})
	}
	return append(lists, help.List{Title: "Exit codes", Rows: exitRows(cmd)})
}

// about is what a command does, in paragraphs.
func about(cmd *cobra.Command) string {
	if cmd.Long == "" {
		return cmd.Short + "."
	}
	return cmd.Long
}

func useLine(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() {
		return cmd.CommandPath() + " COMMAND [flags]"
	}
	return cmd.UseLine()
}

func commandRows(cmd *cobra.Command) (rows []help.Row) {
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			rows = append(rows, help.Row{Head: sub.Name(), Text: sub.Short})
		}
	}
	return rows
}

// showsSymbols reports whether a command shows plans.
func showsSymbols(cmd *cobra.Command) bool {
	return slices.Contains([]string{"plan", "apply"}, cmd.Name())
}

func symbolRows(symbols []render.Meaning) (rows []help.Row) {
	for _, m := range symbols {
		rows = append(rows, help.Row{Head: m.Symbol, Text: m.Meaning})
	}
	return rows
}
