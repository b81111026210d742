package render

import (
	"math"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// review is what every reader of a plan is shown, in the order of reading. Its
// texts are as they came: who writes them escapes them.
type review struct {
	Plan     *planner.Plan // the totals, guards, cost and digest are read from it
	Sections []section     // none of them empty
}

// section is the groups that stand under one title.
type section struct {
	Title  string
	Groups []group
}

// The titles of the sections, in their order; the cost comes after them.
const (
	titleLosses   = "Deletes and replacements"
	titleChanges  = "Changes"
	titleWaits    = "Waiting for"
	titleBlocked  = "Blocked"
	titleUnlisted = "Unlisted (not in the file, left alone)"
	titleExcluded = "Excluded by --only"
	titleNotes    = "Notes"
	titleCost     = "Servers and cost by plan and location"
)

// many is how many servers have to be alike to be shown as one group.
const many = 5

// everyServer is a number of servers that no group reaches.
const everyServer = math.MaxInt

// reviewOf puts a plan in the order of reading, deletes and replacements first.
// Servers of which the same is said are one group where there are at least as
// many of them as atLeast says.
func reviewOf(p *planner.Plan, atLeast int) review {
	r := review{Plan: p}
	var losses, changes []fact
	for _, c := range p.Changes {
		if isLoss(c) {
			losses = append(losses, changeFact(c))
		} else {
			changes = append(changes, changeFact(c))
		}
	}
	slices.SortStableFunc(losses, func(a, b fact) int { return strings.Compare(string(a.Action), string(b.Action)) })
	for _, s := range []struct {
		title string
		facts []fact
	}{
		{titleLosses, losses}, {titleChanges, changes}, {titleWaits, each(p.Waits, waitFact)}, {titleBlocked, each(p.Blocked, blockedFact)},
		{titleUnlisted, each(p.Unlisted, unlistedFact)}, {titleExcluded, each(p.Excluded, excludedFact)}, {titleNotes, each(p.Notes, noteFact)},
	} {
		if len(s.facts) > 0 {
			r.Sections = append(r.Sections, section{s.title, groupsOf(s.facts, atLeast)})
		}
	}
	return r
}

// groups counts the groups of all sections.
func (r review) groups() (n int) {
	for _, s := range r.Sections {
		n += len(s.Groups)
	}
	return n
}

func each[T any](list []T, one func(T) fact) []fact {
	facts := make([]fact, len(list))
	for i, x := range list {
		facts[i] = one(x)
	}
	return facts
}

// isLoss reports whether a change loses the data of a server.
func isLoss(c planner.Change) bool {
	return c.Action() == planner.ActionDelete || c.Action() == planner.ActionReplace
}

// losses counts the servers whose data a plan loses.
func losses(p *planner.Plan) int {
	count := p.Count()
	return count[planner.ActionDelete] + count[planner.ActionReplace]
}
