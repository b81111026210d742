package apply

import (
	"context"
	"errors"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

const (
	// outage is how long a change that cannot reach the API is tried.
	outage = 90 * time.Second

	// tellPutOff is the time between two events of one change that is put off.
	tellPutOff = 30 * time.Second
)

// putOff is that a change will be sent again after a pause.
type putOff struct{ ChangePutOff }

func (putOff) isMessage() {}

// isBusy reports whether the API puts a change off for being at work on its server,
// and a repetition is no risk.
func (w *worker) isBusy(err error) bool {
	return errors.Is(err, vpsorg.ErrBusy) && !(w.leavesNoTrace() && mayHaveTaken(err))
}

// mayPass reports whether a server that is in conflict with a change is so only for a
// status that is unknown to us, such as one of the work because of which the change
// was put off.
func mayPass(why planner.Reason) bool {
	return why.Code == planner.CodeStatus && !why.Status.Ended()
}

// again waits before a change that was put off is sent again, and tells of it. It
// reports false where the time is over or the run has stopped.
func (s *sending) again(ctx context.Context, err error, until time.Time) bool {
	pause := s.pause()
	var api *vpsorg.Error
	if errors.As(err, &api) {
		pause = max(pause, api.RetryAfter)
	}
	if s.stopped() || time.Now().Add(pause).After(until) {
		return false
	}
	if now := time.Now(); now.Sub(s.told) >= tellPutOff {
		s.told = now
		s.messages <- putOff{ChangePutOff{s.change, err, pause}}
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.stopping:
	case <-ctx.Done():
	}
	return false
}

// unsentUntil is how long a change is tried that does not reach the API.
func (s *sending) unsentUntil() time.Time {
	if s.unsent.IsZero() {
		s.unsent = time.Now()
	}
	return s.unsent.Add(min(outage, s.Timeout))
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
