package state

import "time"

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
