package state

import "time"

// SetWall gives a store another clock that can be set than this host's.
func (s *Shared) SetWall(clock func() time.Time) { s.wall = clock }
