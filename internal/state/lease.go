package state

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vps-fleet/fleet/apply"
)

// clockStep is the coarsest step of a backend's clock: an HTTP Date has seconds.
const clockStep = time.Second

// LeasedError is why a state cannot be locked: another apply has the lease, maybe on
// another host. It is an apply.ErrLocked.
type LeasedError struct {
	Lease Lease
	Epoch int64
	Left  time.Duration // until the lease ends by itself, if nobody renews it
}

func (e *LeasedError) Error() string { return lockedBy(e.Lease.Holder) }

func (e *LeasedError) Unwrap() error { return apply.ErrLocked }

// Hint says what to do about it.
func (e *LeasedError) Hint() string {
	return fmt.Sprintf("wait until it has ended, as --wait does; if that process is gone, its lease ends in %s, or at once with fleet unlock --epoch %d",
		max(e.Left, time.Second).Round(time.Second), e.Epoch)
}

// LeaseLostError is why nothing more is noted in a state: somebody else has taken the
// lease meanwhile. It is an apply.ErrLeaseLost.
type LeaseLostError struct {
	Taken *Lease // nil: it was given back again
}

func (e *LeaseLostError) Error() string {
	if e.Taken == nil {
		return "another apply has had the lease of the account since, or somebody has ended it"
	}
	h := e.Taken.Holder
	return fmt.Sprintf("process %d on %s has the lease of the account by now (%s)", h.PID, h.Host, h.Command)
}

func (*LeaseLostError) Unwrap() error { return apply.ErrLeaseLost }

// Final: nothing brings it back.
func (*LeaseLostError) Final() bool { return true }

// Lock opens an account's state for an apply: it takes the account's lease.
func (s *Shared) Lock(ctx context.Context, k apply.Key, h apply.Holder) (apply.LockedState, error) {
	if err := s.checkProof(ctx); err != nil {
		return nil, err
	}
	l := &leasedState{sharedState: s.open(k), writing: make(chan struct{}, 1), done: make(chan struct{})}
	l.known = l.current
	if err := l.take(ctx, h); err != nil {
		return nil, err
	}
	if err := l.load(ctx); err != nil {
		return nil, errors.Join(err, l.giveBack(context.WithoutCancel(ctx)))
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	go l.keep(background)
	return l, nil
}

// take takes the lease of the account's document, where nobody has it.
func (l *leasedState) take(ctx context.Context, h apply.Holder) error {
	for {
		asked := l.store.now()
		d, o, err := l.store.document(ctx, l.key)
		if err != nil {
			return err
		}
		if held := d.held(o.Now); held != nil {
			return &LeasedError{*held, d.Epoch, held.Expires.Sub(o.Now)}
		}
		d.cutOff()
		d.Epoch++
		l.nonce, l.lost = random(), nil
		d.Lease = &Lease{Nonce: l.nonce, Holder: h, Taken: o.Now.UTC()}
		l.doc, l.own, l.version, l.clock = d, d.entries(), o.Version, clock{o.Now, asked}
		l.skew = l.clock.skew()
		err = l.write(ctx)
		if !errors.Is(err, apply.ErrLeaseLost) { // else somebody was quicker
			return err
		}
	}
}

// load reads what the account has to know. It looks for leases that exclude this one
// when this one is in the store already, so of two at once at least one sees the other.
func (l *leasedState) load(ctx context.Context) error {
	others, now, err := l.store.others(ctx, l.key)
	if err != nil {
		return err
	}
	for _, d := range others {
		if held := d.held(now); held != nil {
			return &LeasedError{*held, d.Epoch, held.Expires.Sub(now)}
		}
	}
	l.rivals = epochs(others)
	l.all = l.own.with(l.key, entriesOf(others))
	return l.dropOldPlans(ctx, now)
}

// epochs counts how often the leases of documents have been taken.
func epochs(docs []document) (n int64) {
	for _, d := range docs {
		n += d.Epoch
	}
	return n
}

// giveBack writes what is still to be written, and ends the lease. That another apply
// has taken the lease is an error only where that loses something.
func (l *leasedState) giveBack(ctx context.Context) error {
	return l.alone(ctx, func() error {
		l.mu.Lock()
		l.withdraw()
		l.doc.Lease = nil
		saved := l.noted == l.durable
		l.mu.Unlock()
		err := l.write(ctx)
		if saved && errors.Is(err, apply.ErrLeaseLost) {
			return nil
		}
		return err
	})
}

// Close gives the lease back.
func (l *leasedState) Close() error {
	l.stop()
	<-l.done
	return l.giveBack(context.Background())
}
