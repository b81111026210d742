package state_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/statetest"
)

// A lease that has ended is not renewed once another has been taken that excludes it, in
// whichever document, and whether it has ended by now or not.
func TestLapsedLeaseIsLostToAnUnknownAccount(t *testing.T) {
	unknown := apply.Key{Endpoint: statetest.Ann.Endpoint}
	for _, keys := range [][2]apply.Key{{statetest.Ann, unknown}, {unknown, statetest.Ann}} {
		for _, ends := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				b := newUnsteady(t)
				s, err := state.InBackend(b).Lock(ctx, keys[0], apply.Holder{PID: 7})
				if err != nil {
					t.Fatal(err)
				}
				b.gone.Store(true)
				time.Sleep(3 * time.Minute)
				b.gone.Store(false)
				other, err := state.InBackend(b).Lock(ctx, keys[1], apply.Holder{PID: 9})
				if err != nil {
					t.Fatal(err)
				}
				if ends {
					if err := other.Close(); err != nil {
						t.Fatal(err)
					}
				}
				for range 100 { // at no moment do both have the right
					wantLapsedOrLost(t, s)
					time.Sleep(100 * time.Millisecond)
				}
				wantChange(t, s, apply.ErrLeaseLost)
				if !ends {
					wantChange(t, other, nil)
					if err := other.Close(); err != nil {
						t.Error(err)
					}
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				if locks, err := state.InBackend(b).Locks(ctx); err != nil || len(locks) != 0 {
					t.Errorf("locks: %v, %v", locks, err)
				}
			})
		}
	}
}

func wantLapsedOrLost(t *testing.T, s apply.LockedState) {
	t.Helper()
	if err := s.MayChange(); !errors.Is(err, apply.ErrLapsed) && !errors.Is(err, apply.ErrLeaseLost) {
		t.Errorf("may change: %v", err)
	}
}
