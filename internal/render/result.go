package render

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// Result shows what became of a plan: everything that is not done with its
// error and hint, then the closing line.
func Result(r *apply.Result, s Style) string {
	var b strings.Builder
	s.section(&b, "Not done:", undoneRows(r.Reports, s))
	s.section(&b, "Blocked:", s.groupRows(blockedSection(r)))
	c := red
	if r.Complete() {
		c = green
	}
	b.WriteString("\n" + s.newServers(r.Reports))
	b.WriteString(s.paragraph(c, closing(r)))
	return b.String()
}

// maxNewServers is how many new servers are told; fleet list tells all.
const maxNewServers = 40

// newServers are the servers that were made, with their addresses.
func (s Style) newServers(reports []apply.Report) string {
	var made []apply.Report
	width := 0
	for _, rep := range reports {
		if rep.IPAddress != "" {
			made = append(made, rep)
			width = max(width, utf8.RuneCountInString(Escape(reportName(rep))))
		}
	}
	if len(made) == 0 {
		return ""
	}
	slices.SortStableFunc(made, func(a, b apply.Report) int { return fleet.CompareNames(reportName(a), reportName(b)) })
	var b strings.Builder
	b.WriteString("New servers:\n")
	for _, rep := range made[:min(len(made), maxNewServers)] {
		b.WriteString(s.line(plain, "  "+Escape(reportName(rep))).pad(width+4).text + Escape(rep.IPAddress) + "\n")
	}
	if more := len(made) - maxNewServers; more > 0 {
		fmt.Fprintf(&b, "  and %d more, which fleet list shows\n", more)
	}
	return b.String() + "\n"
}

// blockedSection is what was blocked, those that are alike together.
func blockedSection(r *apply.Result) section {
	return section{kindBlocked, groupsOf(each(r.Blocked, blockedFact), many)}
}

// undoneRows are the changes and waits that are not done. A hint that many share
// is given once.
func undoneRows(reports []apply.Report, s Style) []row {
	var rows []row
	given := make(map[string]bool)
	for _, rep := range reports {
		if rep.Outcome == apply.Done {
			continue
		}
		r := reportRow(rep)
		r.details = []line{s.line(outcomeColor(rep.Outcome), string(rep.Outcome)).plus(s.line(plain, because(rep.Err)+took(rep.Duration)))}
		if h := Hint(rep.Err); h != "" && !given[h] {
			r.hint, given[h] = h, true
		}
		rows = append(rows, r)
	}
	return rows
}

// doneRows are the changes and waits that are done, with the time they took.
func doneRows(reports []apply.Report, s Style) []row {
	var rows []row
	for _, rep := range reports {
		if rep.Outcome == apply.Done {
			r := reportRow(rep)
			r.details = []line{s.line(green, done(rep)).plus(s.line(plain, reachedAt(rep.IPAddress)+took(rep.Duration)))}
			rows = append(rows, r)
		}
	}
	return rows
}

// reachedAt is where a server is reached, as the rest of a sentence.
func reachedAt(address string) string {
	if address == "" {
		return ""
	}
	return ", at " + Escape(address)
}

// reportRow is what a report is about.
func reportRow(rep apply.Report) row {
	r := row{symbol: "…", color: cyan, verb: "wait", name: reportName(rep)}
	if rep.Change != nil {
		r.symbol, r.color, r.verb = symbol(rep.Change), meanings[kind(rep.Change.Action())].color, string(rep.Change.Action())
	}
	return r
}

func outcomeColor(o apply.Outcome) color {
	if o == apply.NotStarted {
		return dim
	}
	return red
}

func reportName(r apply.Report) string {
	if r.Change != nil {
		return r.Change.About().Name
	}
	return r.Wait.Name
}

// closing is the last line: what was done, and how many were not.
func closing(r *apply.Result) string { return "Apply " + outcomeText(r) + "." }

// outcomeText is how an apply has ended: complete: 2 created.
func outcomeText(r *apply.Result) string {
	if r.Complete() {
		return "complete: " + accomplished(r.Reports)
	}
	state := "incomplete"
	if r.Interrupted {
		state = "interrupted"
	}
	parts := counted(r.Count(apply.Done), "done", r.Count(apply.Failed), "failed", r.Count(apply.Unknown), "unknown",
		r.Count(apply.NotStarted), "not started", notReady(r.Reports), "not ready", len(r.Blocked), "blocked")
	return state + ": " + strings.Join(parts, ", ")
}

// notReady counts the waits that did not end well.
func notReady(reports []apply.Report) int {
	n := 0
	for _, r := range reports {
		if r.Change == nil && r.Outcome != apply.Done {
			n++
		}
	}
	return n
}

// accomplished counts what was done by its kind: 2 created, 1 updated.
func accomplished(reports []apply.Report) string {
	count, ready := make(map[planner.Action]int), 0
	for _, r := range reports {
		if r.Change == nil {
			ready++
		} else {
			count[r.Change.Action()]++
		}
	}
	var parts []string
	for _, a := range planner.Actions {
		parts = append(parts, counted(count[a], meanings[kind(a)].past)...)
	}
	parts = append(parts, counted(ready, "ready")...)
	if len(parts) == 0 {
		return "nothing to do"
	}
	return strings.Join(parts, ", ")
}
