package render

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// CommentBytes is what a comment on a pull request takes, at GitHub.
const CommentBytes = 65536

// marker is by what a pipeline finds its comment again; no reader sees it.
const marker = "<!-- fleet -->\n"

// Markdown is a run as a comment on a pull request: its heading says the worst, then
// comes what is lost or has failed, then the rest to unfold. Where that is more than
// maxBytes, detail is truncated and that is said, but no name of a server that is
// deleted or replaced. If even these are too many there is an error, and a document
// that says nothing else.
//
// Text from outside is in code blocks, and in tables of HTML without an empty line,
// where whatever is not a plain word is code: no tag, no link, no image, no reference
// and no mention in it is obeyed.
func Markdown(r Run, maxBytes int) ([]byte, error) {
	var d document
	switch {
	case r.Drift != nil && r.Err == nil:
		d = driftMarkdown(r)
	case r.Result != nil:
		d = resultMarkdown(r)
	case r.Err != nil:
		d = failureMarkdown(r, maxBytes)
	default:
		d = planMarkdown(r)
	}
	d.head = marker + d.head
	return d.fit(maxBytes)
}

// The kinds of alert that readers of Markdown show in colour.
const (
	caution = "CAUTION"
	warning = "WARNING"
	note    = "NOTE"
)

// opening is the heading, and what has to be known next in a box of some colour; kind
// "" is without one. It holds no text from outside.
func opening(heading, kind string, sentences ...string) string {
	text := together(" ", sentences...)
	switch {
	case text == "":
		return "### " + heading + "\n"
	case kind == "":
		return "### " + heading + "\n\n" + text + "\n"
	}
	return "### " + heading + "\n\n> [!" + kind + "]\n> " + text + "\n"
}

// failureMarkdown is about a run that was refused or has failed: why, and what the plan
// was of which nothing was carried out.
func failureMarkdown(r Run, maxBytes int) document {
	d := document{head: opening("fleet: "+nothingChanged(r.Err), "") + fenced("text", truncateLines(ErrorLines(r.Err), maxBytes/2))}
	if r.Plan == nil {
		return d
	}
	t := mdTable{summary: "The plan, of which nothing was carried out", number: monthly}
	review := reviewOf(r.Plan)
	for _, sec := range review.Sections {
		sec.Said = ""
		t.parts = append(t.parts, planPart(review, sec))
	}
	if n := losses(r.Plan); n > 0 {
		t.summary += fmt.Sprintf(": it would have ended the data of %s", servers(n))
	}
	d.tables, d.foot = []mdTable{t}, origin(r.Plan, review.File)
	return d
}

// origin says what a document is about, with more in HTML.
func origin(p *planner.Plan, file string, more ...string) string {
	text := "Fleet"
	if p.Account != "" {
		text += " of " + mdCode(p.Account)
	}
	if p.Endpoint != "" {
		text += " at " + mdCode(p.Endpoint)
	}
	if file != "" {
		text += "; lines are those of " + mdCode(file)
	}
	for _, m := range more {
		text += "; " + m
	}
	return "\n<p><sub>" + text + "</sub></p>\n"
}

// foldedCommand is a command that can be copied.
func foldedCommand(title, command string) string {
	return "\n<details><summary>" + title + "</summary>\n" + fenced("sh", Escape(command)+"\n") + "\n</details>\n"
}

// driftMarkdown is drift by what an apply would do about it.
func driftMarkdown(r Run) document {
	v := reviewDrift(r.Drift, r.Plan)
	var open, folded mdTable
	for _, s := range v.Sections {
		if s.Kind == kindUnlisted || s.Kind == kindPending {
			folded.add(v.review, s)
		} else {
			open.add(v.review, s)
		}
	}
	folded.summary = folded.foldTitle()
	foot := ""
	if next := v.next(); next != nil {
		foot = "\n**Next:** " + joined(next, "", phrase.markdown) + "\n"
	}
	if f := r.Drift.Fingerprint(); f != "" {
		foot += "\nFingerprint: `" + f + "`\n"
	}
	return document{head: driftOpening(v), tables: []mdTable{open, folded}, foot: foot + origin(r.Plan, v.File)}
}

// driftOpening says the worst of a drift.
func driftOpening(v driftReview) string {
	heading := "fleet drift: " + cmp.Or(v.headline(""), "none")
	switch lost := v.losses(); {
	case v.headline("") == "":
		return opening(heading, note, strings.TrimPrefix(v.total(false), "No drift. "))
	case lost > 0:
		return opening(heading, caution, fmt.Sprintf("**An apply would destroy the data of %s.**", servers(lost)))
	}
	return opening(heading, warning, "An apply would destroy no data.")
}

// markdown is a phrase that holds no text from outside.
func (p phrase) markdown() string {
	if p.Code {
		return "`" + p.Text + "`"
	}
	return p.Text
}
