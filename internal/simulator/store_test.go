package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/statetest"
)

var (
	errStoreGone = errors.New("connection refused")
	errStoreLost = errors.New("connection reset")
)

// span is a stretch of time; the zero span is none.
type span struct{ from, to time.Time }

// pass waits until the span is over, if it is now, and reports false when ctx ends first.
func (s span) pass(ctx context.Context) bool {
	now := time.Now()
	if now.Before(s.from) || !now.Before(s.to) {
		return true
	}
	timer := time.NewTimer(s.to.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// sharedStore is a state of several hosts. It can be gone, and lose requests and answers.
type sharedStore struct {
	sim    *simulation
	memory statetest.Memory
	gone   span
	loses  int // percent of the requests

	mu sync.Mutex
	n  int // requests so far
}

// backend is the store as one process reaches it: not while its host is asleep, and not
// after it has died.
type backend struct {
	*sharedStore
	process *process
}

// reach is asked before a request, and again before its answer.
func (b backend) reach(ctx context.Context) error {
	if !b.process.asleep.pass(ctx) {
		return context.Cause(ctx)
	}
	now := time.Now()
	b.mu.Lock()
	b.n++
	n := b.n
	b.mu.Unlock()
	switch {
	case b.process.dead.Load():
		return deadStore{}
	case !now.Before(b.gone.from) && now.Before(b.gone.to):
		return errStoreGone
	case !b.sim.quiet && b.sim.dice.of("store").at(n).percent(b.loses):
		return errStoreLost
	}
	return nil
}

// deadStore is what a process hears that has died.
type deadStore struct{}

func (deadStore) Error() string { return errDead.Error() }

// Final: so nobody asks again.
func (deadStore) Final() bool { return true }

// requested sends a request, which or whose answer may be lost.
func requested[T any](ctx context.Context, b backend, do func() (T, error)) (got T, err error) {
	if err := b.reach(ctx); err != nil {
		return got, err
	}
	if got, err = do(); err != nil {
		return got, err
	}
	return got, b.reach(ctx)
}

func (b backend) Read(ctx context.Context, name string) (state.Object, error) {
	return requested(ctx, b, func() (state.Object, error) { return b.memory.Read(ctx, name) })
}

func (b backend) Replace(ctx context.Context, name string, data []byte, version string) (state.Object, error) {
	return requested(ctx, b, func() (state.Object, error) {
		if b.process.frozen.Load() {
			return state.Object{}, errStoreLost
		}
		return b.memory.Replace(ctx, name, data, version)
	})
}

func (b backend) Put(ctx context.Context, name string, data []byte) error {
	_, err := requested(ctx, b, func() (struct{}, error) { return struct{}{}, b.memory.Put(ctx, name, data) })
	return err
}

func (b backend) Drop(ctx context.Context, name string) error {
	_, err := requested(ctx, b, func() (struct{}, error) { return struct{}{}, b.memory.Drop(ctx, name) })
	return err
}

func (b backend) List(ctx context.Context, prefix string) ([]state.Listed, error) {
	return requested(ctx, b, func() ([]state.Listed, error) { return b.memory.List(ctx, prefix) })
}

func (b backend) Prepare(context.Context) error { return nil }

func (b backend) Place() string { return "the store" }

// leaseDocument is what the checks want to know of an account's document.
type leaseDocument struct {
	Lease   *state.Lease
	Intents []apply.Intent
}

// documents are those of all accounts.
func (s *sharedStore) documents() (docs []leaseDocument) {
	list, _ := s.memory.List(context.Background(), "") // memory never fails
	for _, l := range list {
		if !strings.HasSuffix(l.Name, "/state.json") {
			continue
		}
		var d leaseDocument
		o, _ := s.memory.Read(context.Background(), l.Name)
		if err := json.Unmarshal(o.Data, &d); err != nil {
			s.sim.violate("I2", "%s cannot be read: %s", l.Name, err)
		}
		docs = append(docs, d)
	}
	return docs
}

// leaseOf is the lease that a process has, or had last if nobody has taken it since.
func (s *sharedStore) leaseOf(p *process) *state.Lease {
	for _, d := range s.documents() {
		if d.Lease != nil && d.Lease.Holder.PID == p.number {
			return d.Lease
		}
	}
	return nil
}

func (s *sharedStore) intents() (open []apply.Intent) {
	for _, d := range s.documents() {
		open = append(open, d.Intents...)
	}
	return open
}

// text is all that the store keeps.
func (s *sharedStore) text() string {
	var b strings.Builder
	list, _ := s.memory.List(context.Background(), "")
	for _, l := range list {
		o, _ := s.memory.Read(context.Background(), l.Name)
		b.Write(o.Data)
	}
	return b.String()
}

// onTheWire is the longest that a change may be on its way, and a little.
const onTheWire = 35 * time.Second

// checkLease: a change leaves only while its process has the lease, and for so long
// that it has ended before the lease does [I14].
func (s *simulation) checkLease(c *call) {
	if s.store == nil {
		return
	}
	l := s.store.leaseOf(c.process)
	if l == nil {
		s.violate("I14", "%s %s is sent by run %d, which has no lease", c.method, c.path, c.process.number)
	} else if left := time.Until(l.Expires); left < onTheWire {
		s.violate("I14", "%s %s is sent %s before the lease of run %d ends", c.method, c.path, left.Round(time.Millisecond), c.process.number)
	}
}
