package apply

import (
	"context"
	"time"

	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// making is how long after its create a server may still be provisioning: one more run
// may wait for it as long as the run that made it.
const making = 2 * DefaultTimeout

// recall corrects an observation by what a state remembers.
func (e *Engine) recall(ctx context.Context, state State, seen planner.Observation, about func(string) bool) (planner.Observation, error) {
	done, err := recollect(ctx, state, &seen)
	if err != nil {
		e.warn(StateUnread, err)
		return seen, nil
	}
	return seen, e.overlay(done, about, nil).Lay(ctx, &seen)
}

// recollect adds to an observation what earlier runs have left, and returns their deeds.
func recollect(ctx context.Context, state State, seen *planner.Observation) ([]deeds.Deed, error) {
	done, err := state.Deeds(ctx)
	if err != nil {
		return nil, err
	}
	marks, err := state.Marks(ctx)
	if err != nil {
		return nil, err
	}
	seen.Disturbed, seen.Owed = rollout.Disturbed(marks), deeds.Owed(done)
	return done, nil
}

func (e *Engine) overlay(done []deeds.Deed, about func(string) bool, lacked map[string]int) observe.Overlay {
	r := e.Runner.withDefaults()
	return observe.Overlay{Client: e.Client, Deeds: done, Window: r.Settle, Making: max(making, r.Timeout), About: about, Lacked: lacked}
}

// observeShown observes, and closes the intents whose servers exist. It repeats that until
// the API shows all that was done within the window, the window is over, or drain is closed.
func (a *account) observeShown(ctx context.Context, drain <-chan struct{}, about func(string) bool, read func() (planner.Observation, error)) (planner.Observation, error) {
	lacked := make(map[string]int)
	const first, last = 2 * time.Second, 20 * time.Second
	for wait := first; ; wait = min(2*wait, last) {
		seen, err := read()
		if err != nil {
			return seen, err
		}
		if err := resolve(ctx, a.state, seen.Servers); err != nil {
			return seen, err
		}
		done, err := recollect(ctx, a.state, &seen)
		if err != nil {
			return seen, err
		}
		seen.Sent = a.sentReboots(done)
		overlay := a.overlay(done, about, lacked)
		if err := overlay.Lay(ctx, &seen); err != nil {
			return seen, err
		}
		if a.seen = seen.Servers; len(seen.Unshown) == 0 {
			return seen, nil
		}
		until := overlay.Until(seen.Unshown)
		a.emit(UnshownAwaited{seen.Unshown, until})
		if !pause(ctx, drain, max(min(wait, time.Until(until)), first/20)) {
			return seen, context.Cause(ctx)
		}
	}
}

// sentReboots are the reboots that earlier runs of the approved plan have sent.
func (a *account) sentReboots(done []deeds.Deed) []planner.SentReboot {
	var kept time.Time
	if a.kept != nil {
		kept = a.kept.Since
	}
	return deeds.SentReboots(done, a.digest, kept)
}
