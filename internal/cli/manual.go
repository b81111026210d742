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
	c := newCommand(Process{})
	root, footer := newRoot(c), fmt.Sprintf(`"%s" "fleet %s"`, roffEscape(date), roffEscape(version))
	pages := make(map[string]string)
	for _, cmd := range append(root.Commands(), root) {
		p := c.page(cmd)
		pages[p.manual+"."+p.section] = manualText(p, footer)
	}
	return pages
}

// manualName is what man calls the page of a command.
func manualName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

func manualText(p page, footer string) string {
	var r roffPage
	fmt.Fprintf(&r, ".TH %s %s %s\n", strings.ToUpper(roffEscape(p.manual)), p.section, footer)
	r.section("Name")
	fmt.Fprintf(&r, "%s \\- %s\n", roffEscape(p.manual), roffEscape(p.short))
	if p.usage != "" {
		r.section("Synopsis")
		r.lines(p.usage)
	}
	r.section("Description")
	r.prose(p.prose)
	if p.example != "" {
		r.section("Examples")
		r.lines(unindented(p.example))
	}
	for _, l := range p.lists {
		r.list(l)
	}
	r.seeAlso(p.manual)
	return r.String()
}

// unindented are lines that are indented by two spaces, without these.
func unindented(text string) string {
	return strings.TrimPrefix(strings.ReplaceAll(text, "\n  ", "\n"), "  ")
}

// roffPage is a page of the manual as it is being written, in the macros of man(7).
type roffPage struct{ strings.Builder }

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
