package render

import (
	"fmt"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// resultReview is what every reader of a result is shown, in the order of reading:
// what is in doubt or has failed first, what is done last.
type resultReview struct {
	Plan     *planner.Plan
	Result   *apply.Result
	Sections []fateSection // none of them empty, each fate once
	Lost     dataLoss
	Cost     costNow
}

// fateSection is the changes and waits of one fate.
type fateSection struct {
	Fate   fate
	Error  string // why, where it is the same for all; "" otherwise
	Hint   string // what to do about it, likewise
	Groups []outcomeGroup
}

// outcomeGroup is changes of one kind, or waits, that have ended in the same way. In
// its texts {name} stands for the name of each server, where there are several.
type outcomeGroup struct {
	Fate    fate
	Kind    kind
	Members []member // with the ids that are known by now
	Error   string   // why; "" where it is done
	Hint    string
	Slowest string // the server that took longest
	Longest time.Duration
	Reports []apply.Report // of the members, in their order
}

// reviewResult puts a result in the order of reading.
func reviewResult(p *planner.Plan, r *apply.Result) resultReview {
	v := resultReview{Plan: p, Result: r, Lost: lostBy(r), Cost: costAfter(p, r)}
	for _, f := range fates {
		if groups := outcomeGroups(r.Reports, f); len(groups) > 0 {
			s := fateSection{Fate: f, Groups: groups}
			s.Error, s.Hint = groups[0].Error, groups[0].Hint
			for _, g := range groups {
				if g.Error != s.Error {
					s.Error = ""
				}
				if g.Hint != s.Hint {
					s.Hint = ""
				}
			}
			v.Sections = append(v.Sections, s)
		}
	}
	return v
}

// outcomeGroups are the groups of those reports that have one fate, in the order of
// their kinds.
func outcomeGroups(reports []apply.Report, of fate) (groups []outcomeGroup) {
	type key struct {
		kind        kind
		error, hint string
	}
	at := make(map[key]int)
	for _, rep := range reports {
		if fateOf(rep) != of {
			continue
		}
		g := outcomeOfOne(rep)
		same := key{kind: g.Kind}
		same.error, _ = withoutName(g.Error, g.Members[0].Name)
		same.hint, _ = withoutName(g.Hint, g.Members[0].Name)
		i, ok := at[same]
		if !ok {
			at[same] = len(groups)
			groups = append(groups, g)
			continue
		}
		groups[i].Error, groups[i].Hint = same.error, same.hint
		groups[i].add(g)
	}
	slices.SortStableFunc(groups, func(a, b outcomeGroup) int { return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind) })
	return groups
}

func outcomeOfOne(rep apply.Report) outcomeGroup {
	g := outcomeGroup{Fate: fateOf(rep), Kind: kindWait, Longest: rep.Duration, Reports: []apply.Report{rep}}
	m := member{Name: reportName(rep)}
	if rep.Change != nil {
		f := changeFact(rep.Change)
		g.Kind, m = f.Kind, f.Member
	} else {
		m.ID = rep.Wait.ID
	}
	if rep.ID != "" {
		m.ID = rep.ID
	}
	g.Members, g.Slowest = []member{m}, m.Name
	if rep.Err != nil {
		g.Error, g.Hint = errorMessage(rep.Err), Hint(rep.Err)
	}
	return g
}

func (g *outcomeGroup) add(one outcomeGroup) {
	g.Members, g.Reports = append(g.Members, one.Members...), append(g.Reports, one.Reports...)
	if one.Longest > g.Longest {
		g.Longest, g.Slowest = one.Longest, one.Slowest
	}
}

// names are the servers of a group; with the ids of those that were made and are
// billed and cannot be used yet.
func (g outcomeGroup) names() []string {
	all := make([]string, len(g.Members))
	for i, m := range g.Members {
		all[i] = m.Name
	}
	return ranges(all)
}

// deed is what was to be done, or what was.
func (g outcomeGroup) deed() string {
	m := meanings[g.Kind]
	switch {
	case g.Fate == fateDone:
		return m.past
	case g.Kind == kindWait:
		return "wait"
	}
	return string(g.Kind)
}

// servers counts the changes and waits of a section.
func (s fateSection) servers() (n int) {
	for _, g := range s.Groups {
		n += len(g.Members)
	}
	return n
}

// title is what a section begins with, such as Failed 5, and what is the same for all
// of it, or "".
func (s fateSection) title() (lead, said string) {
	m := fateMeanings[s.Fate]
	said = s.Error
	if said == "" {
		said = m.said
	}
	return fmt.Sprintf("%s %d", m.title, s.servers()), said
}

// count is how many changes and waits have one fate.
func (v resultReview) count(f fate) (n int) {
	for _, s := range v.Sections {
		if s.Fate == f {
			n = s.servers()
		}
	}
	return n
}

// left is how many changes and waits are not done.
func (v resultReview) left() int { return len(v.Result.Reports) - v.count(fateDone) }

// headline is how a run has ended, in one line, with its colour.
func (v resultReview) headline() (text string, c color) {
	all, done := len(v.Result.Reports), v.count(fateDone)
	took := ""
	if v.Result.Duration >= time.Second {
		took = " after " + lasted(v.Result.Duration)
	}
	switch {
	case done == all && len(v.Result.Blocked) > 0:
		return fmt.Sprintf("Apply done%s: %s; %s blocked.", took, accomplished(v.Result.Reports), areEntries(len(v.Result.Blocked))), amber
	case done == all:
		return fmt.Sprintf("Apply complete%s: %s.", took, accomplished(v.Result.Reports)), green
	}
	state := "incomplete"
	if v.Result.Interrupted {
		state = "interrupted"
	}
	parts := []string{fmt.Sprintf("%d of %d done", done, all)}
	c = amber
	for _, f := range fates {
		if f != fateDone {
			parts = append(parts, counted(v.count(f), f)...)
		}
	}
	if v.count(fateDoubt)+v.count(fateFailed) > 0 {
		c = red
	}
	parts = append(parts, counted(len(v.Result.Blocked), "blocked")...)
	text = fmt.Sprintf("Apply %s%s: %s.", state, took, joined(parts, ", ", func(s string) string { return s }))
	return text, c
}

func areEntries(n int) string {
	if n == 1 {
		return "1 entry is"
	}
	return fmt.Sprintf("%d entries are", n)
}

// next says what to do after a run; "" where all is done.
func (v resultReview) next() string {
	switch left := v.left(); {
	case left == 0:
		return ""
	case left == v.count(fateNotReady)+v.count(fateNotSeen):
		return "run the same command again to go on waiting."
	default:
		text := ""
		if v.hasHints() {
			text += "do what the rows say, then "
		}
		text += "run the same command again; it "
		if v.count(fateDoubt) > 0 {
			text += "looks first for what is in doubt, and "
		}
		return text + fmt.Sprintf("does what is left, %d of %d.", left, len(v.Result.Reports))
	}
}

// hasHints reports whether there is more to do than to run again.
func (v resultReview) hasHints() bool {
	for _, s := range v.Sections {
		if s.Fate == fateDoubt || s.Fate == fateFailed {
			if slices.ContainsFunc(s.Groups, func(g outcomeGroup) bool { return g.Hint != "" }) {
				return true
			}
		}
	}
	return false
}
