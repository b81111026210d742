package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// review is what every reader of a plan is shown, in the order of reading. Its
// texts are as they came: who writes them escapes them.
type review struct {
	Plan     *planner.Plan // the totals, guards, cost and digest are read from it
	File     string        // the one fleet file that all places are in; "" where there is no such one
	Sections []section     // none of them empty, each kind once
}

// reviewOf puts a plan in the order of reading, losses first. Servers of which the
// same is said are one group.
func reviewOf(p *planner.Plan) review { return newReview(p, groupsOf) }

// newReview is reviewOf with another way to make groups of what is said.
func newReview(p *planner.Plan, group func([]*fact) []group) review {
	facts := planFacts(p)
	r := review{Plan: p, File: oneFile(facts)}
	byKind := make(map[kind][]*fact)
	for _, f := range facts {
		byKind[f.Kind] = append(byKind[f.Kind], f)
	}
	for _, k := range kinds {
		groups := group(byKind[k])
		if k == kindDelete {
			groups = byPlan(groups)
		}
		if len(groups) > 0 {
			price(groups, p.Cost)
			r.Sections = append(r.Sections, planSection(k, groups))
		}
	}
	return r
}

// planFacts is what a plan says of its servers. An update and the reboot after it
// are one fact.
func planFacts(p *planner.Plan) (facts []*fact) {
	updated := make(map[string]int) // by id: which fact
	for _, c := range p.Changes {
		id := c.About().ID
		if at, ok := updated[id]; ok && c.Action() == planner.ActionReboot {
			facts[at].Then, facts[at].Symbol = planner.ActionReboot, symbolThenReboot
			continue
		}
		if c.Action() == planner.ActionUpdate {
			updated[id] = len(facts)
		}
		facts = append(facts, changeFact(c))
	}
	facts = append(facts, each(p.Blocked, blockedFact)...)
	facts = append(facts, each(p.Waits, waitFact)...)
	facts = append(facts, each(p.Unlisted, unlistedFact)...)
	facts = append(facts, each(p.Excluded, excludedFact)...)
	return append(facts, each(p.Notes, noteFact)...)
}

// oneFile is the fleet file that all facts are from; "" where there are several.
func oneFile(facts []*fact) (file string) {
	for _, f := range facts {
		for _, at := range f.places() {
			if file != "" && at.File != file {
				return ""
			}
			file = at.File
		}
	}
	return file
}

// lines are the places of a group in its file, such as :34 or :34…47; with the file's
// name where the review has several.
func (r review) lines(g group) string {
	if len(g.At) == 0 || g.At[0].Line == 0 {
		return ""
	}
	all := newPlaces(g.At[0])
	for _, at := range g.At {
		if at.File != all.first.File {
			return "" // a group is in one file; what is grouped by less has no one place
		}
		all.add(at)
	}
	file := ""
	if r.File == "" {
		file = all.first.File
	}
	if all.first.Line == all.last.Line {
		return fmt.Sprintf("%s:%d", file, all.first.Line)
	}
	return fmt.Sprintf("%s:%d…%d", file, all.first.Line, all.last.Line)
}

// losses counts the servers whose data a plan loses.
func losses(p *planner.Plan) int {
	count := p.Count()
	return count[planner.ActionDelete] + count[planner.ActionReplace]
}

// lossesText says whose data a plan loses: 27 servers lose their data: 20 deleted, 7
// replaced. It is "" where it loses none.
func lossesText(p *planner.Plan) string {
	count := p.Count()
	deleted, replaced := count[planner.ActionDelete], count[planner.ActionReplace]
	all := "all are "
	if deleted+replaced == 1 {
		all = "it is "
	}
	how := fmt.Sprintf("%d deleted, %d replaced", deleted, replaced)
	switch {
	case deleted+replaced == 0:
		return ""
	case replaced == 0:
		how = all + "deleted"
	case deleted == 0:
		how = all + "replaced"
	}
	return loseData(deleted+replaced) + ": " + how + "."
}

func loseData(n int) string { return quantity(n, "server loses its data", "servers lose their data") }

// shorter is a group whose texts leave out the name of the one file that they are about.
func (r review) shorter(g group) group {
	if r.File != "" {
		g.What, g.Hint, g.Reason = strings.ReplaceAll(g.What, r.File+":", ":"), strings.ReplaceAll(g.Hint, r.File+":", ":"), strings.ReplaceAll(g.Reason, r.File+":", ":")
	}
	return g
}

// section is the groups of one kind in a plan, or of what an apply would do about drift.
type section struct {
	Kind    kind
	meaning        // how it is marked
	Word    string // what the rows of a page are filtered by and linked to
	Lead    string // what it begins with, such as Delete 20 servers
	Said    string // what is the same for all of them; "" where that is nothing
	Groups  []group
}

// planSection is a section of a plan.
func planSection(k kind, groups []group) section {
	s := section{Kind: k, meaning: meanings[k], Word: string(k), Groups: groups}
	n := s.servers()
	s.Lead, s.Said = s.meaning.title+" "+servers(n), s.ofMany
	if n == 1 {
		s.Said = s.of1
	}
	switch k {
	case kindBlocked:
		s.Lead = s.meaning.title + " " + entries(n)
	case kindExcluded:
		s.Lead = fmt.Sprintf("%s %d", s.meaning.title, n)
	case kindNote:
		s.Lead = s.meaning.title
	case kindUpdate:
		s.Said = s.rebooted()
	}
	return s
}

// blockedSection is entries that nothing was done to.
func blockedSection(blocked []planner.Blocked) section {
	return planSection(kindBlocked, groupsOf(each(blocked, blockedFact)))
}

// members are all servers of a section.
func (s section) members() (all members) {
	for _, g := range s.Groups {
		all = append(all, g.Members...)
	}
	return all
}

func (s section) servers() int { return len(s.members()) }

// title is a section's whole title.
func (s section) title() string { return strings.TrimSuffix(s.Lead+", "+s.Said, ", ") }

// rebooted says how many of a section's servers are rebooted after their update.
func (s section) rebooted() string {
	n := 0
	for _, g := range s.Groups {
		if g.Then == planner.ActionReboot {
			n += len(g.Members)
		}
	}
	switch n {
	case 0:
		return ""
	case s.servers():
		return "then reboot"
	}
	return fmt.Sprintf("then reboot %d of them", n)
}

// needsCare reports whether a section is to be read first: an empty line divides it
// from what loses nothing.
func (s section) needsCare() bool { return s.Kind.losesData() || s.Kind == kindBlocked }

// isBrief reports whether a section is a paragraph. It is none where there is a remark on
// some of its servers.
func (s section) isBrief() bool {
	return s.brief && !slices.ContainsFunc(s.Groups, func(g group) bool { return g.Remark != "" })
}
