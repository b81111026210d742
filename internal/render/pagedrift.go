package render

import (
	"fmt"
	"strings"
)

// drift shows how servers differ from the file, by what an apply would do about it.
func (d *page) drift(r Run) {
	v := reviewDrift(r.Drift, r.Plan)
	d.Title, d.About = "fleet drift", place(r.Drift.Account, r.Drift.Endpoint, v.File)
	d.DigestOf, d.Digest = "Fingerprint", r.Drift.Fingerprint()
	d.Headline, d.Tone = v.headline(" from the file"), warn
	switch {
	case d.Headline == "":
		d.Headline, d.Tone = strings.TrimSuffix(v.total(false), "."), good
	case v.losses() > 0:
		d.Tone = bad
	}
	d.Mark = marks[d.Tone]
	d.Lead = v.lead()
	if d.sections(v.review); len(d.Sections) > 0 {
		d.Cards = v.cards()
	}
	d.filters(true)
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
			p.Phrases = append(p.Phrases, phrase{Text: strings.Join(s.members().ranges(), ", "), Anchor: slug(s.Word)})
		}
		p.Phrases = append(p.Phrases, phrase{Text: "."})
		lead = append(lead, p)
	}
	if next := v.next(); next != nil {
		lead = append(lead, paragraph{Phrases: append([]phrase{{Text: "Next: "}}, next...)})
	}
	return lead
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
		{"Differ", servers(v.servers()), joined(counted(v.count(kindUnlisted), "more unlisted", v.count(kindPending), "pending"), ", ", strings.Clone), calm}, lost, needs,
		{"Repaired without a loss", fmt.Sprint(v.repairable()), "--only " + driftRepairs, calm},
	}
}

// slug is some words as one, for an anchor.
func slug(words string) string { return strings.ReplaceAll(strings.ToLower(words), " ", "-") }
