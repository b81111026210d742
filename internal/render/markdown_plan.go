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
	var harmlessTitles, restTitles []string
	review := reviewOf(p)
	for _, sec := range review.Sections {
		part := planPart(review, sec)
		switch sec.Kind {
		case kindDelete, kindReplace, kindBlocked:
			worst.parts = append(worst.parts, part)
		case kindCreate, kindUpdate, kindReboot, kindStart, kindStop:
			harmless.parts = append(harmless.parts, part)
			harmlessTitles = append(harmlessTitles, shortTitle(sec))
		default:
			rest.parts = append(rest.parts, part)
			restTitles = append(restTitles, shortTitle(sec))
		}
	}
	harmless.summary = foldTitle(harmlessTitles) + ": nothing is lost"
	rest.summary = foldTitle(restTitles)
	d.tables = []mdTable{worst, harmless, costTable(p.Cost), rest}
	d.foot = policiesMarkdown(p) + planNext(r) + origin(p, review.File, priceNotes(p.Cost)...)
	return d
}

// foldTitle is what several sections are unfolded by.
func foldTitle(sections []string) string {
	text := strings.TrimPrefix(strings.Join(sections, " · "), "<b>")
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
	count := p.Count()
	beyond := len(p.Violations()) > 0
	var worst []string
	if n := losses(p); n > 0 {
		worst = append(worst, loseData(n))
	}
	if beyond {
		worst = append(worst, "beyond the guards")
	}
	blocked := ""
	if n := len(p.Blocked); n > 0 {
		blocked = areEntries(n) + " blocked"
		if losses(p) == 0 {
			worst = append(worst, blocked)
		}
	}
	switch {
	case p.Empty():
		worst = append(worst, "no changes"+noChanges(p))
	case losses(p) == 0:
		worst = append(worst, planned(p))
	}
	heading, cost := "fleet plan: "+strings.Join(worst, "; "), costInShort(p.Cost)
	refusedBy := ""
	if beyond {
		refusedBy = "Apply refuses all of it, as it is beyond the guards."
	}
	switch {
	case losses(p) > 0:
		return opening(heading, caution, "**"+lossInFull(count[planner.ActionDelete], count[planner.ActionReplace])+"**", refusedBy, cost, sentence(blocked))
	case beyond:
		return opening(heading, caution, refusedBy, cost)
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

func guardsPart(violations []planner.Violation) mdPart {
	part := mdPart{name: "Beyond the guards", title: "Beyond the guards, so apply refuses all of it"}
	for _, v := range violations {
		message, hint := Violation(v)
		part.rows = append(part.rows, mdRow{text: "! " + mdText(message) + nextLines(hint), servers: 1})
	}
	return part
}

// planPart is a section of a plan or of drift as rows, with what is said of all of it.
func planPart(r review, sec section) mdPart {
	part := mdPart{name: sec.Lead, title: sec.title()}
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
	var parts []string
	for _, f := range g.Fields {
		name, from, to := fieldWords(f)
		parts = append(parts, mdText(name+": "+from+" → "+to))
	}
	for _, text := range []string{g.What, g.Remark} {
		if text != "" {
			parts = append(parts, mdText(text))
		}
	}
	if g.Then != "" {
		parts = append(parts, "then "+string(g.Then))
	}
	return mdAfterNames(strings.Join(parts, "; "), r.lines(g), g.Hint)
}

// mdAfterNames is what is said of servers, of HTML, the line of the file and a hint.
func mdAfterNames(text, line, hint string) string {
	if text != "" {
		text = " " + text
	}
	if line != "" {
		text += " <sub>" + mdText(line) + "</sub>"
	}
	return text + nextLines(hint)
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
	if takes := estimate(r.Plan, r.Outlook); takes != "" {
		text += " " + takes
	}
	text += "\n"
	if r.Command != "" {
		text += foldedCommand("Command", r.Command)
	}
	return text
}
