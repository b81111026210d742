package apply_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// several is an account with a store of several hosts.
type several struct {
	*world
	memory *statetest.Memory
	gone   atomic.Bool // the store does not answer
}

// inSeveral runs a test with a store of several hosts, and an API of which each change
// takes ten seconds.
func inSeveral(t *testing.T, test func(s *several)) {
	slow := func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodGet {
			return nil
		}
		return &emulator.Fault{Stage: emulator.Committed, Delay: 10 * time.Second}
	}
	inWorld(t, &emulator.Emulator{Provisioning: 4 * time.Minute, Fault: slow}, func(w *world) {
		s := &several{world: w, memory: &statetest.Memory{}}
		s.prepare()
		w.runner.Parallelism = 1
		test(s)
	})
}

// prepare prepares the store, which can be gone from then on.
func (s *several) prepare() {
	s.memory.Before = func(string, string) error {
		if s.gone.Load() {
			return errors.New("connection refused")
		}
		return nil
	}
	if err := state.InBackend(s.memory).Init(s.Context()); err != nil {
		s.Fatal(err)
	}
}

// host is an engine on a host of its own.
func (s *several) host() *apply.Engine {
	e := s.engine(nil)
	e.Store = state.InBackend(s.memory)
	return e
}

// away has the store not answer for a while.
func (s *several) away(after, lasts time.Duration) {
	time.AfterFunc(after, func() { s.gone.Store(true) })
	time.AfterFunc(after+lasts, func() { s.gone.Store(false) })
}

// takenOver has another host take the lease after a while.
func (s *several) takenOver(after time.Duration) <-chan apply.LockedState {
	taken := make(chan apply.LockedState, 1)
	time.AfterFunc(after, func() {
		other, err := state.InBackend(s.memory).Lock(context.Background(), apply.Key{Endpoint: s.client.Endpoint(), Account: "sandbox@example.com"}, apply.Holder{PID: 2, Host: "there"})
		if err != nil {
			s.Error(err)
		}
		taken <- other
	})
	return taken
}

// changes are the times at which changes arrived, since a moment.
func (s *several) changes(since time.Time) (at []time.Duration) {
	for _, e := range s.emulator.Ledger() {
		if e.Method != http.MethodGet {
			at = append(at, e.Time.Sub(since))
		}
	}
	return at
}

// thirty are entries whose hostnames are to be changed, and their servers.
func (s *several) thirty() string {
	for _, n := range strings.Fields("01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20") {
		s.add("", "w"+n, "active")
	}
	return "servers: {'w[01:20]': {hostname: '{name}.example.org'}, new: {plan: 1, os: 5, location: us-west}}"
}

// A store that is gone in the middle holds changes back, lets what is in flight end and
// waits go on, and the run goes on when it is there again.
func TestStoreThatIsGoneForAWhile(t *testing.T) {
	inSeveral(t, func(s *several) {
		file := s.thirty()
		began := time.Now()
		s.away(40*time.Second, 4*time.Minute)
		r, err := s.host().Apply(s.Context(), s.drain, s.input(file), apply.Approval{})
		if err != nil {
			t.Fatal(err)
		}
		s.wantComplete(r)
		at := s.changes(began)
		if len(at) != 21 {
			t.Errorf("%d changes", len(at))
		}
		for i, sent := range at {
			if sent > 126*time.Second && sent < 4*time.Minute+40*time.Second {
				t.Errorf("change %d is sent at %s", i, sent)
			}
		}
		told := false
		for _, e := range s.events {
			e, ok := e.(apply.ChangePutOff)
			told = told || ok && errors.Is(e.Err, apply.ErrLapsed) && strings.Contains(e.Err.Error(), "connection refused")
		}
		if !told {
			t.Error("nobody is told why nothing is sent")
		}
	})
}

