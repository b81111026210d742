package help

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/vps-fleet/fleet/internal/render"
)

// What help is laid out by, in characters.
const (
	helpWidth   = 80  // of a line, where there is no terminal
	maxHelpLine = 100 // longer ones are hard to read
	maxHead     = 26  // of what is explained, left of its text
	minText     = 30  // narrower texts stand below what they explain
)

// Text is the page for people, at most as wide as the style says.
func (p Page) Text(style render.Style) string {
	h := textWriter{Style: style}
	h.Width = min(cmp.Or(style.Width, helpWidth), maxHelpLine)
	h.prose(p.Prose)
	h.commandLines("Usage", p.Usage)
	h.commandLines("Examples", p.Example)
	for _, l := range p.Lists {
		h.list(l.Title, l.Rows)
	}
	h.prose(p.More)
	return strings.TrimPrefix(h.String(), "\n")
}

// textWriter writes help for a terminal.
type textWriter struct {
	strings.Builder
	render.Style
}

// prose writes paragraphs, folded. Lines that are indented stay as they are.
func (h *textWriter) prose(text string) {
	if text == "" {
		return
	}
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
func (h *textWriter) commandLines(title, text string) {
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
func (h *textWriter) list(title string, rows []Row) {
	if len(rows) == 0 {
		return
	}
	h.WriteString("\n" + h.Title(title) + "\n")
	head := 0
	for _, r := range rows {
		if n := utf8.RuneCountInString(r.Head); n <= maxHead {
			head = max(head, n)
		}
	}
	indent, below := head+4, false
	if h.Width-indent < minText && head > 4 {
		indent, below = 6, true
	}
	for _, r := range rows {
		lines := render.Wrap(r.Text, h.Width-indent)
		if !below && utf8.RuneCountInString(r.Head) <= head {
			fmt.Fprintf(h, "  %-*s  %s\n", head, r.Head, lines[0])
			lines = lines[1:]
		} else {
			h.WriteString("  " + r.Head + "\n")
		}
		for _, line := range lines {
			h.WriteString(strings.Repeat(" ", indent) + line + "\n")
		}
	}
}
