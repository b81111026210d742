package cli

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/internal/render"
)

// What help is laid out by, in characters.
const (
	helpWidth   = 80  // of a line, where there is no terminal
	maxHelpLine = 100 // longer ones are hard to read
	maxHead     = 26  // of what is explained, left of its text
	minText     = 30  // narrower texts stand below what they explain
)

// showHelp writes what a command says of itself, for the terminal that reads it.
func (c *command) showHelp(cmd *cobra.Command, _ []string) {
	c.print(helpText(cmd, c.style(c.Stdout)))
}

func helpText(cmd *cobra.Command, style render.Style) string {
	h := helpPage{Style: fitted(style)}
	if t, ok := topicOf(cmd); ok {
		h.prose(t.text)
		for _, l := range t.lists {
			h.list(l.title, l.rows)
		}
		return strings.TrimPrefix(h.String(), "\n")
	}
	h.prose(about(cmd))
	h.commandLines("Usage", useLine(cmd))
	h.commandLines("Examples", cmd.Example)
	for _, l := range helpLists(cmd) {
		h.list(l.title, l.rows)
	}
	if cmd.HasAvailableSubCommands() {
		h.prose("fleet COMMAND --help tells more of a command, fleet help TOPIC of a topic.")
	}
	return strings.TrimPrefix(h.String(), "\n")
}

// fitted is a style whose lines are neither endless nor too long to read.
func fitted(style render.Style) render.Style {
	if style.Width == 0 {
		style.Width = helpWidth
	}
	style.Width = min(style.Width, maxHelpLine)
	return style
}

// helpList is what help explains one by one under a title.
type helpList struct {
	title string
	rows  []helpRow
}

// helpLists are all that a command's help explains one by one.
func helpLists(cmd *cobra.Command) []helpList {
	lists := []helpList{{"Commands", commandRows(cmd)}}
	if cmd.HasAvailableSubCommands() && !cmd.HasParent() {
		lists = append(lists, helpList{"Topics", topicRows()})
	}
	for _, g := range flagRows(cmd) {
		lists = append(lists, helpList{g.title, g.rows})
	}
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

// helpPage is help as it is being written.
type helpPage struct {
	strings.Builder
	render.Style
}

// prose writes paragraphs, folded. Lines that are indented stay as they are.
func (h *helpPage) prose(text string) {
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		h.WriteString("\n")
		if strings.HasPrefix(paragraph, " ") {
			h.WriteString(paragraph + "\n")
			continue
		}
		for _, line := range render.Wrap(paragraph, h.Width) {
			h.WriteString(line + "\n")
		}
	}
}

// commandLines writes what can be typed. A line that is too long goes on below,
// as a shell takes it.
func (h *helpPage) commandLines(title, text string) {
	if text == "" {
		return
	}
	h.WriteString("\n" + h.Title(title) + "\n")
	for line := range strings.Lines(text) {
		h.WriteString("  " + strings.Join(render.Wrap(line, h.Width-8), " \\\n      ") + "\n")
	}
}

// list writes rows whose texts begin in one column, or each below its head where
// the lines are too short for that.
func (h *helpPage) list(title string, rows []helpRow) {
	if len(rows) == 0 {
		return
	}
	h.WriteString("\n" + h.Title(title) + "\n")
	head := 0
	for _, r := range rows {
		if n := utf8.RuneCountInString(r.head); n <= maxHead {
			head = max(head, n)
		}
	}
	indent, below := head+4, false
	if h.Width-indent < minText && head > 4 {
		indent, below = 6, true
	}
	for _, r := range rows {
		lines := render.Wrap(r.text, h.Width-indent)
		if !below && utf8.RuneCountInString(r.head) <= head {
			fmt.Fprintf(h, "  %-*s  %s\n", head, r.head, lines[0])
			lines = lines[1:]
		} else {
			h.WriteString("  " + r.head + "\n")
		}
		for _, line := range lines {
			h.WriteString(strings.Repeat(" ", indent) + line + "\n")
		}
	}
}
