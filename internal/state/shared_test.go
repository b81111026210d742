package state_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/statetest"
)

var errGone = errors.New("connection reset")

// lease locks Ann's state in a backend.
func lease(t *testing.T, b state.Backend) apply.LockedState {
	t.Helper()
	s, err := state.InBackend(b).Lock(ctx, statetest.Ann, apply.Holder{PID: 7, Host: "here", Command: "fleet apply"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// openIn are the names of Ann's open intents in a backend.
func openIn(t *testing.T, b state.Backend) string {
	t.Helper()
	open, err := state.InBackend(b).Intents(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, i := range open {
		names = append(names, i.Name)
	}
	return strings.Join(names, " ")
}

// Whatever request or answer is lost, once or three times in a row, what was begun
// is there, and the lease is given back.
func TestLostAnswersOfAStore(t *testing.T) {
	for _, after := range []bool{false, true} {
		for at := range 14 {
			for _, times := range []int{1, 3} {
				t.Run(fmt.Sprintf("after %v at %d times %d", after, at, times), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						b := &statetest.Memory{}
						shared(t, b)
						var mu sync.Mutex
						n := 0
						lose := func(string, string) error {
							mu.Lock()
							defer mu.Unlock()
							if n++; n > at && n <= at+times {
								return errGone
							}
							return nil
						}
						if after {
							b.After = lose
						} else {
							b.Before = lose
						}
						s := lease(t, b)
						for _, name := range []string{"a", "b"} {
							if err := s.Begin(ctx, intent(name)); err != nil {
								t.Error(err)
							}
							if got := openIn(t, b); !strings.HasSuffix(got, name) {
								t.Errorf("begun is %s, open are %q", name, got)
							}
						}
						if err := s.Close(); err != nil {
							t.Error(err)
						}
						if err := lease(t, b).Close(); err != nil {
							t.Error(err)
						}
					})
				})
			}
		}
	}
}

// A lease is renewed for as long as its apply lasts, and ends by the store's clock
// when nobody renews it. Who had it then notes nothing more.
func TestLeaseEndsByTheStoresClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var gone atomic.Bool
		b := &statetest.Memory{
			Now: func() time.Time { return time.Now().Add(-time.Hour) },
			Before: func(string, string) error {
				if gone.Load() {
					return errGone
				}
				return nil
			},
		}
		shared(t, b)
		first := lease(t, b)
		time.Sleep(time.Hour)
		var held *state.LeasedError
		if _, err := state.InBackend(b).Lock(ctx, statetest.Ann, apply.Holder{}); !errors.As(err, &held) || held.Lease.Holder.PID != 7 || held.Epoch != 1 {
			t.Errorf("after an hour: %v", err)
		}
		gone.Store(true)
		time.Sleep(3 * time.Minute)
		gone.Store(false)
		second := lease(t, b)
		var lost *state.LeaseLostError
		if err := first.Begin(ctx, intent("a")); !errors.As(err, &lost) || lost.Taken == nil {
			t.Errorf("beginning without the lease: %v", err)
		}
		if err := first.Close(); !errors.As(err, &lost) {
			t.Errorf("what was noted is lost, and closing says %v", err)
		}
		if err := second.Begin(ctx, intent("b")); err != nil || openIn(t, b) != "b" {
			t.Errorf("the second begins: %v, open are %q", err, openIn(t, b))
		}
		if err := second.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A write that was given up may be taken later. It is the holder's own.
func TestWriteThatComesLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &statetest.Memory{}
		shared(t, b)
		s := lease(t, b)
		b.After = func(op, _ string) error {
			if op == "replace" {
				return errGone
			}
			return nil
		}
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		if err := s.Begin(short, intent("a")); err == nil {
			t.Error("nobody has answered, and it is begun")
		}
		b.After = nil
		if err := s.Begin(ctx, intent("b")); err != nil {
			t.Error(err)
		}
		if got := openIn(t, b); got != "b" { // nothing was sent for the other
			t.Errorf("open are %q", got)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Begins that come while a write is under way share the next.
func TestBeginsShareWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &statetest.Memory{}
		shared(t, b)
		s := lease(t, b)
		var mu sync.Mutex
		writes := 0
		b.Before = func(op, _ string) error {
			mu.Lock()
			writes++
			mu.Unlock()
			time.Sleep(time.Second)
			return nil
		}
		var group sync.WaitGroup
		for n := range 100 {
			group.Go(func() {
				if err := s.Begin(ctx, intent(fmt.Sprint(n))); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if writes > 2 {
			t.Errorf("%d writes for 100 intents", writes)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestStoreThatKeepsNobodyApart(t *testing.T) {
	b := &statetest.Memory{Heedless: true}
	err := state.InBackend(b).Init(ctx)
	if !errors.Is(err, state.ErrNotKept) {
		t.Errorf("preparing it gave %v", err)
	}
	s := state.InBackend(b)
	_, opened := s.Open(ctx, statetest.Ann)
	_, locked := s.Lock(ctx, statetest.Ann, apply.Holder{})
	_, listed := s.Intents(ctx)
	for _, err := range []error{opened, locked, listed} {
		var told *state.StoreError
		if !errors.Is(err, state.ErrUnprepared) || !errors.As(err, &told) || !strings.Contains(told.Hint(), "fleet state init") {
			t.Errorf("using it gave %v", err)
		}
	}
}

// A write whose answer is lost has taken effect, so there is no second.
func TestLostAnswerToAWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &statetest.Memory{}
		shared(t, b)
		s := lease(t, b)
		writes := 0
		b.After = func(op, _ string) error {
			if op != "replace" {
				return nil
			}
			writes++
			return errGone
		}
		if err := s.Begin(ctx, intent("a")); err != nil || writes != 1 {
			t.Errorf("%v, written %d times", err, writes)
		}
		b.After = nil
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// heedlessOfVersions honours that an object must not be there, and no version.
type heedlessOfVersions struct{ *statetest.Memory }

func (h heedlessOfVersions) Replace(ctx context.Context, name string, data []byte, version string) (state.Object, error) {
	if version != "" {
		now, err := h.Read(ctx, name)
		if err != nil {
			return now, err
		}
		version = now.Version
	}
	return h.Memory.Replace(ctx, name, data, version)
}

func TestStoreThatIgnoresVersions(t *testing.T) {
	if err := state.InBackend(heedlessOfVersions{&statetest.Memory{}}).Init(ctx); !errors.Is(err, state.ErrNotKept) {
		t.Errorf("preparing it gave %v", err)
	}
}

func TestDocumentsOfLaterVersionsAreRefused(t *testing.T) {
	b := &statetest.Memory{}
	shared(t, b)
	lease(t, b).Close()
	list, _ := b.List(ctx, "api")
	for _, name := range []string{list[0].Name, "proof.json"} {
		good, _ := b.Read(ctx, name)
		for _, bad := range []string{`{"format_version":2}`, "{"} {
			if err := b.Put(ctx, name, []byte(bad)); err != nil {
				t.Fatal(err)
			}
			var refused *state.DocumentError
			_, err := state.InBackend(b).Lock(ctx, statetest.Ann, apply.Holder{})
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), name) || refused.Newer != (bad != "{") {
				t.Errorf("%s is %s: %v", name, bad, err)
			}
		}
		b.Put(ctx, name, good.Data)
	}
}
