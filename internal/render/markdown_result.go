package render

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// resultMarkdown is what became of a plan: what is in doubt or has failed, and whose
// data is gone, is open; what is done is folded.
func resultMarkdown(r Run) document {
	v := reviewResult(r.Plan, r.Result)
	review := reviewOf(r.Plan)
	d, file := document{head: resultOpening(v)}, ""
	open := mdTable{number: "time"}
	done := mdTable{summary: fmt.Sprintf("✓ <b>Done %d</b>: %s", v.count(fateDone), v.accomplished()), number: "time"}
	rollouts := &mdPart{name: "Rollouts", title: "Rollouts"}
	for _, r := range v.Rollouts {
		rollouts.rows = append(rollouts.rows, mdRow{text: mdText(r.Text) + nextLines(r.Next), servers: r.Changed})
	}
	if v.Overridden != "" {
		rollouts.rows = append(rollouts.rows, mdRow{text: mdText(v.Overridden)})
	}
	if rollouts.rows != nil {
		open.parts = append(open.parts, rollouts)
	}
	for _, s := range v.Sections {
		if s.Fate == fateDone {
			done.parts = []*mdPart{donePart(s)}
		} else {
			open.parts = append(open.parts, fatePart(s))
		}
	}
	if v.Lost != nil {
		open.parts = append(open.parts, lossPart(v.Lost))
	}
	if blocked := blockedSection(r.Result.Blocked); len(blocked.Groups) > 0 {
		file = review.File
		open.parts = append(open.parts, planPart(review, blocked))
	}
	d.tables = []mdTable{open, done}
	if v.next() != "" && r.Again != "" {
		d.foot = foldedCommand("Command", r.Again)
	}
	d.foot += origin(r.Plan, file)
	return d
}

// resultOpening says the worst of a result.
func resultOpening(v resultReview) string {
	all := len(v.Result.Reports)
	heading := "fleet apply: "
	if v.Result.Interrupted || v.Result.Rests() != "" {
		heading += outcome(v.Result) + "; "
	}
	worst := undone(v.count)
	if worst != nil {
		worst[0] = strings.Replace(worst[0], " ", fmt.Sprintf(" of %d ", all), 1)
	}
	blocked := len(v.Result.Blocked)
	took := ""
	if v.Result.Duration >= minTold {
		took = "Took " + lasted(v.Result.Duration) + "."
	}
	sentences := []string{prefixed("**Next:** ", mdText(v.next())), lossCount(v.Lost), v.Cost.text(), took}
	switch {
	case v.count(fateDoubt)+v.count(fateFailed) > 0:
		return opening(heading+strings.Join(worst, ", "), caution, sentences...)
	case worst != nil:
		return opening(heading+strings.Join(worst, ", "), warning, sentences...)
	case blocked > 0:
		return opening(heading+fmt.Sprintf("all %d done; ", all)+areEntries(blocked)+" blocked, as planned", warning, sentences...)
	}
	return opening(heading+v.accomplished(), "", sentences...)
}

// lossCount says how many servers have lost their data.
func lossCount(lost []dataLoss) string {
	if lost == nil {
		return "Nothing was deleted."
	}
	return "**Data gone: " + lossCounts(lost) + ".**"
}

// lossPart names whose data is gone.
func lossPart(lost []dataLoss) *mdPart {
	part := &mdPart{name: "Data gone", title: "Data gone"}
	for _, l := range lost {
		part.rows = append(part.rows, mdServers(l.What+" "+mdSubject("", l.Servers, true), "", l.Servers, true))
	}
	return part
}

// fatePart are the changes and waits that are not done and have ended alike, with what
// is the same for all of them in its title.
func fatePart(s fateSection) *mdPart {
	lead, said := s.title()
	part := &mdPart{name: lead, title: s.symbol + " " + lead}
	if said != "" {
		part.title += ": " + mdText(said)
	}
	part.title += nextLines(s.Hint)
	for _, g := range s.Groups {
		part.rows = append(part.rows, fateRow(s, g))
	}
	return part
}

func fateRow(s fateSection, g outcomeGroup) mdRow {
	what := g.deed()
	if exists(s.Fate) && g.Kind == kindCreate {
		what = "created and billed"
	}
	what += prefixed(": ", mdText(g.Error)) + nextLines(g.Hint)
	subject := mdSubject("", g.Members, false)
	if exists(s.Fate) {
		subject = withIDs(g.Members)
	}
	return mdServers(subject+" "+what, g.time(), g.Members, g.Kind.losesData())
}

// withIDs names servers with their ids, as they exist and are billed.
func withIDs(members members) string {
	return joined(members, ", ", func(m member) string { return withID(mdCode(m.Name), mdText(m.ID)) })
}

// time is how long a group took; "" where it took none.
func (g outcomeGroup) time() string {
	switch {
	case g.Longest < 100*time.Millisecond:
		return ""
	case len(g.Members) > 1:
		return "up to " + lasted(g.Longest)
	}
	return lasted(g.Longest)
}

// donePart is what was done: a row for each server that was made, and one for all
// others of a kind.
func donePart(s fateSection) *mdPart {
	part := &mdPart{name: "Done"}
	for _, g := range s.Groups {
		if g.Kind != kindCreate && g.Kind != kindReplace {
			part.rows = append(part.rows, mdServers(mdSubject(g.deed(), g.Members, g.Kind == kindDelete), g.time(), g.Members, false))
			continue
		}
		for _, rep := range slices.Concat(g.Reports...) {
			text := g.deed() + " " + mdCode(reportName(rep)) + " " + mdText(rep.ID)
			if rep.IPAddress != "" {
				text += " " + mdCode(rep.IPAddress)
			}
			part.rows = append(part.rows, mdRow{text: text, number: lasted(rep.Duration), servers: 1})
		}
	}
	return part
}
