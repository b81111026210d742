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

// Who has a lease, since when and until when is told by the store's clock.
func TestLocksOfSeveralHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &statetest.Memory{Now: func() time.Time { return time.Now().Add(time.Hour) }}
		shared(t, b)
		store := state.InBackend(b)
		lease(t, b).Close()
		s := lease(t, b)
		time.Sleep(10 * time.Minute)
		locks, err := store.Locks(ctx)
		if err != nil || len(locks) != 1 {
			t.Fatalf("%v, %v", locks, err)
		}
		l := locks[0]
		if l.Key != statetest.Ann || l.Holder.PID != 7 || l.Epoch != 2 || l.Age < 10*time.Minute || l.Age > 11*time.Minute || l.Left < 100*time.Second || l.Left > 121*time.Second {
			t.Errorf("%+v", l)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if locks, err := store.Locks(ctx); err != nil || len(locks) > 0 {
			t.Errorf("nobody has %v, %v", locks, err)
		}
	})
}

// A lease is ended by its epoch alone. Who had it sends nothing more when it notices,
// and what it was about to create is in doubt until it would have ended.
func TestUnlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, lose := range []bool{false, true} {
			b := newUnsteady(t)
			store := state.InBackend(b)
			s := lease(t, b)
			if err := s.Begin(ctx, intent("a")); err != nil {
				t.Error(err)
			}
			locks, err := store.Locks(ctx)
			if err != nil || len(locks) != 1 {
				t.Fatalf("%v, %v", locks, err)
			}
			var refused *state.EpochError
			if err := store.Unlock(ctx, statetest.Ann, locks[0].Epoch-1); !errors.As(err, &refused) || !refused.Held {
				t.Errorf("ending an earlier lease: %v", err)
			}
			if err := store.Unlock(ctx, statetest.Bob, locks[0].Epoch); !errors.As(err, &refused) || refused.Held {
				t.Errorf("ending a lease that nobody has: %v", err)
			}
			if lose {
				b.After = func(op, _ string) error {
					b.After = nil
					return errGone
				}
			}
			if err := store.Unlock(ctx, statetest.Ann, locks[0].Epoch); err != nil {
				t.Error(err)
			}
			second := lease(t, b)
			if open, err := second.Intents(ctx); err != nil || len(open) != 1 || time.Until(open[0].Until) < 100*time.Second {
				t.Errorf("%v: in doubt are %+v", err, open)
			}
			time.Sleep(20 * time.Second)
			wantChange(t, s, apply.ErrLeaseLost)
			wantChange(t, second, nil)
			s.Close()
			if err := second.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// The locks of a folder are the system's: they have no epoch, and go with the process.
func TestLocksOfAFolder(t *testing.T) {
	f := state.OnDisk(&statetest.Disk{})
	if locks, err := f.Locks(ctx); err != nil || len(locks) > 0 {
		t.Errorf("nobody has %v, %v", locks, err)
	}
	disk := state.InFolder(t.TempDir())
	for _, k := range []apply.Key{statetest.Ann, statetest.Bob} {
		s, err := disk.Lock(ctx, k, apply.Holder{PID: 7, Host: "here", Since: time.Now().Add(-time.Minute)})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
	}
	locks, err := disk.Locks(ctx)
	if err != nil || len(locks) != 2 || locks[0].Key != statetest.Ann || locks[1].Key != statetest.Bob || locks[0].Epoch != 0 || locks[0].Age < time.Minute {
		t.Errorf("%+v, %v", locks, err)
	}
}

// A probe of a lock that nobody has takes it for a moment. That keeps no apply away.
func TestProbeOfALockKeepsNobodyAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &statetest.Disk{}
		probe, err := d.Lock("api.example.com_api_v1_ann@example.com.journal.lock", true)
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Millisecond, func() { probe.Close() })
		s, err := state.OnDisk(d).Lock(ctx, statetest.Ann, apply.Holder{PID: 7})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
