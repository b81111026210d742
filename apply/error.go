package apply

import "github.com/vps-fleet/fleet/planner"

// Error is why a change was not carried out, or why a run was refused: a reason,
// and what the API, the network or the disk said, where that is the cause.
// internal/render makes the sentence and the hint; Error is for logs.
type Error struct {
	planner.Reason
	Err error // nil where the reason says it all
}

func (e *Error) Error() string {
	if e.Err == nil {
		return string(e.Code)
	}
	return string(e.Code) + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }
