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
	return fmt.Sprintf("wait until it has ended, as --lock-timeout does; if that process is gone, its lease ends in %s", max(e.Left, time.Second).Round(time.Second))
}

// LeaseLostError is why nothing more is noted in a state: somebody else has taken the
// lease meanwhile.
type LeaseLostError struct {
	Taken *Lease // nil: it was given back again
}

func (e *LeaseLostError) Error() string {
	if e.Taken == nil {
		return "the lease of the account was taken from this run"
	}
	h := e.Taken.Holder
	return fmt.Sprintf("the lease of the account was taken from this run by process %d on %s (%s)", h.PID, h.Host, h.Command)
}

// Final: nothing brings it back.
func (*LeaseLostError) Final() bool { return true }

// Lock opens an account's state for an apply: it takes the account's lease.
func (s *Shared) Lock(ctx context.Context, k apply.Key, h apply.Holder) (apply.LockedState, error) {
	if err := s.checkProof(ctx); err != nil {
		return nil, err
	}
	l := &leasedState{sharedState: sharedState{s, k}, writing: make(chan struct{}, 1), done: make(chan struct{})}
	if err := l.take(ctx, h); err != nil {
		return nil, err
	}
	if err := l.begin(ctx); err != nil {
		return nil, errors.Join(err, l.giveBack(ctx))
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	go l.keep(background)
	return l, nil
}

// take takes the lease of the account's document, where nobody has it.
func (l *leasedState) take(ctx context.Context, h apply.Holder) error {
	for {
		asked := time.Now()
		d, o, err := l.store.document(ctx, l.key)
		if err != nil {
			return err
		}
		if held := d.held(o.Now); held != nil {
			return &LeasedError{*held, d.Epoch, held.Expires.Sub(o.Now)}
		}
		d.Epoch++
		l.nonce, l.lost = random(), nil
		d.Lease = &Lease{Nonce: l.nonce, Holder: h}
		l.doc, l.own, l.version, l.clock = d, d.entries(), o.Version, clock{o.Now, asked}
		err = l.write(ctx, l.store.timing.patience)
		var lost *LeaseLostError
		if !errors.As(err, &lost) { // else somebody was quicker
			return err
		}
	}
}

// begin reads what the account has to know. Who has a lease that excludes this one
// is looked for after this one is there to be seen, so of two at once at least one
// sees the other.
func (l *leasedState) begin(ctx context.Context) error {
	others, now, err := l.store.others(ctx, l.key)
	if err != nil {
		return err
	}
	for _, d := range others {
		if held := d.held(now); held != nil {
			return &LeasedError{*held, d.Epoch, held.Expires.Sub(now)}
		}
	}
	l.all = l.own.with(l.key, entriesOf(others))
	l.own.deeds = apply.PruneDeeds(l.own.deeds, l.all.deeds, time.Now())
	l.own.marks = apply.PruneMarks(l.own.marks, l.all.marks, time.Now())
	return l.dropOldPlans(ctx, now)
}

// keep renews the lease until ctx ends, or it is lost.
func (l *leasedState) keep(ctx context.Context) {
	defer close(l.done)
	every := time.NewTicker(l.store.timing.renew)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		var lost *LeaseLostError
		if err := l.renew(ctx); errors.As(err, &lost) {
			return
		} // another error is no end: the next renewal asks again
	}
}

// renew asks for the store's time and writes the document anew.
func (l *leasedState) renew(ctx context.Context) error {
	return l.alone(ctx, func() error {
		asked := time.Now()
		o, err := ask(ctx, l.store, "renew the lease", l.store.timing.outage, func(ctx context.Context) (Object, error) {
			return l.store.backend.Read(ctx, proofName)
		})
		if err != nil {
			return err
		}
		l.clock = clock{o.Now, asked}
		return l.write(ctx, l.store.timing.outage)
	})
}

// giveBack ends the lease, with what is yet to be written. When it is another's by
// then, that is nothing to tell, unless something is lost.
func (l *leasedState) giveBack(ctx context.Context) error {
	return l.alone(ctx, func() error {
		l.mu.Lock()
		l.doc.Lease = nil
		saved := l.noted == l.durable
		l.mu.Unlock()
		err := l.write(ctx, l.store.timing.patience)
		var lost *LeaseLostError
		if saved && errors.As(err, &lost) {
			return nil
		}
		return err
	})
}
