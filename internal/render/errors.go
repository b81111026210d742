package render

import (
	"errors"
	"strings"

	"github.com/vps-fleet/fleet/apply"
)

// ErrorLines is an error as it is shown: what is wrong, then on lines of their own
// what to do next. It is safe to show.
func ErrorLines(err error) string {
	text := strings.TrimSpace(errorMessage(err))
	if hint := Hint(err); hint != "" {
		text += "\nhint: " + strings.ReplaceAll(hint, "\n", "\nhint: ")
	}
	return EscapeLines(strings.ReplaceAll(text, "\t", "  ")) + "\n"
}

// errorMessage says what is wrong: why a run was refused or a change not carried out, as a sentence,
// with what the API, the network or the disk said; of any other error its text.
func errorMessage(err error) string {
	var refused apply.Refusal
	if errors.As(err, &refused) {
		text, _ := refusal(refused)
		return text
	}
	var why *apply.Error
	if !errors.As(err, &why) {
		return err.Error()
	}
	message := outcomeOf(why).message()
	if why.Err != nil {
		message += ": " + errorMessage(why.Err)
	}
	return message
}

// nothingChanged says how a run has ended that has changed nothing.
func nothingChanged(err error) string {
	var refused apply.Refusal
	if errors.As(err, &refused) {
		return "refused, nothing was changed"
	}
	return "failed, nothing was changed"
}

// outcomeOf is why a change was not carried out.
func outcomeOf(why *apply.Error) statement {
	s := newStatement("", why.Reason)
	s.outcome = true
	return s
}

// Hint is what to do next about an error, by its reason or by a method Hint of it or
// of one that it wraps; "" if there is none.
func Hint(err error) string {
	var refused apply.Refusal
	if errors.As(err, &refused) {
		_, hint := refusal(refused)
		return hint
	}
	var why *apply.Error
	if errors.As(err, &why) && outcomeOf(why).hint() != "" {
		return outcomeOf(why).hint()
	}
	var h interface{ Hint() string }
	if errors.As(err, &h) && h.Hint() != "" {
		return h.Hint()
	}
	return ""
}

// because is an error as the rest of a sentence.
func because(err error) string {
	if err == nil {
		return ""
	}
	return ": " + Escape(errorMessage(err))
}
