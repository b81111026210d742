package cli

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/internal/render"
)

// page is what is said of a command or a topic, by help and by the manual.
type page struct {
	manual, section string // where the manual has it
	short, prose    string
	usage, example  string // of a command
	lists           []helpList
	more            string // how to be told more on a terminal
}

// page is that of a command, or of the topic that stands among the commands.
func (c *command) page(cmd *cobra.Command) page {
	if cmd.IsAdditionalHelpTopicCommand() {
		for _, t := range topics() {
			if t.name == cmd.Name() {
				return t.page
			}
		}
	}
	p := page{manual: manualName(cmd), section: "1", short: cmd.Short, prose: about(cmd), usage: useLine(cmd), example: cmd.Example, lists: c.helpLists(cmd)}
	if cmd.HasAvailableSubCommands() {
		p.more = "fleet COMMAND --help tells more of a command, fleet help TOPIC of a topic."
	}
	return p
}

// helpList is what help explains one by one under a title.
type helpList struct {
	title string
	rows  []helpRow
}

// helpLists are all that a command's help explains one by one.
func (c *command) helpLists(cmd *cobra.Command) []helpList {
	lists := []helpList{{"Commands", commandRows(cmd)}}
	if !cmd.HasParent() {
		lists = append(lists, helpList{"Topics", topicRows()})
	}
	lists = append(lists, c.flagLists(cmd)...)
	if showsSymbols(cmd) {
		lists = append(lists, helpList{"Symbols", symbolRows(render.Symbols())})
	}
	return append(lists, helpList{"Exit codes", exitRows(cmd)})
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

// helpRow is something and what it means.
type helpRow struct{ head, text string }

func commandRows(cmd *cobra.Command) (rows []helpRow) {
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			rows = append(rows, helpRow{sub.Name(), sub.Short})
		}
	}
	return rows
}

// showsSymbols reports whether a command shows plans.
func showsSymbols(cmd *cobra.Command) bool {
	return slices.Contains([]string{"plan", "apply"}, cmd.Name())
}

func symbolRows(symbols []render.Meaning) (rows []helpRow) {
	for _, m := range symbols {
		rows = append(rows, helpRow{m.Symbol, m.Meaning})
	}
	return rows
}
