package health

import (
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
)

// Arrival is a server that is to become ready, after a reboot in its new boot.
type Arrival struct {
	Rebooted time.Time     // when its reboot was answered; zero: there was none
	MinDown  time.Duration // without evidence the old boot gets so long to go
	Evidence bool          // of a new boot: the status has left active since
	Until    time.Time
}

// NewArrival is one that begins now. It ends no sooner than it can end well.
func NewArrival(now, rebooted time.Time, minDown, readyFor, timeout time.Duration) Arrival {
	a := Arrival{Rebooted: rebooted, MinDown: minDown, Until: now.Add(timeout)}
	if end := rebooted.Add(minDown + readyFor); !rebooted.IsZero() && end.After(a.Until) {
		a.Until = end
	}
	return a
}

// Left takes in that the server was seen not to be active.
func (a *Arrival) Left(asked time.Time) { a.Evidence = a.Evidence || asked.After(a.Rebooted) }

// Over reports whether the server, which is watched, has arrived, for all that is known.
func (a Arrival) Over(w *Watch, now time.Time) bool {
	booted := a.Rebooted.IsZero() || a.Evidence || w.failed.After(a.Rebooted) || !now.Before(a.Rebooted.Add(a.MinDown))
	return booted && w.Holds()
}

// Wake is when the clock alone may end it, one way or the other.
func (a Arrival) Wake(now time.Time) time.Time {
	booted := a.Rebooted.Add(a.MinDown)
	if a.Rebooted.IsZero() || !booted.After(now) {
		return a.Until
	}
	return rollout.Sooner(booted, a.Until)
}
