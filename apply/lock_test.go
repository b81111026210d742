package apply_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// Another apply of the account is waited for as long as is asked for, and not at all
// where nothing is asked.
func TestLockTimeout(t *testing.T) {
	for _, test := range []struct {
		name          string
		timeout, held time.Duration
		took          time.Duration
		locked        bool
	}{
		{"not at all", 0, time.Minute, 0, true},
		{"until it has ended", 10 * time.Minute, 4 * time.Minute, 4 * time.Minute, false},
		{"too short", time.Minute, 4 * time.Minute, time.Minute, true},
		{"less than a look", 300 * time.Millisecond, 4 * time.Minute, 300 * time.Millisecond, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			inWorld(t, &emulator.Emulator{}, func(w *world) {
				disk := &statetest.Disk{}
				first := w.hold(disk)
				time.AfterFunc(test.held, func() { _ = first.Close() })
				e := w.engine(disk)
				e.LockTimeout = test.timeout
				var err error
				took := elapsed(func() { _, err = e.Apply(w.Context(), w.drain, w.input("servers: {}"), apply.Approval{}) })
				if errors.Is(err, apply.ErrLocked) != test.locked || err != nil && !test.locked || took < test.took || took > test.took+2*time.Second {
					t.Errorf("after %s: %v", took, err)
				}
				if told := w.lockAwaited(); len(told) > 1 || (len(told) == 1) != (test.timeout > 0) {
					t.Errorf("told %v", told)
				}
				time.Sleep(test.held)
			})
		})
	}
}

// An interrupt ends the wait for another apply.
func TestLockTimeoutInterrupted(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		disk := &statetest.Disk{}
		first := w.hold(disk)
		defer first.Close()
		e := w.engine(disk)
		e.LockTimeout = time.Hour
		ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
		defer cancel()
		if _, err := e.Apply(ctx, w.drain, w.input("servers: {}"), apply.Approval{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it ends with %v", err)
		}
	})
}

// That the outcome of a create cannot be noted is told, and the result stands.
func TestOutcomeThatCannotBeNoted(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		begun := false
		disk := &statetest.Disk{Before: func(op, name string) error {
			if !strings.HasSuffix(name, ".journal") || op != "append" {
				return nil
			}
			if begun {
				return errors.New("no space left on device")
			}
			begun = true
			return nil
		}}
		r := w.apply(disk, oneNew, apply.Approval{Bootstrap: true})
		w.wantComplete(r)
		if r.StateErr == nil {
			t.Error("nothing failed")
		}
		told := 0
		for _, e := range w.events {
			if e, ok := e.(apply.Warning); ok && e.What == apply.StateUnsaved {
				told++
			}
		}
		if told == 0 {
			t.Error("it was not told")
		}
	})
}

// hold locks the account's state for another apply.
func (w *world) hold(disk *statetest.Disk) apply.LockedState {
	w.Helper()
	account, err := w.client.GetAccount(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	s, err := w.engine(disk).Store.Lock(w.Context(), apply.Key{Endpoint: w.client.Endpoint(), Account: account.Account.Email}, apply.Holder{})
	if err != nil {
		w.Fatal(err)
	}
	return s
}

func (w *world) lockAwaited() (told []apply.LockAwaited) {
	for _, e := range w.events {
		if e, ok := e.(apply.LockAwaited); ok {
			told = append(told, e)
		}
	}
	return told
}
