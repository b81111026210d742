package apply

import (
	"context"
	"errors"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// Resting tells, by the names of entries, why servers are not yet as a plan would make
// them: an earlier run has begun with their rollout, which is between two steps, or waits
// for a window or for the end of a freeze.
func (e *Engine) Resting(ctx context.Context, p *planner.Plan) map[string]planner.Reason {
	if len(p.Rollouts) == 0 {
		return nil
	}
	state := e.open(ctx, p.Account)
	if state == nil {
		return nil
	}
	defer e.close(state)
	marks, err := state.Marks(ctx)
	if err != nil {
		e.warn(StateUnread, err)
		return nil
	}
	return rollout.Resting(p, marks, time.Now())
}

// Rests tells whether all that a run has left only waits: rollout.GroupPaused where a rollout
// is between two steps, else rollout.GroupWaiting for a window or for the end of a freeze. It is
// "" where all is done, and where anything else is left. A run that rests has not failed.
func (r *Result) Rests() (s rollout.GroupState) {
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
		case s != rollout.GroupPaused && waits != rollout.GroupRunning:
			s = waits
		}
	}
	return s
}

// restOf is for what a change that was not started waits. rollout.GroupRunning is for others of
// its rollout, and "" for nothing that comes by itself.
func restOf(rep Report) rollout.GroupState {
	var why *Error
	if rep.Outcome != NotStarted || !errors.As(rep.Err, &why) {
		return ""
	}
	switch why.Code {
	case planner.CodePaused:
		return rollout.GroupPaused
	case planner.CodeWindow, planner.CodeFreeze:
		return rollout.GroupWaiting
	case planner.CodeStep, planner.CodeSelfLast, planner.CodeNeeds:
		return rollout.GroupRunning
	case planner.CodeAfter:
		if len(why.Servers) == 0 { // none has failed there
			return rollout.GroupRunning
		}
	}
	return ""
}
