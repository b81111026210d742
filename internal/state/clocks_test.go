package state_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/planner"
)

// A host whose clock is wrong notes by the store's clock, so another knows how long ago
// that was.
func TestHostsWhoseClocksAreApart(t *testing.T) {
	for _, off := range []time.Duration{-10 * time.Minute, 0, 10 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			var ahead atomic.Int64
			b := &statetest.Memory{Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }}
			shared(t, b)
			time.Sleep(time.Hour)
			ahead.Store(int64(off)) // of the store, so the host is behind
			first := lease(t, b)
			done := deedOf("7")
			if err := first.Note(ctx, done, true); err != nil {
				t.Error(err)
			}
			for _, name := range []string{"a", "b"} {
				if err := first.Begin(ctx, intent(name)); err != nil {
					t.Error(err)
				}
			}
			open, err := first.Intents(ctx)
			if err != nil || len(open) != 2 || time.Since(open[0].At) > 5*time.Second {
				t.Fatalf("%v: to the host itself open are %+v", err, open)
			}
			if err := first.Resolve(ctx, open[0], apply.Resolution{Made: "7"}); err != nil {
				t.Error(err)
			}
			if err := first.Close(); err != nil {
				t.Error(err)
			}
			ahead.Store(0) // the same moment, as a host sees it whose clock is the store's
			now := done.At.Add(off)
			second := lease(t, b)
			reader, err := state.InBackend(b).Open(ctx, statetest.Ann)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range []apply.State{second, reader} {
				open, err := s.Intents(ctx)
				if err != nil || len(open) != 1 || open[0].Name != "b" || open[0].At.Sub(now).Abs() > 5*time.Second {
					t.Errorf("%v: %s apart, open are %+v, it is %s", err, off, open, now)
				}
				deeds, err := s.Deeds(ctx)
				if err != nil || len(deeds) != 1 || deeds[0].At.Sub(now).Abs() > 5*time.Second {
					t.Errorf("%v: %s apart, done was %+v, it is %s", err, off, deeds, now)
				}
			}
			if err := second.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// deedOf is a delete of a server just now.
func deedOf(id string) deeds.Deed {
	return deeds.Deed{Endpoint: statetest.Ann.Endpoint, Account: statetest.Ann.Account, Action: planner.ActionDelete, ID: id, At: time.Now().Round(0)}
}
