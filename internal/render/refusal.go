package render

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// refusal says why a run was refused, and what to do about it.
func refusal(r apply.Refusal) (text, hint string) {
	switch r := r.(type) {
	case *apply.WrongEndpoint:
		return fmt.Sprintf("the plan is for the API at %s, this is %s", r.Want, r.Got),
			"set VPS_API_URL to the plan's, or make a new plan"
	case *apply.WrongAccount:
		return wrongAccount(r)
	case *apply.UnknownTarget:
		return fmt.Sprintf("%s matches no server, neither in the file nor at the API", r.Pattern),
			"check the name; * stands for any letters"
	case *apply.UnknownLabels:
		return fmt.Sprintf("--selector %s selects no server of the file", r.Selector),
			"check the labels of the entries and of the defaults"
	case *apply.EmptyAccount:
		return fmt.Sprintf("none of the %d listed servers exists, which is how a wrong token or account looks", r.Listed),
			"if all of them are to be created, say so with --bootstrap"
	case *apply.GuardsExceeded:
		return guardsExceeded(r.Violations)
	case *apply.NotReviewed:
		return notReviewed(r.Changes)
	case *apply.CommandsForbidden:
		return commandsForbidden(r.Commands)
	}
	panic(fmt.Sprintf("unknown refusal %T", r))
}

// commandsForbidden names a few of the commands.
func commandsForbidden(commands []fleet.Command) (text, hint string) {
	return "the plan would run commands on this host, so nothing was changed:" + indented(atMost(3, each(commands, commandText), "and %d more")),
		"read what the plan shows of them; then give --allow-commands"
}

// notReviewed names a few of the changes that were not.
func notReviewed(changes []planner.Change) (text, hint string) {
	hint = "the servers or the file have changed since; review the plan as it is now and give its digest"
	if changes == nil {
		return "the plan is not the one that was reviewed, nothing was changed",
			hint + "\na plan file, or a plan that an apply of its digest has kept on this host, would have let it resume"
	}
	list := each(changes, func(c planner.Change) string { return string(c.Action()) + " " + withID(c.About().Name, c.About().ID) })
	return "this was not reviewed, nothing was changed:" + indented(atMost(5, list, "and %d more")), hint
}

// indented is a list below a text, one a line.
func indented(list []string) string { return "\n  " + strings.Join(list, "\n  ") }

func wrongAccount(r *apply.WrongAccount) (text, hint string) {
	switch {
	case r.At.Line == 0:
		return fmt.Sprintf("the plan is for the account %s, the token is of %s", cmp.Or(r.Want, "(unknown)"), cmp.Or(r.Got, "(unknown)")),
			"use the token that the plan was made with, or make a new plan"
	case r.Got == "":
		return fmt.Sprintf("%s: the file is for the account %s, and the API does not tell whose token this is", r.At, r.Want),
			"if the token is the right one, remove account: from the file"
	}
	return fmt.Sprintf("%s: the file is for the account %s, the token is of %s", r.At, r.Want, r.Got), "use a token of " + r.Want
}

func guardsExceeded(violations []planner.Violation) (text, hint string) {
	var texts, hints []string
	for _, v := range violations {
		text, hint := Violation(v)
		texts, hints = append(texts, text), append(hints, hint)
	}
	return "refused, nothing was changed: " + strings.Join(texts, "; "), strings.Join(hints, "\n")
}

// warnings say what did not work during a run.
var warnings = map[apply.WarningKind]string{
	apply.CacheUnread:  "cached details are dropped, and all are read anew",
	apply.CacheUnsaved: "details are not cached",
	apply.CacheWrong:   "backups_enabled has changed and updated_at has not, so cached details were dropped and all read anew; where this comes again, leave out --details-max-age",
	apply.StateUnsaved: "the state for the next run is not complete",
	apply.NotRestored:  "the restore command of a server that was not disrupted after all has failed; the next apply restores it first",
	apply.StateUnread:  "what earlier runs have done lately cannot be read, so the API is taken at its word",
}

// Warning says what did not work during a run.
func Warning(w apply.Warning) string { return warnings[w.What] }

// Violation says which guard a plan goes beyond, and what would allow it.
func Violation(v planner.Violation) (message, hint string) {
	switch v := v.(type) {
	case planner.CountViolation:
		limit := v.Limit.String()
		if v.Limit.Percent {
			limit += fmt.Sprintf(", that is %d", v.Allowed)
		}
		flag := map[string]string{planner.GuardDeletes: "--allow-deletes", planner.GuardChanges: "--allow-changes"}[v.Guard]
		return beyond(v.Guard, limit, v.Limit.Pos, fmt.Sprintf("the plan has %d", v.Got)), allowHint(fmt.Sprintf("%s %d", flag, v.Got), v.Guard)
	case planner.CostViolation:
		return costViolation(v)
	}
	panic(fmt.Sprintf("unknown violation %T", v))
}

func costViolation(v planner.CostViolation) (message, hint string) {
	limit := v.Limit.String() + " a month"
	if v.Limit.Percent {
		limit = fmt.Sprintf("%s, that is %s a month", v.Limit, v.Allowed)
	}
	if v.Unpriced != nil {
		return beyond(v.Guard, limit, v.Limit.Pos, "and the API tells no price of "+joined(v.Unpriced, ", ", func(n planner.Named) string { return "plan " + n.String() })),
			fmt.Sprintf("choose plans whose price the API tells, or take guards.%s out of the fleet file", v.Guard)
	}
	got := "the plan adds " + v.Got.String()
	if v.Guard == planner.GuardCost {
		got = "the servers would cost " + v.Got.String()
		if v.AtPeak {
			got += " while new ones are there beside those that they replace"
		}
	}
	return beyond(v.Guard, limit, v.Limit.Pos, got), allowHint("--allow-cost "+v.After.String(), v.Guard)
}

func beyond(guard, limit string, at fleet.Pos, got string) string {
	where := ""
	if at.Line > 0 {
		where = " (" + at.String() + ")"
	}
	return fmt.Sprintf("guards.%s allows %s%s, %s", guard, limit, where, got)
}

func allowHint(flag, guard string) string {
	return fmt.Sprintf("review the plan, then allow exactly this with %s, or raise guards.%s in the fleet file", flag, guard)
}
