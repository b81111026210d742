package render

import (
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// driftMarkdown is drift by what an apply would do about it.
func driftMarkdown(r Run) document {
	v := reviewDrift(r.Drift, r.Plan)
	var open, folded mdTable
	var titles []string
	for _, s := range v.Sections {
		part := v.part(s)
		if s.Kind != kindUnlisted {
			open.parts = append(open.parts, part)
			continue
		}
		folded.parts = append(folded.parts, part)
		titles = append(titles, fmt.Sprintf("<b>unlisted %d</b>", s.servers()))
	}
	if len(v.Pending) > 0 {
		pending := section{kindNote, v.Pending}
		folded.parts = append(folded.parts, v.rows(pending, fmt.Sprintf("Pending %d", pending.servers()), "Pending, "+v.whyPending()))
		titles = append(titles, fmt.Sprintf("<b>pending %d</b>", pending.servers()))
	}
	folded.summary = foldTitle(titles)
	foot := v.next()
	if f := r.Drift.Fingerprint(); f != "" {
		foot += "\nFingerprint: `" + f + "`\n"
	}
	return document{head: driftOpening(v), tables: []mdTable{open, folded}, foot: foot + origin(r.Plan, v.File)}
}

// driftOpening says the worst of a drift.
func driftOpening(v driftReview) string {
	n, unlisted := v.servers(), v.count(kindUnlisted)
	heading := "fleet drift: "
	switch {
	case n == 1:
		heading += "1 server differs"
	case n > 1:
		heading += fmt.Sprintf("%d servers differ", n)
	case unlisted > 0:
		heading += servers(unlisted) + " unlisted"
	default:
		return opening(heading+"none", note, strings.TrimPrefix(v.total(false), "No drift. "))
	}
	if n > 0 && unlisted > 0 {
		heading += fmt.Sprintf(", %d more unlisted", unlisted)
	}
	if lost := v.losses(); lost > 0 {
		return opening(heading, caution, fmt.Sprintf("**An apply would destroy the data of %s.**", servers(lost)))
	}
	return opening(heading, warning, "An apply would destroy no data.")
}

// part is a section of drift as rows.
func (v driftReview) part(s section) mdPart {
	m := driftMeanings[s.Kind]
	lead := fmt.Sprintf("%s %d", m.title, s.servers())
	return v.rows(s, lead, lead+", "+m.ofMany)
}

func (v driftReview) rows(s section, name, title string) mdPart {
	part := mdPart{name: name, title: title}
	for _, g := range s.Groups {
		what := mdText(g.What)
		switch g.Drift {
		case planner.DriftMissing, planner.DriftUnwanted, planner.DriftUnlisted: // the title says it
			what = ""
		}
		what = mdAfterNames(what, review{File: v.File}.lines(g), g.Hint)
		row := mdRow{text: mdSubject("", g.Members.ranges(), len(g.Members), s.Kind.losesData()) + what, servers: len(g.Members)}
		if s.Kind.losesData() {
			row.kept = g.Members.names()
		}
		part.rows = append(part.rows, row)
	}
	return part
}

// next says what can be done about the drift.
func (v driftReview) next() string {
	if v.servers() == 0 {
		return ""
	}
	text := "\n**Next:** `fleet plan` shows what an apply would do"
	if n := v.repairable(); n > 0 {
		text += fmt.Sprintf("; `fleet apply --only %s` repairs %d without any loss", driftRepairs, n)
	}
	return text + ".\n"
}
