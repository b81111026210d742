package apply

import (
	"context"
	"errors"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

const (
	// outage is how long changes are tried while the API is down for them.
	outage = 90 * time.Second

	// attempts is how often each change is tried all the same, and how often one that
	// is answered with a 404 although its server is there.
	attempts = 4

	// The time between two events of one change that is put off.
	tellBusy   = 30 * time.Second
	tellOutage = 10 * time.Second
)

// putOff tells the loop that a change will be sent again after a pause.
type putOff struct{ ChangePutOff }

func (putOff) isMessage() {}

// isBusy reports whether the API puts a change off for being at work on its server,
// and a repetition is no risk.
func (w *worker) isBusy(err error) bool {
	return errors.Is(err, vpsorg.ErrBusy) && !(w.leavesNoTrace() && vpsorg.Ambiguous(err))
}

// mayPass reports whether a conflict may pass by itself: the server has a status that is
// unknown to us, such as one of the work for which the change was put off.
func mayPass(why planner.Reason) bool {
	return why.Code == planner.CodeStatus && !why.Status.Ended()
}

// again waits before a change that was put off is sent again, and tells of it. It
// reports false where the time is over or the run has stopped.
func (w *worker) again(ctx context.Context, err error, until time.Time, tell time.Duration) bool {
	wait := w.pauses()
	var api *vpsorg.Error
	if errors.As(err, &api) {
		wait = max(wait, api.RetryAfter)
	}
	if w.stopped() || time.Now().Add(wait).After(until) {
		return false
	}
	if now := time.Now(); now.Sub(w.told) >= tell {
		w.told = now
		w.messages <- putOff{ChangePutOff{w.change, err, wait}}
	}
	return pause(ctx, w.stopping, wait)
}

// outlasts waits before a change is sent again that has not reached the API, or was
// not answered by it. It reports false where the API has been down for too long, which
// counts from the first change of the run that was given up for it.
func (w *worker) outlasts(ctx context.Context, err error) bool {
	if w.down.IsZero() {
		w.down = time.Now()
	}
	until := w.down.Add(min(outage, w.Timeout))
	if w.failed++; w.failed < attempts {
		until = w.until
	}
	w.over = !w.again(ctx, err, until, tellOutage)
	return !w.over
}

// toldToWait reports whether the API asks for a longer wait than there is time for.
// Until then it takes nothing at all.
func toldToWait(err error) bool {
	var long *vpsorg.WaitError
	return errors.As(err, &long)
}

// refusal is why a change was refused, or could not be sent.
func refusal(err error) planner.Code {
	switch {
	case toldToWait(err):
		return planner.CodeToldToWait
	case notSent(err):
		return planner.CodeNotSent
	}
	return planner.CodeRefused
}
