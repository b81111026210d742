package render

import (
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// outcomeGroup is changes of one kind, or waits, that have ended in the same way. An
// update and the reboot after it are one, where they have. In its texts {name} stands
// for the name of each server, where there are several.
type outcomeGroup struct {
	Fate    fate
	Kind    kind
	Then    planner.Action   // what came after it, in the same servers; "" where nothing did
	Members members          // with the ids that are known by now
	Reports [][]apply.Report // of each member
	Error   string           // why; "" where it is done
	Hint    string
	Slowest string // the server that took longest
	Longest time.Duration
}

// outcomeGroups are the groups of those reports that have one fate, in the order of
// their kinds.
func outcomeGroups(reports []apply.Report, of fate) (groups []outcomeGroup) {
	type key struct {
		kind        kind
		then        planner.Action
		error, hint string
	}
	same := func(g outcomeGroup) key {
		message, _ := withoutName(g.Error, g.Members[0].Name)
		hint, _ := withoutName(g.Hint, g.Members[0].Name)
		return key{g.Kind, g.Then, message, hint}
	}
	for _, alike := range grouped(each(outcomesOf(reports, of), newOutcome), same) {
		g := alike[0]
		if len(alike) > 1 {
			g.Error, g.Hint = same(g).error, same(g).hint
		}
		for _, one := range alike[1:] {
			g.add(one)
		}
		groups = append(groups, g)
	}
	slices.SortStableFunc(groups, func(a, b outcomeGroup) int { return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind) })
	return groups
}

// outcomesOf are those reports that have one fate, one by one, but for the reboot that
// follows an update: it stands with that.
func outcomesOf(reports []apply.Report, of fate) (all [][]apply.Report) {
	updated := make(map[string]int) // by id: which of all
	for _, rep := range reports {
		if fateOf(rep) != of {
			continue
		}
		if rep.Change != nil {
			id := rep.Change.About().ID
			at, ok := updated[id]
			if ok && rep.Change.Action() == planner.ActionReboot && (of == fateNotStarted || sameError(rep, all[at][0])) {
				all[at] = append(all[at], rep)
				continue
			}
			if rep.Change.Action() == planner.ActionUpdate {
				updated[id] = len(all)
			}
		}
		all = append(all, []apply.Report{rep})
	}
	return all
}

func sameError(a, b apply.Report) bool {
	one, _ := explainError(a.Err)
	other, _ := explainError(b.Err)
	return one == other
}

// newOutcome is a group of one server.
func newOutcome(reports []apply.Report) outcomeGroup {
	rep := reports[0]
	f := factOf(rep)
	g := outcomeGroup{Fate: fateOf(rep), Kind: f.Kind, Reports: [][]apply.Report{reports}}
	g.Error, g.Hint = explainError(rep.Err)
	if rep.ID != "" {
		f.Member.ID = rep.ID
	}
	g.Members, g.Slowest = members{f.Member}, f.Member.Name
	for _, rep := range reports {
		g.Longest += rep.Duration
	}
	if len(reports) > 1 {
		g.Then = reports[1].Change.Action()
	}
	return g
}

func (g *outcomeGroup) add(one outcomeGroup) {
	g.Members, g.Reports = append(g.Members, one.Members...), append(g.Reports, one.Reports...)
	if one.Longest > g.Longest {
		g.Longest, g.Slowest = one.Longest, one.Slowest
	}
}

// single is one member of a group, as a group of its own that says the same.
func (g outcomeGroup) single(i int) outcomeGroup {
	one := newOutcome(g.Reports[i])
	one.Error = strings.ReplaceAll(g.Error, nameMark, one.Slowest)
	one.Hint = strings.ReplaceAll(g.Hint, nameMark, one.Slowest)
	return one
}

// changes counts the changes of a group, or its waits.
func (g outcomeGroup) changes() (n int) {
	for _, of := range g.Reports {
		n += len(of)
	}
	return n
}

// deed is what was to be done, or what was.
func (g outcomeGroup) deed() string {
	text, then := string(g.Kind), ", then "+string(g.Then)
	switch {
	case g.Fate == fateDone:
		text, then = meanings[g.Kind].past, ", "+meanings[kind(g.Then)].past
	case g.Kind == kindWait:
		text = "wait"
	}
	if g.Then == "" {
		return text
	}
	return text + then
}

// fateOf is what became of a change or of a wait. That nobody knows how a request has
// ended, and that a server which exists is not ready, are two things.
func fateOf(r apply.Report) fate {
	switch r.Outcome {
	case apply.Done:
		return fateDone
	case apply.NotStarted:
		return fateNotStarted
	case apply.Failed:
		return fateFailed
	}
	why := reasonOf(r.Err)
	switch {
	case why.Code == "" && r.Wait == nil, slices.Contains(doubts, why.Code):
		return fateDoubt
	case r.Change != nil && why.Code == planner.CodeNotReady && len(why.Fields) > 0 && why.Fields[0].From.IsNull():
		return fateNotSeen // no list has shown it
	}
	return fateNotReady
}

// doubts are the codes that say that nobody can tell what exists now.
var doubts = []planner.Code{planner.CodeUnanswered, planner.CodeUnresolved, planner.CodeDuplicates, planner.CodeUnfit, planner.CodeNotRead}

// exists reports whether a change that was to make a server has made it.
func exists(f fate) bool { return f == fateDone || f == fateNotReady || f == fateNotSeen }
