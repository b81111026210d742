// Package health tells how servers and groups are by what their probes have answered: a
// Watch is a value that says when to ask next, and what an answer means. It asks nothing
// itself and knows no clock; how probes are asked is not its concern, nor what follows
// from health.
package health

import (
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
)

const (
	// often is the time between two probes of what is to become healthy.
	often = time.Second

	// seldom is the time between two probes of a server that is ready.
	seldom = 5 * time.Second
)

// Watch is what the probes of a server, or of a group, have told.
type Watch struct {
	Probes []fleet.Probe
	For    time.Duration // for which they have to hold
	Next   time.Time     // when they are to be asked again
	Busy   bool          // they are being asked
	Often  bool          // they are asked often, whatever they tell
	Why    error         // why one did not hold when they were asked last; nil: all held
	Since  time.Time     // since when they hold; zero: they do not

	from   time.Time // an answer to a probe that was asked before tells nothing
	first  time.Time // when they were first asked; zero: never
	last   time.Time // when they were last asked
	failed time.Time // when one last failed; zero: never
	ready  bool      // they have held for long enough once
}

// Restart forgets that the probes have held: the server or the group is another one since.
func (w *Watch) Restart(now time.Time) {
	w.Since, w.from, w.Next = time.Time{}, now, now
}

// Answer takes in what the probes have told, and reports whether that changes anything.
func (w *Watch) Answer(asked time.Time, err error, now time.Time) (changed bool) {
	health, held := w.Health(now), !w.Since.IsZero()
	w.Busy, w.last, w.Why = false, asked, err
	if w.first.IsZero() {
		w.first = asked
	}
	switch {
	case err != nil:
		w.Since, w.failed = time.Time{}, asked
	case w.Since.IsZero() && !asked.Before(w.from):
		w.Since = asked
	}
	w.ready = w.ready || w.Holds()
	w.Next = asked.Add(often)
	if w.Holds() && !w.Often {
		w.Next = asked.Add(seldom)
	}
	return w.Health(now) != health || held == w.Since.IsZero()
}

// Holds reports whether all probes have held for long enough.
func (w *Watch) Holds() bool {
	return len(w.Probes) == 0 || !w.Since.IsZero() && w.last.Sub(w.Since) >= w.For
}

// Health is how a server is by its probes. That it is not ready is known when it has
// had the time to be.
func (w *Watch) Health(now time.Time) rollout.Health {
	switch {
	case w.Holds():
		return rollout.Ready
	case w.ready:
		return rollout.Unready
	case w.first.IsZero() || w.failed.IsZero() || now.Sub(w.first) < w.For:
		return rollout.Unchecked
	}
	return rollout.Unready
}
