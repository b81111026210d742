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
	d.Headline, d.Tone = strings.TrimSuffix(total(p), "."), calm
	d.CommandFor, d.Command = "To carry out exactly this", r.Command
	d.About = place(p.Account, p.Endpoint, v.File)
	for _, x := range p.Violations() {
		message, hint := Violation(x)
		d.Refusals = append(d.Refusals, refusalBox{message, hint})
	}
	switch {
	case losses(p) > 0:
		d.Tone, d.Headline, d.Lead = bad, strings.TrimSuffix(lossesText(p), "."), v.lossLead()
	case len(d.Refusals) > 0:
		d.Tone = bad
	case len(p.Blocked) > 0:
		d.Tone = warn
	case p.Empty():
		d.Tone = good
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
	touched := make(map[string]bool)
	for _, c := range p.Changes {
		touched[c.About().Name+" "+c.About().ID] = true
	}
	requests, times := effort(p, r.Outlook)
	cards := []card{{"Changes", fmt.Sprintf("%d on %s", len(p.Changes), servers(len(touched))), fmt.Sprintf("%d requests%s", requests, times), calm}}
	if len(p.Cost.Rows) > 0 {
		cards = append([]card{costCard(p.Cost)}, cards...)
	}
	also := strings.Join(counted(len(p.Unlisted), "unlisted", len(p.Waits), "in transition", len(p.Excluded), "excluded"), ", ")
	blocked := card{"Needs you", "nothing", also, calm}
	if len(p.Blocked) > 0 {
		blocked.Value, blocked.Tone = fmt.Sprintf("%d blocked", len(p.Blocked)), warn
	}
	guards := card{"Guards", "within all", "", calm}
	if limit := p.Guards.MaxDeletes; limit.Set && losses(p) > 0 {
		guards.More = fmt.Sprintf("max_deletes %s: %d", limit, losses(p))
	}
	if violations > 0 {
		guards.Value, guards.More, guards.Tone = fmt.Sprintf("beyond %d", violations), "apply refuses the whole plan", bad
	}
	return append(cards, blocked, guards)
}

// costCard is the difference that a plan makes a month.
func costCard(c planner.Cost) card {
	k := card{"Cost a month", c.Delta.Signed(), fmt.Sprintf("%s → %s", c.Before, c.After), calm}
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
