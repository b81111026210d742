package state

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// leasedState is one account's state in a Shared store while an apply has its lease.
// Whatever is noted is kept here first and goes to the store with the next write, which
// all who wait for one share.
type leasedState struct {
	*sharedState
	stop func() // ends the renewals
	done chan struct{}
	skew skew // as it was when the lease was taken; own and all are by the store's clock

	mu      sync.Mutex
	doc     document // as it was read, but for its entries
	own     entries  // the document's
	all     entries  // what is known to the account
	ahead   ahead
	noted   int             // changes so far
	durable int             // of them that are in the store
	renewed moment          // when the request was sent from which the lease counts
	failed  error           // why the store could not be written the last time
	lost    *LeaseLostError // why nothing can be written any more

	nonce   string        // of the lease
	writing chan struct{} // full while one writes; what follows is the writer's
	version string        // of the document in the store
	clock   clock
	rivals  int64     // how often leases that exclude this one had been taken when it was
	wrote   time.Time // when the last write began
	tried   int       // changes that were in it
	early   int       // writes that came soon after the one before
}

// snapshot is the document as it is to be by now, and how many changes are in it.
func (l *leasedState) snapshot() (document, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.announce()
	d := l.doc
	d.Write = random()
	d.setEntries(l.own)
	if d.Lease != nil {
		lease := *d.Lease
		lease.Expires = l.clock.now.Add(l.store.timing.ttl + clockStep).UTC()
		d.Lease = &lease
	}
	return d, l.noted
}

// dirty reports whether something is noted that is not in the store.
func (l *leasedState) dirty() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.durable < l.noted
}

// isDurable reports whether the first n changes are in the store.
func (l *leasedState) isDurable(n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.durable >= n
}

// note changes what is known and returns how many changes there are.
func (l *leasedState) note(change func()) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	l.noted++
	return l.noted
}

// current is what is known to the account by now, by this host's clock.
func (l *leasedState) current(context.Context) (entries, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.shifted(-l.skew), nil
}

// Mark notes a mark, durably.
func (l *leasedState) Mark(ctx context.Context, m rollout.Mark) error {
	return l.durably(ctx, l.note(func() { l.own.marks, l.all.marks = append(l.own.marks, m), append(l.all.marks, m) }))
}

// Corrections are what unattended applies have put right.
func (l *leasedState) Corrections(context.Context) ([]planner.Correction, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.doc.Corrections), nil
}

// Begin notes an intent, durably. One that cannot be is forgotten again, since
// nothing will be sent for it.
func (l *leasedState) Begin(ctx context.Context, i apply.Intent) error {
	i = shiftIntent(i, l.skew)
	l.mu.Lock()
	n := l.begin(i)
	l.mu.Unlock()
	err := l.durably(ctx, n)
	if err != nil {
		l.note(func() { delete(l.own.open, key(i)); delete(l.all.open, key(i)) })
	}
	return err
}

// durably waits until the first n changes are in the store.
func (l *leasedState) durably(ctx context.Context, n int) error {
	if l.isDurable(n) {
		return nil
	}
	err := l.flush(ctx, n)
	if err == nil || errors.Is(err, apply.ErrLeaseLost) {
		return err
	}
	return &LapsedError{err}
}

// Resolve notes what became of an intent. One of another document is resolved for
// this account alone.
func (l *leasedState) Resolve(_ context.Context, i apply.Intent, _ apply.Resolution) error {
	l.note(func() {
		k := key(shiftIntent(i, l.skew))
		if _, own := l.own.open[k]; !own {
			l.own.resolved[k] = true
		}
		delete(l.own.open, k)
		delete(l.all.open, k)
	})
	return nil
}

// Note notes a deed.
func (l *leasedState) Note(ctx context.Context, d deeds.Deed, durable bool) error {
	d = shiftDeed(d, l.skew)
	n := l.note(func() { l.own.deeds, l.all.deeds = append(l.own.deeds, d), append(l.all.deeds, d) })
	if !durable {
		return nil
	}
	return l.durably(ctx, n)
}

// PutCorrections replaces the corrections. They are written with what comes next, or
// with the end of the lease.
func (l *leasedState) PutCorrections(_ context.Context, all []planner.Correction) error {
	l.note(func() { l.doc.Corrections = slices.Clone(all) })
	return nil
}
