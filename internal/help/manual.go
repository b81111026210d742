package help

import (
	"fmt"
	"strings"
)

// Roff is the page as man reads it, with the version and the date that it tells and the
// pages to see also.
func (p Page) Roff(version, date string, others []Page) string {
	var r roffPage
	fmt.Fprintf(&r, ".TH %s %s \"%s\" \"fleet %s\"\n", strings.ToUpper(roffEscape(p.Manual)), p.Section, roffEscape(date), roffEscape(version))
	r.section("Name")
	fmt.Fprintf(&r, "%s \\- %s\n", roffEscape(p.Manual), roffEscape(p.Short))
	if p.Usage != "" {
		r.section("Synopsis")
		r.lines(p.Usage)
	}
	r.section("Description")
	r.prose(p.Prose)
	if p.Example != "" {
		r.section("Examples")
		r.lines(Unindented(p.Example))
	}
	for _, l := range p.Lists {
		r.list(l)
	}
	r.seeAlso(p.Manual, others)
	return r.String()
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

func (p *roffPage) list(l List) {
	if len(l.Rows) == 0 {
		return
	}
	p.section(l.Title)
	for _, r := range l.Rows {
		p.WriteString(".TP\n.B \"" + roffEscape(r.Head) + "\"\n" + roffEscape(r.Text) + "\n")
	}
}

// seeAlso names other pages, but for the page itself.
func (p *roffPage) seeAlso(self string, others []Page) {
	p.section("See also")
	var pages []string
	for _, o := range others {
		if o.Manual != self {
			pages = append(pages, `\fB`+roffEscape(o.Manual)+`\fR(`+o.Section+")")
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
