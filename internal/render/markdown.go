package render

import (
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// CommentBytes is what a comment on a pull request takes, at GitHub.
const CommentBytes = 65536

// marker is by what a pipeline finds its comment again; no reader sees it.
const marker = "<!-- fleet -->\n"

// Markdown is a run as a comment on a pull request: one line that says it all, then
// what is lost, then the rest to unfold. Where that is more than maxBytes, detail is
// truncated and that is said, but no name of a server that is deleted or replaced. If even
// these are too many there is an error, and a document that says nothing else.
//
// Nothing but code blocks holds text from outside, and nothing in such a block is
// obeyed: no tag, no link, no image and no mention.
func Markdown(r Run, maxBytes int) ([]byte, error) {
	head := marker + "**fleet: " + headline(r) + "**\n"
	if r.Err != nil {
		head += fenced("text", truncateLines(ErrorLines(r.Err), maxBytes/2))
	}
	if r.Plan == nil {
		return fit(head, nil, "", maxBytes)
	}
	head += fenced("text", headLines(r))
	if r.Result != nil {
		return fit(head, resultBlocks(r.Result), "", maxBytes)
	}
	foot := ""
	if !r.Plan.Empty() && r.Command != "" && r.Err == nil {
		foot = "\nTo carry out exactly this:\n" + fenced("sh", Escape(r.Command)+"\n")
	}
	return fit(head, planBlocks(r.Plan), foot, maxBytes)
}

// headline is what a tired reader takes away. It holds no text from outside.
func headline(r Run) string {
	switch {
	case r.Result != nil:
		return "apply " + outcomeText(r.Result)
	case r.Err != nil:
		return "refused or failed, nothing was changed"
	case r.Plan.Empty():
		return "no changes" + noChanges(r.Plan)
	}
	text := planned(r.Plan)
	switch n := losses(r.Plan); {
	case n == 1:
		text += "; the data of 1 server is lost"
	case n > 1:
		text += fmt.Sprintf("; the data of %d servers is lost", n)
	}
	if len(r.Plan.Violations()) > 0 {
		text += "; beyond the guards, so apply will refuse it"
	}
	return text
}

// headLines are what is true of a whole plan.
func headLines(r Run) string {
	p := r.Plan
	lines := []string{heading(p.Account, p.Endpoint)}
	if r.Result != nil {
		return lines[0] + "\nTook " + span(r.Result.Duration) + ".\n"
	}
	for _, line := range []string{alsoThere(p), costTotal(p.Cost), estimate(p, r.Outlook)} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	if !p.Empty() {
		lines = append(lines, "Digest: "+p.Digest())
	}
	return strings.Join(lines, "\n") + "\n"
}

// planBlocks are the parts of a plan that can be unfolded, in the order of reading.
func planBlocks(p *planner.Plan) []block {
	var s Style
	var blocks []block
	if v := p.Violations(); len(v) > 0 {
		blocks = append(blocks, block{title: "Beyond the guards", open: true, entries: entries(violationRows(v, s), nil)})
	}
	for _, sec := range reviewOf(p, many).Sections {
		b := block{title: textTitle(sec), open: sec.Kind == kindDelete || sec.Kind == kindReplace || sec.Kind == kindBlocked, entries: entries(s.groupRows(sec), sec.Groups)}
		blocks = append(blocks, b)
	}
	if rows := costRows(p.Cost, s); len(rows) > 0 {
		blocks = append(blocks, block{title: titleCost, entries: entries(rows, nil)})
	}
	return blocks
}

// resultBlocks are what is not done, what was blocked, and what was done.
func resultBlocks(r *apply.Result) []block {
	var s Style
	var done, undone []apply.Report
	for _, rep := range r.Reports {
		if rep.Outcome == apply.Done {
			done = append(done, rep)
		} else {
			undone = append(undone, rep)
		}
	}
	blocked := blockedSection(r)
	var blocks []block
	for _, b := range []block{
		{title: "Not done", open: true, entries: reportEntries(undone, undoneRows(undone, s))},
		{title: meanings[kindBlocked].title, open: true, entries: entries(s.groupRows(blocked), blocked.Groups)},
		{title: "Done", entries: reportEntries(done, doneRows(done, s))},
	} {
		if len(b.entries) > 0 {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// reportEntries are reports with their rows; what became of a server's data is told
// whatever is truncated.
func reportEntries(reports []apply.Report, rows []row) []entry {
	list := entries(rows, nil)
	for i, rep := range reports {
		if rep.Change != nil && isLoss(rep.Change) {
			list[i].kept = []string{reportName(rep)}
		}
	}
	return list
}
