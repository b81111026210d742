package render

import (
	"errors"
	"strings"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// ErrorLines is an error as it is shown: what is wrong, then on lines of their own
// what to do next. It is safe to show.
func ErrorLines(err error) string {
	text, hint := explainError(err)
	text = strings.TrimSpace(text) + prefixed("\nhint: ", strings.ReplaceAll(hint, "\n", "\nhint: "))
	return EscapeLines(text) + "\n"
}

// explainError says what is wrong: why a run was refused or a change not carried out, as a
// sentence, with what the API, the network or the disk said; of any other error its text.
// The hint is what to do next, by its reason or by a method Hint of it or of one that it
// wraps; "" if there is none.
func explainError(err error) (message, hint string) {
	if err == nil {
		return "", ""
	}
	var refused apply.Refusal
	if errors.As(err, &refused) {
		return refusal(refused)
	}
	message = err.Error()
	var why *apply.Error
	if errors.As(err, &why) {
		s := outcomeOf(why)
		message, hint = s.message(), s.hint()
		cause, _ := explainError(why.Err)
		message += prefixed(": ", cause)
	}
	var h interface{ Hint() string }
	if hint == "" && errors.As(err, &h) {
		hint = h.Hint()
	}
	return message, hint
}

// nothingChanged says how a run has ended that has changed nothing.
func nothingChanged(err error) string {
	var refused apply.Refusal
	if errors.As(err, &refused) {
		return "refused, nothing was changed"
	}
	return "failed, nothing was changed"
}

// reasonOf is why a change was not carried out; it has no code where the error tells none.
func reasonOf(err error) planner.Reason {
	var why *apply.Error
	if !errors.As(err, &why) {
		return planner.Reason{}
	}
	return why.Reason
}

// outcomeOf is why a change was not carried out.
func outcomeOf(why *apply.Error) statement {
	s := newStatement("", why.Reason)
	s.outcome = true
	return s
}
