package state_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/statetest"
)

// A change may be on the wire for so long after it was asked whether it may be sent.
const onTheWire = 35 * time.Second

// unsteady is a backend in memory that can be away, or slow.
type unsteady struct {
	statetest.Memory
	gone atomic.Bool
	slow atomic.Int64 // how long an answer takes
}

func newUnsteady(t *testing.T) *unsteady {
	b := &unsteady{}
	shared(t, b)
	b.Before = func(string, string) error {
		if b.gone.Load() {
			return errGone
		}
		return nil
	}
	b.After = func(string, string) error {
		time.Sleep(time.Duration(b.slow.Load()))
		return nil
	}
	return b
}

// wantChange holds that the account may be changed, or why not.
func wantChange(t *testing.T, s apply.LockedState, want error) {
	t.Helper()
	if err := s.MayChange(); !errors.Is(err, want) {
		t.Errorf("may change: %v, want %v", err, want)
	}
}

// lapses waits until the lease has lapsed.
func lapses(t *testing.T, s apply.LockedState) time.Time {
	t.Helper()
	for range 200 {
		if s.MayChange() != nil {
			return time.Now()
		}
		time.Sleep(time.Second)
	}
	t.Fatal("it never lapses")
	return time.Time{}
}

// The last change is sent so early that it has ended before the lease does, however
// long the answer to the last renewal has taken.
func TestLeaseLapsesBeforeItEnds(t *testing.T) {
	for _, slow := range []time.Duration{0, 4 * time.Second, 9 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			b := newUnsteady(t)
			s := lease(t, b)
			b.slow.Store(int64(slow))
			time.Sleep(5 * time.Minute)
			b.gone.Store(true)
			at := lapses(t, s)
			b.gone.Store(false)
			b.slow.Store(0)
			_, err := state.InBackend(b).Lock(ctx, statetest.Ann, apply.Holder{})
			var held *state.LeasedError
			if !errors.As(err, &held) {
				t.Fatalf("it is free as soon as it has lapsed: %v", err)
			}
			if left := held.Lease.Expires.Sub(at); left < onTheWire || left > onTheWire+4*slow+3*time.Second {
				t.Errorf("the last change leaves %s before the lease ends, where an answer takes %s", left, slow)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// Where a request may take longer than usual, the last change is sent so much earlier.
func TestLeaseOfLongerRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newUnsteady(t)
		store := state.InBackend(b)
		store.Longer = 30 * time.Second
		s, err := store.Lock(ctx, statetest.Ann, apply.Holder{PID: 7})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Minute)
		wantChange(t, s, nil)
		b.gone.Store(true)
		at := lapses(t, s)
		b.gone.Store(false)
		locks, err := store.Locks(ctx)
		if err != nil || len(locks) != 1 {
			t.Fatalf("%v, %v", locks, err)
		}
		if left := locks[0].Left + time.Since(at); left < onTheWire+store.Longer {
			t.Errorf("the last change leaves %s before the lease ends", left)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A right that has lapsed is a wait: when the store is there again, and nobody has
// taken the lease, it is renewed although it has ended.
func TestLapsedLeaseIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newUnsteady(t)
		s := lease(t, b)
		b.gone.Store(true)
		time.Sleep(5 * time.Minute)
		wantChange(t, s, apply.ErrLapsed)
		if err := s.Begin(ctx, intent("a")); !errors.Is(err, apply.ErrLapsed) {
			t.Errorf("beginning without the store: %v", err)
		}
		b.gone.Store(false)
		time.Sleep(10 * time.Second)
		wantChange(t, s, nil)
		if err := s.Begin(ctx, intent("b")); err != nil || openIn(t, b) != "b" {
			t.Errorf("beginning afterwards: %v, open are %q", err, openIn(t, b))
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// While a host sleeps its monotonic clock stands still; the other one tells. It lapses
// at once and is renewed a moment later, where nobody has taken it.
func TestLeaseOfAHostThatSlept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ahead atomic.Int64
		b := newUnsteady(t)
		store := state.InBackend(b)
		store.SetWall(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
		s, err := store.Lock(ctx, statetest.Ann, apply.Holder{})
		if err != nil {
			t.Fatal(err)
		}
		ahead.Store(int64(84 * time.Second))
		wantChange(t, s, nil)
		ahead.Store(int64(86 * time.Second))
		wantChange(t, s, apply.ErrLapsed)
		time.Sleep(2 * time.Second)
		wantChange(t, s, nil)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A clock that is set back makes no lease longer: the other one goes on.
func TestLeaseOfAClockThatIsSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newUnsteady(t)
		store := state.InBackend(b)
		var back atomic.Int64
		store.SetWall(func() time.Time { return time.Now().Add(-time.Duration(back.Load())) })
		s, err := store.Lock(ctx, statetest.Ann, apply.Holder{})
		if err != nil {
			t.Fatal(err)
		}
		back.Store(int64(time.Hour))
		b.gone.Store(true)
		time.Sleep(86 * time.Second)
		wantChange(t, s, apply.ErrLapsed)
		b.gone.Store(false)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// When somebody else has taken the lease, nothing more is sent and nothing written,
// also after that one has given it back.
func TestLeaseThatIsTaken(t *testing.T) {
	for _, ended := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := newUnsteady(t)
			first := lease(t, b)
			b.gone.Store(true)
			time.Sleep(3 * time.Minute)
			b.gone.Store(false)
			second := lease(t, b)
			if ended {
				if err := second.Close(); err != nil {
					t.Error(err)
				}
			}
			wantChange(t, first, apply.ErrLapsed)
			time.Sleep(20 * time.Second)
			wantChange(t, first, apply.ErrLeaseLost)
			if err := first.Begin(ctx, intent("a")); !errors.Is(err, apply.ErrLeaseLost) || openIn(t, b) != "" {
				t.Errorf("beginning without the lease: %v, open are %q", err, openIn(t, b))
			}
			if !ended {
				wantChange(t, second, nil)
				if err := second.Close(); err != nil {
					t.Error(err)
				}
			}
			if err := first.Close(); err != nil && !errors.Is(err, apply.ErrLeaseLost) {
				t.Error(err)
			}
		})
	}
}

// What a run that is cut off was about to create it may have sent until its lease
// ended, which is by the store's clock. One that has ended in order says it all.
func TestIntentsOfARunThatIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newUnsteady(t)
		first := lease(t, b)
		if err := first.Begin(ctx, intent("a")); err != nil {
			t.Error(err)
		}
		b.gone.Store(true)
		cut := time.Now()
		time.Sleep(5 * time.Minute)
		b.gone.Store(false)
		second := lease(t, b)
		open, err := second.Intents(ctx)
		if err != nil || len(open) != 1 || open[0].Until.Before(cut.Add(100*time.Second)) || open[0].Until.After(cut.Add(122*time.Second)) {
			t.Errorf("%v: cut off at %s, open are %+v", err, cut, open)
		}
		if err := second.Close(); err != nil {
			t.Error(err)
		}
		third := lease(t, b)
		again, err := third.Intents(ctx)
		if err != nil || len(again) != 1 || !again[0].Until.Equal(open[0].Until) {
			t.Errorf("%v: then open are %+v", err, again)
		}
		if err := third.Close(); err != nil {
			t.Error(err)
		}
		first.Close() // only stops its renewals
	})
}

// Who is interrupted when it has just taken the lease gives it back.
func TestInterruptedLockGivesTheLeaseBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 20 { // what can be done at once is done in any order
			b := &statetest.Memory{}
			shared(t, b)
			ctx, cancel := context.WithCancel(t.Context())
			taken := false
			b.Before = func(op, name string) error {
				if taken && op == "read" {
					cancel()
				}
				taken = taken || op == "replace"
				return nil
			}
			if _, err := state.InBackend(b).Lock(ctx, statetest.Ann, apply.Holder{PID: 7}); !errors.Is(err, context.Canceled) {
				t.Fatalf("it was interrupted, and ended with %v", err)
			}
			b.Before = nil
			if err := lease(t, b).Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// hanging is a store that does not answer to writes.
type hanging struct{ *statetest.Memory }

func (hanging) Replace(ctx context.Context, _ string, _ []byte, _ string) (state.Object, error) {
	<-ctx.Done()
	return state.Object{}, ctx.Err()
}

func TestInitOfAStoreThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if err := state.InBackend(hanging{&statetest.Memory{}}).Init(context.Background()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it ended with %v", err)
		}
	})
}
