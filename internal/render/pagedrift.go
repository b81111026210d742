package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// drift shows how servers differ from the file, by what an apply would do about it.
func (d *page) drift(r Run) {
	v := reviewDrift(r.Drift, r.Plan)
	d.Title, d.About = "fleet drift", place(r.Drift.Account, r.Drift.Endpoint, v.File)
	d.DigestOf, d.Digest = "Fingerprint", r.Drift.Fingerprint()
	d.Headline, d.Tone = v.headline()
	d.Mark = marks[d.Tone]
	d.Lead = v.lead()
	for _, s := range v.Sections {
		m := driftMeanings[s.Kind]
		d.Sections = append(d.Sections, v.section(s, m.title, m.ofMany, tones[m.color]))
	}
	if len(v.Pending) > 0 {
		d.Sections = append(d.Sections, v.section(section{kindNote, v.Pending}, "Pending", v.whyPending(), quiet))
	}
	if len(d.Sections) > 0 {
		d.Cards = v.cards()
	}
	d.filters(func(k kind) tone {
		return d.Sections[slices.IndexFunc(d.Sections, func(s pageSection) bool { return s.Rows[0].Kind == k })].Class
	})
}

// headline is how many servers differ.
func (v driftReview) headline() (text string, t tone) {
	n, unlisted := v.servers(), v.count(kindUnlisted)
	switch {
	case n == 1:
		text, t = "1 server differs from the file", warn
	case n > 1:
		text, t = fmt.Sprintf("%d servers differ from the file", n), warn
	case unlisted > 0:
		return servers(unlisted) + " unlisted", warn
	default:
		return strings.TrimSuffix(v.total(false), "."), good
	}
	if unlisted > 0 {
		text += fmt.Sprintf(", %d more unlisted", unlisted)
	}
	if v.losses() > 0 {
		t = bad
	}
	return text, t
}

// lead names the servers whose data an apply would destroy, and says what to do next.
func (v driftReview) lead() (lead []paragraph) {
	if n := v.losses(); n > 0 {
		p := paragraph{bad, []phrase{{Text: "An apply would destroy the data of " + servers(n) + ": "}}}
		for _, s := range v.Sections {
			if !s.Kind.losesData() {
				continue
			}
			if len(p.Phrases) > 1 {
				p.Phrases = append(p.Phrases, phrase{Text: "; "})
			}
			p.Phrases = append(p.Phrases, phrase{Text: strings.Join(s.members().ranges(), ", "), Anchor: slug(driftMeanings[s.Kind].title)})
		}
		p.Phrases = append(p.Phrases, phrase{Text: "."})
		lead = append(lead, p)
	}
	if v.servers() == 0 {
		return lead
	}
	next := []phrase{{Text: "Next: "}, {Text: "fleet plan", Code: true}, {Text: " shows what an apply would do"}}
	if n := v.repairable(); n > 0 {
		next = append(next, phrase{Text: "; "}, phrase{Text: "fleet apply --only " + driftRepairs, Code: true},
			phrase{Text: fmt.Sprintf(" repairs %d without any loss", n)})
	}
	return append(lead, paragraph{Phrases: append(next, phrase{Text: "."})})
}

// cards count the servers that differ, by what an apply would do.
func (v driftReview) cards() []card {
	lost := card{"Lose their data", fmt.Sprint(v.losses()), "if it is applied as it is", calm}
	if v.losses() > 0 {
		lost.Tone = bad
	}
	needs := card{"Need you", fmt.Sprint(v.count(kindBlocked)), "an apply does nothing to them", calm}
	if v.count(kindBlocked) > 0 {
		needs.Tone = warn
	}
	return []card{
		{"Differ", servers(v.servers()), joined(counted(v.count(kindUnlisted), "more unlisted", len(v.Pending), "pending"), ", ", strings.Clone), calm}, lost, needs,
		{"Repaired without a loss", fmt.Sprint(v.repairable()), "--only " + driftRepairs, calm},
	}
}

// section is servers of which the same would become.
func (v driftReview) section(s section, title, said string, class tone) pageSection {
	r := review{Plan: &planner.Plan{}, File: v.File}
	p := pageSection{ID: slug(title), Class: class, Title: fmt.Sprintf("%s %d", title, s.servers()), Said: said, Rows: r.planRows(s)}
	for i, g := range s.Groups {
		p.Rows[i].drifted(kind(strings.ToLower(title)), g.Drift)
	}
	return p
}

// drifted makes a row, with its members, one of drift: it is filtered by the words of
// drift, and does not say what its section does.
func (r *pageRow) drifted(k kind, d planner.DriftKind) {
	r.Anchor, r.Kind = strings.Replace(r.Anchor, string(r.Kind), slug(string(k)), 1), k
	if d == planner.DriftMissing || d == planner.DriftUnwanted || d == planner.DriftUnlisted {
		r.What = ""
	}
	for i := range r.Members {
		r.Members[i].drifted(k, d)
	}
}

// slug is some words as one, for an anchor.
func slug(words string) string { return strings.ReplaceAll(strings.ToLower(words), " ", "-") }
