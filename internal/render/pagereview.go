package render

import (
	"fmt"
	"math"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// plan shows what is to be done.
func (d *page) plan(r Run) {
	p, v := r.Plan, reviewOf(r.Plan)
	d.Headline, d.Tone = strings.TrimSuffix(total(p), "."), plain
	d.CommandFor, d.Command = "To carry out exactly this", r.Command
	d.About = place(p.Account, p.Endpoint, v.File)
	for _, x := range p.Violations() {
		message, hint := Violation(x)
		d.Refusals = append(d.Refusals, saying{message, hint})
	}
	switch {
	case losses(p) > 0:
		d.Tone, d.Headline, d.Lead = red, strings.TrimSuffix(lossesText(p), "."), v.lossLead()
	case len(d.Refusals) > 0:
		d.Tone = red
	case len(p.Blocked) > 0:
		d.Tone = amber
	case p.Empty():
		d.Tone = green
	}
	d.Mark = marks[d.Tone]
	d.Cards = planCards(r, len(d.Refusals))
	d.sections(v)
	d.filters(true)
	d.Policies = policyTexts(p)
	d.Cost = newCostPage(p.Cost)
}

// lossLead names the servers that lose their data, each kind with a link to its rows.
func (r review) lossLead() []paragraph {
	var lead []phrase
	for _, s := range r.Sections {
		word := map[kind]string{kindDelete: "Deleted: ", kindReplace: "Replaced by new, empty servers: "}[s.Kind]
		if word == "" {
			continue
		}
		lead = append(lead, phrase{Text: word}, phrase{Text: strings.Join(s.members().ranges(), ", "), Anchor: string(s.Kind)}, phrase{Text: ". "})
	}
	return []paragraph{{Phrases: lead}}
}

// planCards are the few facts that everybody wants of a plan, its cost first.
func planCards(r Run, violations int) []card {
	p := r.Plan
	touched := grouped(p.Changes, func(c planner.Change) string { return c.About().Name + " " + c.About().ID })
	requests, times := effort(p, r.Outlook)
	cards := []card{{"Changes", fmt.Sprintf("%d on %s", len(p.Changes), servers(len(touched))), fmt.Sprintf("%d requests%s", requests, times), plain}}
	if len(p.Cost.Rows) > 0 {
		cards = append([]card{costCard(p.Cost)}, cards...)
	}
	also := strings.Join(counted(len(p.Unlisted), "unlisted", len(p.Waits), "in transition", len(p.Excluded), "excluded"), ", ")
	blocked := card{"Needs you", "nothing", also, plain}
	if len(p.Blocked) > 0 {
		blocked.Value, blocked.Tone = fmt.Sprintf("%d blocked", len(p.Blocked)), amber
	}
	guards := card{"Guards", "within all", "", plain}
	if limit := p.Guards.MaxDeletes; limit.Set && losses(p) > 0 {
		guards.More = fmt.Sprintf("max_deletes %s: %d", limit, losses(p))
	}
	if violations > 0 {
		guards.Value, guards.More, guards.Tone = fmt.Sprintf("beyond %d", violations), "apply refuses the whole plan", red
	}
	return append(cards, blocked, guards)
}

// costCard is the difference that a plan makes a month.
func costCard(c planner.Cost) card {
	k := card{"Cost a month", c.Delta.Signed(), fmt.Sprintf("%s → %s", c.Before, c.After), plain}
	switch {
	case c.Delta == 0:
		k.Value, k.More = c.After.String(), "as before"
	case c.Before > 0:
		k.More += fmt.Sprintf(" (%+d %%)", int(math.Round(100*float64(c.Delta)/float64(c.Before))))
	}
	if c.Unknown() != nil {
		k.More += "; not all prices are known"
	}
	return k
}

// drift shows how servers differ from the file, by what an apply would do about it.
func (d *page) drift(r Run) {
	v := reviewDrift(r.Drift, r.Plan)
	d.Title, d.About = "fleet drift", place(r.Drift.Account, r.Drift.Endpoint, v.File)
	d.DigestOf, d.Digest = "Fingerprint", r.Drift.Fingerprint()
	d.Headline, d.Tone = v.headline(" from the file"), amber
	switch {
	case d.Headline == "":
		d.Headline, d.Tone = strings.TrimSuffix(v.total(false), "."), green
	case v.losses() > 0:
		d.Tone = red
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
		p := paragraph{red, []phrase{{Text: "An apply would destroy the data of " + servers(n) + ": "}}}
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
	lost := card{"Lose their data", fmt.Sprint(v.losses()), "if it is applied as it is", plain}
	if v.losses() > 0 {
		lost.Tone = red
	}
	needs := card{"Need you", fmt.Sprint(v.count(kindBlocked)), "an apply does nothing to them", plain}
	if v.count(kindBlocked) > 0 {
		needs.Tone = amber
	}
	beside := strings.Join(counted(v.count(kindUnlisted), "more unlisted", v.count(kindPending), "pending"), ", ")
	return []card{
		{"Differ", servers(v.servers()), beside, plain}, lost, needs,
		{"Repaired without a loss", fmt.Sprint(v.repairable()), "--only " + driftRepairs, plain},
	}
}

// slug is some words as one, for an anchor.
func slug(words string) string { return strings.ReplaceAll(strings.ToLower(words), " ", "-") }
