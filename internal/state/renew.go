package state

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/vps-fleet/fleet/apply"
)

// LapsedError is why nothing may be sent for now: the store could not be written, so
// the lease may not be this run's any more. It is an apply.ErrLapsed.
type LapsedError struct {
	Err error // why it could not be written; nil where nobody has tried, as while the host slept
}

func (e *LapsedError) Error() string {
	if e.Err == nil {
		return apply.ErrLapsed.Error()
	}
	return apply.ErrLapsed.Error() + ": " + e.Err.Error()
}

func (e *LapsedError) Unwrap() []error { return []error{apply.ErrLapsed, e.Err} }

// MayChange reports whether the lease is this run's for longer than a change can be
// on the wire. It counts from when the last good renewal was sent.
func (l *leasedState) MayChange() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.lost != nil:
		return l.lost
	case l.store.since(l.renewed) > l.store.timing.ttl-l.store.timing.margin-l.store.Longer:
		return &LapsedError{l.failed}
	}
	return nil
}

// keep renews the lease, and writes what was noted meanwhile, until ctx ends or the
// lease is lost.
func (l *leasedState) keep(ctx context.Context) {
	defer close(l.done)
	every := time.NewTicker(l.store.timing.write)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		err := l.alone(ctx, func() error {
			if time.Since(l.wrote) >= l.store.timing.write && (l.due() || l.dirty()) {
				return l.save(ctx)
			}
			return nil
		})
		if errors.Is(err, apply.ErrLeaseLost) { // after any other error it tries again
			return
		}
	}
}

// due reports whether the lease is to be renewed.
func (l *leasedState) due() bool { return l.store.since(l.clock.asked) >= l.store.timing.renew }

// save writes what is noted. It asks for the store's time first where the lease is to
// be renewed, so that the lease lasts for all of its time from then on.
func (l *leasedState) save(ctx context.Context) error {
	if !l.due() {
		return l.write(ctx)
	}
	var asked moment
	o, err := ask(ctx, l.store, "renew the lease", func(ctx context.Context) (Object, error) {
		asked = l.store.now()
		return l.store.backend.Read(ctx, proofName)
	})
	if err != nil {
		return l.unwritten(err)
	}
	before := l.clock
	l.clock.now = o.Now
	err = l.write(ctx)
	if err == nil && l.store.since(before.asked) >= l.store.timing.ttl {
		err = l.checkRivals(ctx)
	}
	if err != nil {
		l.clock = before
		return err
	}
	l.clock.asked = asked
	l.mu.Lock()
	defer l.mu.Unlock()
	l.renewed = asked
	return nil
}

// checkRivals is for a lease that had ended and is in the store again. Its document tells
// whether anybody else has had it, and not whether one of another document that excludes
// it was taken: that of an unknown account.
func (l *leasedState) checkRivals(ctx context.Context) error {
	others, now, err := l.store.others(ctx, l.key)
	if err != nil {
		return l.unwritten(err)
	}
	if epochs(others) == l.rivals {
		return nil
	}
	lost := &LeaseLostError{}
	for _, d := range others {
		lost.Taken = cmp.Or(lost.Taken, d.held(now))
	}
	l.mu.Lock()
	l.doc.Lease = nil // so that it keeps nobody away
	l.mu.Unlock()
	_ = l.write(ctx) // else it ends by itself
	return l.unwritten(lost)
}

// flush makes the first n changes durable. All who wait for a write that fails get its
// error, and none of them tries again.
func (l *leasedState) flush(ctx context.Context, n int) error {
	return l.alone(ctx, func() error {
		if l.isDurable(n) {
			return nil
		}
		if l.failed != nil && l.tried >= n {
			return l.failed
		}
		pause := time.NewTimer(l.pause())
		defer pause.Stop()
		select {
		case <-pause.C:
			return l.save(ctx)
		case <-ctx.Done():
			return l.store.failed(keepState, ctx.Err())
		}
	})
}

// pause is how long the next write waits for the last one to be long enough ago. The
// first that would have to wait need not.
func (l *leasedState) pause() time.Duration {
	wait := time.Until(l.wrote.Add(l.store.timing.write))
	if wait > 0 && l.early < earlyWrites {
		l.early++
		return 0
	}
	return wait
}

// alone runs do while nobody else writes: a lock that is given up when ctx ends.
func (l *leasedState) alone(ctx context.Context, do func() error) error {
	select {
	case l.writing <- struct{}{}:
		defer func() { <-l.writing }()
		return do()
	case <-ctx.Done():
		return l.store.failed(keepState, ctx.Err())
	}
}

const keepState = "keep the state"

// write replaces the document by what is noted, and so renews the lease. A write
// whose answer is lost is sent again as it was, until it is known that one of both
// was taken: the document says whose write it is.
func (l *leasedState) write(ctx context.Context) error {
	if l.lost != nil {
		return l.lost
	}
	d, noted := l.snapshot()
	data, err := d.encode()
	if err != nil {
		return err
	}
	l.wrote, l.tried = time.Now(), noted
	o, err := ask(ctx, l.store, keepState, func(ctx context.Context) (Object, error) {
		return l.swap(ctx, data, d.Write)
	})
	if err != nil {
		return l.unwritten(err)
	}
	l.version = o.Version
	l.mu.Lock()
	defer l.mu.Unlock()
	l.durable, l.renewed, l.failed = noted, l.clock.asked, nil
	return nil
}

// unwritten notes why the document could not be written.
func (l *leasedState) unwritten(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var lost *LeaseLostError
	if errors.As(err, &lost) {
		l.lost, err = lost, lost
	}
	l.failed = err
	return err
}

// swap replaces the document once. On a conflict it finds out whether the document is
// that of an earlier attempt, of an earlier write that was given up, or of somebody else.
func (l *leasedState) swap(ctx context.Context, data []byte, write string) (Object, error) {
	name := folderOf(l.key) + documentSuffix
	o, err := l.store.backend.Replace(ctx, name, data, l.version)
	if !errors.Is(err, ErrConflict) {
		return o, err
	}
	seen, err := l.store.backend.Read(ctx, name)
	if err != nil {
		return seen, err
	}
	d, err := decodeDocument(name, seen.Data)
	switch {
	case err != nil || d.Write == write:
		return seen, err
	case d.Lease != nil && d.Lease.Nonce == l.nonce:
		l.version = seen.Version
		return seen, errLate
	}
	return seen, &LeaseLostError{d.held(seen.Now)}
}

// errLate is why a write has to be sent again.
var errLate = errors.New("an earlier write came late")
