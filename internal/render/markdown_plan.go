package render

import (
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// monthly is what the numbers of a plan are.
const monthly = "a&nbsp;month"

// planMarkdown is a plan: what is lost or needs a person is open, all else is folded.
func planMarkdown(r Run) document {
	p := r.Plan
	d := document{head: planOpening(p)}
	worst := mdTable{number: monthly}
	harmless := mdTable{number: monthly}
	rest := mdTable{number: monthly}
	if v := p.Violations(); len(v) > 0 {
		worst.parts = append(worst.parts, guardsPart(v))
	}
	review := reviewOf(p)
	for _, sec := range review.Sections {
		switch sec.Kind {
		case kindDelete, kindReplace, kindBlocked:
			worst.add(review, sec)
		case kindCreate, kindUpdate, kindReboot, kindStart, kindStop:
			harmless.add(review, sec)
		default:
			rest.add(review, sec)
		}
	}
	harmless.summary = harmless.foldTitle() + ": nothing is lost"
	rest.summary = rest.foldTitle()
	d.tables = []mdTable{worst, harmless, costTable(p.Cost), rest}
	d.foot = policiesMarkdown(p) + planNext(r) + origin(p, review.File, priceNotes(p.Cost)...)
	return d
}

// add adds a section of a plan or of drift.
func (t *mdTable) add(r review, sec section) {
	t.parts, t.titles = append(t.parts, planPart(r, sec)), append(t.titles, shortTitle(sec))
}

// foldTitle is what a table of several sections is unfolded by.
func (t *mdTable) foldTitle() string {
	text := strings.TrimPrefix(strings.Join(t.titles, " · "), "<b>")
	if text == "" {
		return ""
	}
	return "<b>" + capitalized(text)
}

// capitalized begins a text that is not empty with a capital letter.
func capitalized(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// shortTitle is a section in the title of several: <b>update 16</b> (then reboot 8 of them).
func shortTitle(sec section) string {
	text := fmt.Sprintf("<b>%s %d</b>", strings.ToLower(sec.meaning.title), sec.servers())
	if sec.Kind == kindUpdate && sec.rebooted() != "" {
		text += " (" + sec.rebooted() + ")"
	}
	return text
}

// planOpening says the worst of a plan.
func planOpening(p *planner.Plan) string {
	lost, cost := losses(p), costInShort(p.Cost)
	var lose, beyond, blocked, does, refused string
	if lost > 0 {
		lose = loseData(lost)
	}
	if len(p.Violations()) > 0 {
		beyond, refused = "beyond the guards", "Apply refuses all of it, as it is beyond the guards."
	}
	if n := len(p.Blocked); n > 0 {
		blocked = areEntries(n) + " blocked"
	}
	switch {
	case p.Empty():
		does = "no changes" + noChanges(p)
	case lost == 0:
		does = planned(p)
	}
	if lost > 0 {
		count := p.Count()
		return opening("fleet plan: "+together("; ", lose, beyond, does), caution,
			"**"+lossInFull(count[planner.ActionDelete], count[planner.ActionReplace])+"**", refused, cost, sentence(blocked))
	}
	heading := "fleet plan: " + together("; ", beyond, blocked, does)
	switch {
	case beyond != "":
		return opening(heading, caution, refused, cost)
	case blocked != "":
		return opening(heading, warning, "Nothing is done to what is blocked.", cost)
	case p.Empty():
		return opening(heading, note, "There is nothing to carry out.", cost)
	}
	return opening(heading, "", cost)
}

// lossInFull says what becomes of servers whose data is lost.
func lossInFull(deleted, replaced int) string {
	const one, many = "replaced by a new, empty one", "replaced by new, empty ones"
	switch {
	case replaced == 0:
		return areServers(deleted) + " deleted."
	case deleted == 0:
		return quantity(replaced, "server is "+one, "servers are "+many) + "."
	}
	return areServers(deleted) + " deleted, " + quantity(replaced, "is "+one, "are "+many) + "."
}

func guardsPart(violations []planner.Violation) *mdPart {
	part := &mdPart{name: "Beyond the guards", title: "Beyond the guards, so apply refuses all of it"}
	for _, v := range violations {
		message, hint := Violation(v)
		part.rows = append(part.rows, mdRow{text: "! " + mdText(message) + nextLines(hint), servers: 1})
	}
	return part
}

// planPart is a section of a plan or of drift as rows, with what is said of all of it.
func planPart(r review, sec section) *mdPart {
	part := &mdPart{name: sec.Lead, title: sec.title()}
	for _, g := range sec.Groups {
		text := mdSubject(g.Symbol, g.Members, g.Kind.losesData()) + mdWhat(r, g)
		part.rows = append(part.rows, mdServers(text, g.Cost.String(), g.Members, g.Kind.losesData()))
	}
	return part
}

// maxCellNames is how many names and ranges of servers that keep their data a cell has.
const maxCellNames = 12

// mdServers is a row about servers, of which all are told if their data is lost.
func mdServers(text, number string, list members, lost bool) mdRow {
	row := mdRow{text: text, number: number, servers: len(list)}
	if lost {
		row.kept = list.names()
	}
	return row
}

// mdSubject is a symbol, names and, where there are several, how many servers.
func mdSubject(symbol string, list members, all bool) string {
	names := list.ranges()
	if len(names) > maxCellNames && !all {
		names = append(names[:maxCellNames:maxCellNames], "…")
	}
	text := strings.TrimPrefix(symbol+" ", " ") + mdCode(strings.Join(names, ", "))
	if len(list) > 1 {
		text += " " + list.note()
	}
	return text
}

// mdWhat goes on after a group's names: fields, what there is, the line of the file, and
// what to do next.
func mdWhat(r review, g group) string {
	text := prefixed(" ", mdText(together("; ", inFields(g.Fields, "%s: %s → %s"), g.What, g.Remark, g.then())))
	if line := r.lines(g); line != "" {
		text += " <sub>" + mdText(line) + "</sub>"
	}
	return text + nextLines(g.Hint)
}

// nextLines are what to do next, each on a line below.
func nextLines(hint string) (text string) {
	if hint == "" {
		return ""
	}
	for line := range strings.SplitSeq(hint, "\n") {
		text += "<br><i>next: " + mdText(line) + "</i>"
	}
	return text
}

// planNext says how the plan is carried out.
func planNext(r Run) string {
	if r.Plan.Empty() {
		return ""
	}
	text := "\n"
	if r.Command == "" && len(r.Plan.Violations()) > 0 {
		text += "**Next:** no command carries this out; see the guards above."
	} else {
		text += "**Next:** carry out exactly this, digest `" + r.Plan.Digest() + "`."
	}
	text += prefixed(" ", takesText(r.Plan, r.Outlook)) + "\n"
	if r.Command != "" {
		text += foldedCommand("Command", r.Command)
	}
	return text
}
