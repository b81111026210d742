package state

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// leasedState is one account's state in a Shared store while an apply has its lease.
// What is noted is noted here first, and goes to the store with the next write; those
// who wait for one share it.
type leasedState struct {
	sharedState
	stop func() // ends the renewals
	done chan struct{}

	mu    sync.Mutex
	doc   document // as it was read, but for its entries
	own   entries  // the document's
	all   entries  // what is known to the account
	noted int      // changes so far

	nonce   string        // of the lease
	writing chan struct{} // full while one writes; what follows is the writer's
	version string        // of the document in the store
	clock   clock
	held    time.Time       // when the request was sent from which the lease counts
	durable int             // changes that are in the store
	lost    *LeaseLostError // why nothing can be written any more
}

// clock is what the store's clock has said, and when it was asked, by this host's.
type clock struct {
	now   time.Time
	asked time.Time
}

// alone does something while nobody else writes. A mutex would do, were it not that
// ctx can end.
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
func (l *leasedState) write(ctx context.Context, patience time.Duration) error {
	if l.lost != nil {
		return l.lost
	}
	d, noted := l.snapshot()
	data, err := d.encode()
	if err != nil {
		return err
	}
	o, err := ask(ctx, l.store, keepState, patience, func(ctx context.Context) (Object, error) {
		return l.swap(ctx, data, d.Write)
	})
	if errors.As(err, &l.lost) {
		return l.lost
	}
	if err == nil {
		l.version, l.durable, l.held = o.Version, noted, l.clock.asked
	}
	return err
}

// snapshot is the document as it is to be by now, and how many changes are in it.
func (l *leasedState) snapshot() (document, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d := l.doc
	d.Write = random()
	d.say(l.own)
	if d.Lease != nil {
		lease := *d.Lease
		lease.Expires = l.clock.now.Add(l.store.timing.ttl + clockStep).UTC()
		d.Lease = &lease
	}
	return d, l.noted
}

// swap replaces the document once. Where it is another by now, it is looked whether
// that is what an earlier attempt has written, or an earlier write that was given up.
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

// flush makes the first n changes durable.
func (l *leasedState) flush(ctx context.Context, n int) error {
	return l.alone(ctx, func() error {
		if l.durable >= n {
			return nil
		}
		return l.write(ctx, l.store.timing.outage)
	})
}

// note changes what is known and returns how many changes there are.
func (l *leasedState) note(change func()) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	l.noted++
	return l.noted
}

// Intents are the account's open intents.
func (l *leasedState) Intents(context.Context) ([]apply.Intent, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return sorted(l.all.open), nil
}

// Deeds are what was done to the account's servers lately.
func (l *leasedState) Deeds(context.Context) ([]apply.Deed, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.all.deeds), nil
}

// Marks are what rollouts have left.
func (l *leasedState) Marks(context.Context) ([]apply.Mark, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return apply.PruneMarks(l.all.marks, l.all.marks, time.Now()), nil
}

// Mark notes a mark, durably.
func (l *leasedState) Mark(ctx context.Context, m apply.Mark) error {
	return l.flush(ctx, l.note(func() { l.own.marks, l.all.marks = append(l.own.marks, m), append(l.all.marks, m) }))
}

// Corrections are what unattended applies have put right.
func (l *leasedState) Corrections(context.Context) ([]planner.Correction, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.doc.Corrections), nil
}

// Begin notes an intent, durably.
func (l *leasedState) Begin(ctx context.Context, i apply.Intent) error {
	return l.flush(ctx, l.note(func() { l.own.open[key(i)], l.all.open[key(i)] = i, i }))
}

// Resolve notes what became of an intent. One of another document is resolved for
// this account alone.
func (l *leasedState) Resolve(_ context.Context, i apply.Intent, _ apply.Resolution) error {
	l.note(func() {
		k := key(i)
		if _, own := l.own.open[k]; !own {
			l.own.resolved[k] = true
		}
		delete(l.own.open, k)
		delete(l.all.open, k)
	})
	return nil
}

// Note notes a deed.
func (l *leasedState) Note(ctx context.Context, d apply.Deed, durable bool) error {
	n := l.note(func() { l.own.deeds, l.all.deeds = append(l.own.deeds, d), append(l.all.deeds, d) })
	if !durable {
		return nil
	}
	return l.flush(ctx, n)
}

// PutCorrections replaces the corrections.
func (l *leasedState) PutCorrections(ctx context.Context, all []planner.Correction) error {
	return l.flush(ctx, l.note(func() { l.doc.Corrections = slices.Clone(all) }))
}

// Close gives the lease back.
func (l *leasedState) Close() error {
	l.stop()
	<-l.done
	return l.giveBack(context.Background())
}
