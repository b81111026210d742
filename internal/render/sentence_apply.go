package render

import (
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// applySentence says why an approved change is not carried out, or not to its end.
func applySentence(r planner.Reason) string {
	switch r.Code {
	case planner.CodeGone:
		return "the server is gone, and this run did not delete it"
	case planner.CodeChanged:
		return changedSentence(r.Fields) + ": somebody else has changed it, so it was left alone"
	case planner.CodeTaken:
		return "by now there is a server of that name, " + otherIDs(r.Servers)
	case planner.CodeStatus:
		return fmt.Sprintf("its status is %q by now, and fleet does nothing to such a server", r.Status)
	case planner.CodeNextUnfit:
		return statement{Reason: r}.otherServer() + " exists and is not what the replacement needs"
	case planner.CodeNeeds:
		return "what has to come before it, to " + r.Name + ", was not done"
	case planner.CodeInterrupted:
		return waitedFor(r.Fields, "not yet") + "interrupted"
	case planner.CodeRefused:
		return "the API refused it"
	case planner.CodeNoCredit:
		return "an earlier create was refused for want of credit"
	case planner.CodeUnanswered:
		return "it may have taken effect"
	case planner.CodeUnresolved:
		if r.Count > 0 {
			return fmt.Sprintf("the create was given up %d times, and each time nothing was created", r.Count)
		}
		return r.Name + " may have been created"
	case planner.CodeDuplicates:
		return fmt.Sprintf("%d servers are named %s and each is billed: %s", len(r.Servers), r.Name, otherPrices(r.Servers))
	case planner.CodeUnfit:
		return fmt.Sprintf("a server named %s, id %s, has appeared that is not what was to be created", r.Name, otherIDs(r.Servers))
	case planner.CodeNotReady:
		return strings.TrimSuffix(waitedFor(r.Fields, "still"), ": ")
	case planner.CodeEnded:
		return strings.TrimSuffix(waitedFor(r.Fields, "it ended"), ": ")
	case planner.CodeNotRead:
		return "nothing was sent, because it could not be read just before"
	case planner.CodeNameCircle:
		return "servers exchange names in a circle"
	}
	return ""
}

// applyHint says what to do next about it; "" where the cause's own hint says it.
func applyHint(r planner.Reason) string {
	switch r.Code {
	case planner.CodeGone, planner.CodeChanged, planner.CodeTaken, planner.CodeNextUnfit:
		return "make a new plan"
	case planner.CodeStatus:
		return "settle it with the provider, then make a new plan"
	case planner.CodeUnresolved:
		if r.Count > 0 {
			return "the API does not answer creates reliably; run again later"
		}
	case planner.CodeDuplicates:
		return "none was deleted; delete those that are not needed"
	case planner.CodeUnfit:
		return "look at it; then make a new plan"
	case planner.CodeNotReady:
		return "run again to go on waiting, or give --timeout more"
	}
	return ""
}

// changedSentence says what has become of fields that were planned on.
func changedSentence(fields []planner.FieldChange) string {
	var parts []string
	for _, f := range fields {
		parts = append(parts, fmt.Sprintf("%s was %s and is %s now", f.Field, f.From, f.To))
	}
	return strings.Join(parts, "; ")
}

// waitedFor says how far a wait has come: its one field leads from the status that
// was last seen, null where none was, to the target.
func waitedFor(fields []planner.FieldChange, word string) string {
	switch {
	case len(fields) == 0 || fields[0].Field != fleet.FieldStatus:
		return ""
	case word == "not yet":
		return fmt.Sprintf("not yet %s: ", fields[0].To)
	case fields[0].From.IsNull():
		return "not seen yet: "
	}
	return fmt.Sprintf("%s %s, not %s: ", word, fields[0].From, fields[0].To)
}

func otherIDs(servers []planner.Other) string {
	var ids []string
	for _, s := range servers {
		ids = append(ids, s.ID)
	}
	return strings.Join(ids, ", ")
}

func otherPrices(servers []planner.Other) string {
	var each []string
	for _, s := range servers {
		price := "price unknown"
		if s.Monthly != nil {
			price = s.Monthly.String() + " a month"
		}
		each = append(each, fmt.Sprintf("%s (%s)", s.ID, price))
	}
	return strings.Join(each, ", ")
}