// While a lease has lapsed a name may be taken by somebody who does not use fleet.
func TestNamesAreReadAgainAfterALapse(t *testing.T) {
	inSeveral(t, func(s *several) {
		file := "servers: {'w[01:12]': {plan: 1, os: 5, location: us-west}}"
		s.away(20*time.Second, 5*time.Minute)
		time.AfterFunc(5*time.Minute, func() { s.add("", "w12", "active") })
		r, err := s.host().Apply(s.Context(), s.drain, s.input(file), apply.Approval{Bootstrap: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := report(r); r.Count(apply.Done) != 11 || !strings.Contains(got, "create w12: failed: taken") {
			t.Errorf("%s", got)
		}
	})
}

// When another host has taken the lease, nothing more is sent, waits end, and what
// nobody knows is told as such.
func TestLeaseThatAnotherHostTakes(t *testing.T) {
	inSeveral(t, func(s *several) {
		file := s.thirty()
		s.away(40*time.Second, 150*time.Second)
		taken := s.takenOver(190*time.Second + time.Millisecond)
		began := time.Now()
		r, err := s.host().Apply(s.Context(), s.drain, s.input(file), apply.Approval{})
		if err != nil {
			t.Fatal(err)
		}
		if got := report(r); r.Complete() || r.Count(apply.Unknown) != 1 || !strings.Contains(got, "create new: unknown: lease_lost status:") || !strings.Contains(got, "not started: lease_lost") {
			t.Errorf("%s", got)
		}
		for i, sent := range s.changes(began) {
			if sent > 126*time.Second {
				t.Errorf("change %d is sent at %s", i, sent)
			}
		}
		if took := time.Since(began); took > 4*time.Minute {
			t.Errorf("it ends after %s", took)
		}
		if err := (<-taken).Close(); err != nil {
			t.Error(err)
		}
		w := s.host()
		w.Runner.Parallelism = 20
		r, err = w.Apply(s.Context(), s.drain, s.input(file), apply.Approval{})
		if err != nil {
			t.Fatal(err)
		}
		s.wantComplete(r)
		if got := strings.Count(s.sent(0), "POST"); got != 1 {
			t.Errorf("%d creates", got)
		}
	})
}

// What another host has created with a lease that it took is no conflict: the run is
// told that its lease is lost, even where it saw the servers first.
func TestServersOfWhoTookTheLease(t *testing.T) {
	inSeveral(t, func(s *several) {
		s.away(20*time.Second, 170*time.Second)
		taken := s.takenOver(190*time.Second + time.Millisecond)
		time.AfterFunc(150*time.Second, func() {
			for _, name := range strings.Fields("w12 w13 w14") {
				s.add("", name, "active")
			}
		})
		r, err := s.host().Apply(s.Context(), s.drain, s.input("servers: {'w[01:14]': {plan: 1, os: 5, location: us-west}}"), apply.Approval{Bootstrap: true})
		if err != nil {
			t.Fatal(err)
		}
		got := report(r)
		if strings.Contains(got, "taken") || !strings.Contains(got, "create w14: not started: lease_lost") {
			t.Errorf("%s", got)
		}
		if err := (<-taken).Close(); err != nil {
			t.Error(err)
		}
	})
}

// Without its store an apply is refused before its first change, also when the store
// goes away while somebody is asked.
func TestStoreThatIsGoneBeforeTheFirstChange(t *testing.T) {
	for _, from := range []time.Duration{0, 30 * time.Second} {
		inSeveral(t, func(s *several) {
			file := s.thirty()
			s.away(from, time.Hour)
			ask := func(context.Context) error { time.Sleep(time.Minute); return nil }
			time.Sleep(time.Millisecond)
			_, err := s.host().Apply(s.Context(), s.drain, s.input(file), apply.Approval{Ask: ask})
			var failed *state.StoreError
			if !errors.As(err, &failed) || s.sent(0) != "" {
				t.Errorf("%v: sent\n%s", err, s.sent(0))
			}
			planned, err := s.host().Plan(s.Context(), s.input(file))
			if err != nil || planned.Plan.Count()[planner.ActionUpdate] != 20 {
				t.Errorf("planning without the store: %v", err)
			}
			time.Sleep(time.Hour)
		})
	}
}

// What a host that was killed was about to create is looked for, until the window after
// the end of its lease is over, before that name is created.
func TestTakeoverSettlesFirst(t *testing.T) {
	inSeveral(t, func(s *several) {
		key := apply.Key{Endpoint: s.client.Endpoint(), Account: "sandbox@example.com"}
		first, err := state.InBackend(s.memory).Lock(s.Context(), key, apply.Holder{PID: 1, Host: "killed"})
		if err != nil {
			t.Fatal(err)
		}
		i := apply.Intent{Endpoint: key.Endpoint, Account: key.Account, Name: "w1", Plan: "1", OS: "5", Location: "us-west"}
		if err := first.Announce(s.Context(), []apply.Intent{i}); err != nil {
			t.Fatal(err)
		}
		killed := time.Now()
		s.gone.Store(true)
		time.Sleep(121 * time.Second)
		s.gone.Store(false)
		r, err := s.host().Apply(s.Context(), s.drain, s.input("servers: {w1: {plan: 1, os: 5, location: us-west}}"), apply.Approval{})
		if err != nil {
			t.Fatal(err)
		}
		s.wantComplete(r)
		if at := s.changes(killed); len(at) != 1 || at[0] < 2*time.Minute+apply.DefaultSettle || at[0] > 2*time.Minute+apply.DefaultSettle+20*time.Second {
			t.Errorf("created at %s after the kill", at)
		}
		first.Close()
	})
}

// While the right to change the account has lapsed no server is drained either; the
// rollout goes on when the store is there again.
func TestNothingIsDrainedWithoutALease(t *testing.T) {
	policy := "rollouts: {web: {names: ['web-*'], drain: {command: ['leave']}, restore: {command: ['join']}}}"
	inRollout(t, &emulator.Emulator{}, 8, policy, "", func(r *rolled) {
		s := &several{world: r.world, memory: &statetest.Memory{}}
		s.prepare()
		began := time.Now()
		var mu sync.Mutex
		drained := 0
		r.hooks.fails = func(p apply.Phase, name string) error {
			mu.Lock()
			defer mu.Unlock()
			if at := time.Since(began); p == apply.PhaseDrain {
				drained++
				if at > 150*time.Second && at < 6*time.Minute {
					t.Errorf("%s is drained at %s", name, at)
				}
			}
			return nil
		}
		s.away(time.Minute, 5*time.Minute)
		in := r.in
		in.Selection.Asked = planner.Asked{Reboot: []string{"web-*"}}
		result, err := s.host().Apply(s.Context(), s.drain, in, apply.Approval{})
		if err != nil {
			t.Fatal(err)
		}
		s.wantComplete(result)
		if took := time.Since(began); drained != 8 || took < 6*time.Minute {
			t.Errorf("%d are drained in %s", drained, took)
		}
	})
}
