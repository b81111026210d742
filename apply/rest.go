package apply

import (
	"errors"

	"github.com/vps-fleet/fleet/planner"
)

// Rests tells whether all that a run has left only waits: GroupPaused where a rollout
// is between two steps, else GroupWaiting for a window or for the end of a freeze. It is
// "" where all is done, and where anything else is left. A run that rests has not failed.
func (r *Result) Rests() (s GroupState) {
	if r.Interrupted || len(r.Blocked) > 0 {
		return ""
	}
	for _, rep := range r.Reports {
		if rep.Outcome == Done {
			continue
		}
		switch waits := restOf(rep); {
		case waits == "":
			return ""
		case s != GroupPaused && waits != GroupRunning:
			s = waits
		}
	}
	return s
}

// restOf is for what a change that was not started waits. GroupRunning is for others of
// its rollout, and "" for nothing that comes by itself.
func restOf(rep Report) GroupState {
	var why *Error
	if rep.Outcome != NotStarted || !errors.As(rep.Err, &why) {
		return ""
	}
	switch why.Code {
	case planner.CodePaused:
		return GroupPaused
	case planner.CodeWindow, planner.CodeFreeze:
		return GroupWaiting
	case planner.CodeStep, planner.CodeSelfLast, planner.CodeNeeds:
		return GroupRunning
	case planner.CodeAfter:
		if len(why.Servers) == 0 { // none has failed there
			return GroupRunning
		}
	}
	return ""
}
