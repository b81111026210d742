package render

import (
	"errors"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

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
	var why *apply.Error
	errors.As(r.Err, &why)
	switch {
	case why == nil && r.Wait == nil:
		return fateDoubt
	case why != nil && isDoubt(why.Code):
		return fateDoubt
	case r.Change != nil && why.Code == planner.CodeNotReady && neverSeen(why.Reason):
		return fateNotSeen
	}
	return fateNotReady
}

// isDoubt reports whether a code says that nobody can tell what exists now.
func isDoubt(c planner.Code) bool {
	switch c {
	case planner.CodeUnanswered, planner.CodeUnresolved, planner.CodeDuplicates, planner.CodeUnfit, planner.CodeNotRead:
		return true
	}
	return false
}

// neverSeen reports whether a wait has ended before any list showed its server.
func neverSeen(why planner.Reason) bool {
	return len(why.Fields) > 0 && why.Fields[0].From.IsNull()
}

// exists reports whether a change that was to make a server has made it.
func exists(f fate) bool { return f == fateDone || f == fateNotReady || f == fateNotSeen }
