package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// resultReview is what every reader of a result is shown, in the order of reading:
// what is in doubt or has failed first, what is done last.
type resultReview struct {
	Plan       *planner.Plan
	Result     *apply.Result
	Sections   []fateSection // none of them empty, each fate once
	Hint       string        // what to do about all that has failed; "" where the sections say it
	Rollouts   []rollingRow
	Overridden string // that freezes did not hold; "" where they did
	Lost       []dataLoss
	Cost       costNow
}

// fateSection is the changes and waits of one fate.
type fateSection struct {
	Fate fate
	fateMeaning
	Error  string // why, where it is the same for all; "" otherwise
	Hint   string // what to do about it, likewise
	Groups []outcomeGroup
}

// reviewResult puts a result in the order of reading.
func reviewResult(p *planner.Plan, r *apply.Result) resultReview {
	v := resultReview{Plan: p, Result: r, Rollouts: rollingRows(p, r), Lost: lostBy(r), Cost: costAfter(p, r),
		Overridden: prefixed("Freezes did not hold, by --override-freeze: ", r.Overridden)}
	for _, f := range fates {
		if groups := outcomeGroups(r.Reports, f); len(groups) > 0 {
			s := fateSection{Fate: f, fateMeaning: fateMeanings[f], Groups: groups}
			s.Error, s.Hint = groups[0].Error, groups[0].Hint
			if slices.ContainsFunc(groups, func(g outcomeGroup) bool { return g.Error != s.Error }) {
				s.Error = ""
			}
			if slices.ContainsFunc(groups, func(g outcomeGroup) bool { return g.Hint != s.Hint }) {
				s.Hint = ""
			}
			for i := range groups { // the section says it
				groups[i].Error = unlessSame(groups[i].Error, s.Error)
				groups[i].Hint = unlessSame(groups[i].Hint, s.Hint)
			}
			v.Sections = append(v.Sections, s)
		}
	}
	v.Hint = v.oneHint()
	return v
}

// changes counts the changes and waits of a section.
func (s fateSection) changes() (n int) {
	for _, g := range s.Groups {
		n += g.changes()
	}
	return n
}

// servers counts the servers of a section.
func (s fateSection) servers() (n int) {
	for _, g := range s.Groups {
		n += len(g.Members)
	}
	return n
}

// title is what a section begins with, such as Failed 5, and what is the same for all
// of it, or "".
func (s fateSection) title() (lead, said string) {
	return fmt.Sprintf("%s %d", s.fateMeaning.title, s.changes()), cmp.Or(s.Error, s.said)
}

// count is how many changes and waits have one fate.
func (v resultReview) count(f fate) (n int) {
	for _, s := range v.Sections {
		if s.Fate == f {
			n = s.changes()
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
		return fmt.Sprintf("Apply done%s: %s; %s blocked.", took, v.accomplished(), areEntries(len(v.Result.Blocked))), amber
	case done == all:
		return fmt.Sprintf("Apply complete%s: %s.", took, v.accomplished()), green
	}
	state := outcome(v.Result)
	c = amber
	parts := []string{fmt.Sprintf("%d of %d done", done, all)}
	parts = append(parts, undone(v.count)...)
	if v.count(fateDoubt)+v.count(fateFailed) > 0 {
		c = red
	}
	parts = append(parts, counted(len(v.Result.Blocked), "blocked")...)
	text = fmt.Sprintf("Apply %s%s: %s.", state, took, strings.Join(parts, ", "))
	return text, c
}

// undone counts what is not done, by how it ended: 2 failed, 1 not started.
func undone(count func(fate) int) (parts []string) {
	for _, f := range fates {
		if f != fateDone {
			parts = append(parts, counted(count(f), f)...)
		}
	}
	return parts
}

// accomplished counts what was done by its kind: 2 created, 1 updated.
func (v resultReview) accomplished() string {
	count := make(map[kind]int)
	for _, rep := range v.Result.Reports {
		if fateOf(rep) == fateDone {
			count[factOf(rep).Kind]++
		}
	}
	var parts []string
	for _, k := range kinds {
		parts = append(parts, counted(count[k], meanings[k].past)...)
	}
	return cmp.Or(strings.Join(parts, ", "), "nothing to do")
}

// next says what to do after a run; "" where all is done. It may hold text from outside.
func (v resultReview) next() string {
	switch left := v.left(); {
	case left == 0:
		return ""
	case v.Result.Rests() != "":
		return goOn(v.Result) + "; " + Share(left, len(v.Result.Reports)) + " left."
	case left == v.count(fateNotReady)+v.count(fateNotSeen):
		return "run the same command again to go on waiting."
	default:
		text := cmp.Or(v.Hint, "run the same command again")
		if v.hasHints() {
			text = "do what is said of each, then " + text
		}
		if v.count(fateDoubt) > 0 {
			text += ", which looks first for what is in doubt"
		}
		return text + "; " + Share(left, len(v.Result.Reports)) + " left."
	}
}

// oneHint takes the hint of what has failed out of the sections, where it is the same for
// all: it is told with what is next.
func (v *resultReview) oneHint() (hint string) {
	i := slices.IndexFunc(v.Sections, func(s fateSection) bool { return s.Fate == fateFailed })
	if i < 0 || v.count(fateDoubt) > 0 || v.Result.Rests() != "" || strings.Contains(v.Sections[i].Hint, nameMark) || strings.Contains(v.Sections[i].Hint, "\n") {
		return ""
	}
	s := &v.Sections[i]
	hint, s.Hint = s.Hint, ""
	return hint
}

// hasHints reports whether there is more to do than to run again.
func (v resultReview) hasHints() bool {
	return slices.ContainsFunc(v.Sections, func(s fateSection) bool {
		return (s.Fate == fateDoubt || s.Fate == fateFailed) &&
			(s.Hint != "" || slices.ContainsFunc(s.Groups, func(g outcomeGroup) bool { return g.Hint != "" }))
	})
}
