package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// whose says whose servers it is about, and where, unless that is where the API is.
func whose(account, endpoint string) string {
	text := "an account that the API does not name"
	if account != "" {
		text = Escape(account)
	}
	if endpoint != "" && endpoint != usualEndpoint {
		text += " · " + Escape(endpoint)
	}
	return text
}

// usualEndpoint is where the API is.
const usualEndpoint = "https://admin.vps.org/api/v1"

// total is the closing line: Plan: 2 to create, 1 to delete.
func total(p *planner.Plan) string {
	if p.Empty() {
		return "No changes" + noChanges(p) + "."
	}
	return "Plan: " + planned(p) + "."
}

// planned counts the changes by their kind: 2 to create, 1 to delete.
func planned(p *planner.Plan) string {
	count := p.Count()
	var parts []string
	for _, k := range kinds {
		parts = append(parts, counted(count[planner.Action(k)], "to "+string(k))...)
	}
	return strings.Join(parts, ", ")
}

// noChanges goes on after "No changes", and says why.
func noChanges(p *planner.Plan) string {
	switch {
	case len(p.Waits) > 0:
		return fmt.Sprintf(". %s still in transition", areServers(len(p.Waits)))
	case len(p.Blocked) > 0:
		return " that apply may make"
	case len(p.Excluded) > 0:
		return " that --only allows"
	case p.Scope.Listed == 0:
		return ". The file wants no servers"
	case p.Scope.Selected == 0:
		return ""
	}
	return fmt.Sprintf(". %s as the file says", areServers(p.Scope.Selected))
}

// alsoThere counts what the total leaves out, and says what no rollout holds back: with
// the rollout to write where that fits into the line.
func (s Style) alsoThere(p *planner.Plan) string {
	parts := counted(len(p.Blocked), "blocked", len(p.Unlisted), "unlisted", len(p.Excluded), "excluded")
	if len(p.Waits) > 0 && !p.Empty() {
		parts = append(parts, fmt.Sprintf("%d still in transition", len(p.Waits)))
	}
	away, rollout := awayAtOnce(p)
	if away == "" {
		return sentence(strings.Join(parts, ", "))
	}
	text := strings.Join(append(parts, away), ", ")
	switch long := text + "; one at a time with " + rollout; {
	case width(long) <= s.width():
		return long
	case s.View == Whole: // its note has it
		return text + "."
	}
	return text + " (see --full)."
}

// awayAtOnce says how many servers no rollout holds back, and which rollout would; ""
// where there are none.
func awayAtOnce(p *planner.Plan) (away, rollout string) {
	i := slices.IndexFunc(p.Notes, func(n planner.Note) bool { return n.Reason.Code == planner.CodeAtOnce })
	if i < 0 {
		return "", ""
	}
	note := newStatement("", p.Notes[i].Reason)
	of := strings.Join(note.Names, ", ")
	if len(note.Names) > named {
		of = fmt.Sprintf("%d ranges", len(note.Names))
	}
	return Escape(fmt.Sprintf("%d of %s away at once", note.Count, of)), Escape("rollouts: { tier: { names: [" + note.word("patterns") + "] } }")
}
