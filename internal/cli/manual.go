package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// ManualPages are the pages of the manual by their file names, such as fleet-plan.1:
// one for each command and topic, with what its help says. They tell the version and
// the date that they are given.
func ManualPages(version, date string) map[string]string {
	pages := make(map[string]string)
	footer := fmt.Sprintf(`"%s" "fleet %s"`, roffEscape(date), roffEscape(version))
	var add func(cmd *cobra.Command)
	add = func(cmd *cobra.Command) {
		if t, ok := topicOf(cmd); ok {
			pages[t.manual+"."+t.section] = topicManual(t, footer)
			return
		}
		pages[manualName(cmd)+".1"] = commandManual(cmd, footer)
		for _, sub := range cmd.Commands() {
			add(sub)
		}
	}
	add(newRoot(newCommand(Process{})))
	return pages
}

// manualName is what man calls the page of a command.
func manualName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

func commandManual(cmd *cobra.Command, footer string) string {
	var p roffPage
	p.heading(manualName(cmd), "1", footer, cmd.Short)
	p.section("Synopsis")
	p.lines(useLine(cmd))
	p.section("Description")
	p.prose(about(cmd))
	if cmd.Example != "" {
		p.section("Examples")
		p.lines(strings.TrimPrefix(strings.ReplaceAll(cmd.Example, "\n  ", "\n"), "  "))
	}
	for _, l := range helpLists(cmd) {
		p.list(l)
	}
	p.seeAlso(manualName(cmd))
	return p.String()
}

func topicManual(t topic, footer string) string {
	var p roffPage
	p.heading(t.manual, t.section, footer, t.short)
	p.section("Description")
	p.prose(t.text)
	for _, l := range t.lists {
		p.list(l)
	}
	p.seeAlso(t.manual)
	return p.String()
}

// roffPage is a page of the manual as it is being written, in the macros of man(7).
type roffPage struct{ strings.Builder }

func (p *roffPage) heading(name, section, footer, short string) {
	fmt.Fprintf(p, ".TH %s %s %s\n", strings.ToUpper(roffEscape(name)), section, footer)
	p.section("Name")
	fmt.Fprintf(p, "%s \\- %s\n", roffEscape(name), roffEscape(short))
}

func (p *roffPage) section(title string) {
	fmt.Fprintf(p, ".SH \"%s\"\n", roffEscape(strings.ToUpper(title)))
}

// prose writes paragraphs. Lines that are indented stay as they are.
func (p *roffPage) prose(text string) {
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		p.WriteString(".PP\n")
		if strings.HasPrefix(paragraph, " ") {
			p.lines(paragraph)
		} else {
			p.WriteString(roffEscape(paragraph) + "\n")
		}
	}
}

// lines writes what is typed, line by line.
func (p *roffPage) lines(text string) {
	p.WriteString(".nf\n" + roffEscape(text) + "\n.fi\n")
}

func (p *roffPage) list(l helpList) {
	if len(l.rows) == 0 {
		return
	}
	p.section(l.title)
	for _, r := range l.rows {
		p.WriteString(".TP\n.B \"" + roffEscape(r.head) + "\"\n" + roffEscape(r.text) + "\n")
	}
}

// seeAlso names fleet and the topics, but for the page itself.
func (p *roffPage) seeAlso(self string) {
	p.section("See also")
	var pages []string
	if self != "fleet" {
		pages = append(pages, `\fBfleet\fR(1)`)
	}
	for _, t := range topics() {
		if t.manual != self {
			pages = append(pages, `\fB`+roffEscape(t.manual)+`\fR(`+t.section+")")
		}
	}
	p.WriteString(strings.Join(pages, ",\n") + "\n")
}

// roffCharacters are those that roff would take for something else: in text, at the
// beginning of a line, or in quotes.
var roffCharacters = strings.NewReplacer(`\`, `\e`, "-", `\-`, `"`, `\(dq`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, "\n.", "\n\\&.")

func roffEscape(text string) string {
	text = roffCharacters.Replace(text)
	if strings.HasPrefix(text, ".") {
		return `\&` + text
	}
	return text
}
