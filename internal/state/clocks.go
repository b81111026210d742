package state

import (
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/deeds"
)

// moment is an instant by both clocks of this host. The monotonic one stands still
// while the host sleeps, and the other can be set, so the time that has passed is the
// longer of what both say.
type moment struct{ monotonic, wall time.Time }

// now is this moment.
func (s *Shared) now() moment { return moment{time.Now(), s.wall()} }

// since is the time that has passed since a moment.
func (s *Shared) since(m moment) time.Duration {
	return max(time.Since(m.monotonic), s.wall().Sub(m.wall))
}

// wall is the time by the clock that can be set.
func wall() time.Time { return time.Now().Round(0) }

// clock is what the store's clock has said, and when it was asked.
type clock struct {
	now   time.Time
	asked moment
}

// skew is how far the store's clock is ahead of this host's. In the store, times are by
// the store's clock: how old something is must not depend on whose host has noted it.
// Only the marks of rollouts are by the clocks of hosts.
type skew time.Duration

// agreed is how far apart clocks may be and still count as equal: the answer to a
// question for the time takes a while, and may have seconds only.
const agreed = 5 * time.Second

// skew is how far the store's clock is ahead.
func (c clock) skew() skew {
	if d := c.now.Sub(c.asked.monotonic); d.Abs() > agreed {
		return skew(d)
	}
	return 0
}

// shifted is the time by a clock that is ahead of the one that t is by.
func shifted(t time.Time, ahead skew) time.Time {
	if t.IsZero() || ahead == 0 {
		return t
	}
	return t.Add(time.Duration(ahead))
}

func shiftIntent(i apply.Intent, ahead skew) apply.Intent {
	i.At, i.Until = shifted(i.At, ahead), shifted(i.Until, ahead)
	return i
}

func shiftDeed(d deeds.Deed, ahead skew) deeds.Deed {
	d.At, d.Since = shifted(d.At, ahead), shifted(d.Since, ahead)
	return d
}

// shifted are the entries with times by the other clock, in memory of their own.
func (e entries) shifted(ahead skew) entries {
	all := e.copied()
	for k, i := range all.open {
		all.open[k] = shiftIntent(i, ahead)
	}
	for n, d := range all.deeds {
		all.deeds[n] = shiftDeed(d, ahead)
	}
	return all
}
