package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// look looks at the servers whose time has come, by one list wherever that takes
// no more requests than a GET for each; or at some only.
func (w *watcher) look(ctx context.Context, now time.Time, only []*wait) {
	due := only
	if due == nil {
		due = w.arriving(now)
	}
	byList := slices.ContainsFunc(due, func(x *wait) bool { return x.byList })
	ctx = vpsorg.LowPriority(ctx)
	w.run.hold(1) // until all have been judged
	defer w.run.hold(-1)
	switch {
	case len(due) == 0:
		return
	case byList || len(due) >= w.run.listCost():
		w.lookByList(ctx)
	default:
		w.lookByGet(ctx, due)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = time.Now()
	w.took = w.last.Sub(now)
}

// arriving are the waits for servers that may have arrived by now.
func (w *watcher) arriving(now time.Time) (due []*wait) {
	w.mu.Lock()
	scouts := w.scouts(now)
	for x := range w.waits {
		if from, _, ok := w.expected(x, scouts[x.pace] == x); ok && !from.After(now) {
			due = append(due, x)
		}
	}
	w.mu.Unlock()
	slices.SortFunc(due, compare)
	return due
}

// lookByList reads the list once for all servers in transit, due or not.
func (w *watcher) lookByList(ctx context.Context) {
	servers, asked, err := w.run.list(ctx, time.Now())
	waits := w.pending()
	if err != nil {
		w.failed(waits, err)
		return
	}
	waits = slices.DeleteFunc(waits, func(x *wait) bool { return x.begun.After(asked) }) // the list is from before
	named := make(map[string][]planner.Server, len(servers))
	for _, s := range servers {
		named[s.Name] = append(named[s.Name], s)
	}
	for _, x := range waits {
		if x.settling != nil {
			w.judgeSettling(ctx, x, named[x.settling.create.name], asked)
			continue
		}
		s, _, ok := w.run.view.server(x.id)
		w.judge(x, s.Status, ok, asked)
	}
}

// lookByGet reads each server on its own.
func (w *watcher) lookByGet(ctx context.Context, waits []*wait) {
	var group errgroup.Group
	group.SetLimit(w.run.Parallelism)
	for _, x := range waits {
		group.Go(func() error {
			ctx, asked := timed(ctx)
			s, err := w.run.Client.GetServer(ctx, x.id)
			w.run.spend(1)
			if err != nil && !errors.Is(err, vpsorg.ErrNotFound) {
				w.failed([]*wait{x}, err)
				return nil
			}
			if err == nil {
				w.run.view.note(fromServer(s))
			}
			w.judge(x, planner.Status(s.Status), err == nil, asked())
			return nil
		})
	}
	group.Wait()
}

// timed tells when the first request of a context was sent: it may wait for its
// turn for long.
func timed(ctx context.Context) (context.Context, func() time.Time) {
	var mu sync.Mutex
	var first time.Time
	ctx = vpsorg.BeforeSend(ctx, func() error {
		mu.Lock()
		defer mu.Unlock()
		if first.IsZero() {
			first = time.Now()
		}
		return nil
	})
	return ctx, func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return first
	}
}

// failed puts off waits that a look could tell nothing about.
func (w *watcher) failed(waits []*wait, err error) {
	w.run.fatal(err)
	for _, x := range waits {
		w.again(x, err)
	}
}

// judge decides, by what a look at the time asked showed, whether a wait is over.
func (w *watcher) judge(x *wait, status planner.Status, exists bool, asked time.Time) {
	settled, ok := status.Target()
	switch {
	case !exists && x.goal == goalGone:
		w.arrived(x, asked)
	case !exists && x.last != "":
		w.over(x, fmt.Errorf("it was %s and is gone now: somebody else has deleted it", x.last))
	case !exists || x.goal == goalGone:
		w.missed(x, asked) // not shown yet, or not gone yet
	case string(x.goal) == string(status):
		w.arrived(x, asked)
	case !ok:
		x.last = status
		w.over(x, fmt.Errorf("its status is %q, not %s\nhint: look at it at the provider; fleet does nothing to such a server", status, x.goal))
	case settled == status && x.moved:
		w.over(x, fmt.Errorf("it ended %s, not %s", status, x.goal))
	default:
		x.last = status
		x.moved = x.moved || settled != status
		w.missed(x, asked)
	}
}

// arrived ends a wait well, and lets the others of its kind learn from it.
func (w *watcher) arrived(x *wait, asked time.Time) {
	w.mu.Lock()
	x.pace.arrived(max(asked.Sub(x.since), 0), x.missed)
	w.mu.Unlock()
	w.over(x, nil)
}

// missed goes on with a wait whose server had not arrived when it was asked for.
func (w *watcher) missed(x *wait, asked time.Time) {
	w.mu.Lock()
	x.missed = max(x.missed, asked.Sub(x.since), 0)
	x.pace.missed(x.missed)
	w.mu.Unlock()
	w.again(x, nil)
}

// again plans the next look, unless the wait has lasted too long. What a wait
// that ends so waited for may yet happen.
func (w *watcher) again(x *wait, lookErr error) {
	now := time.Now()
	age := now.Sub(x.since)
	end := x.end(w.run.Timeout)
	if now.Before(end) {
		x.due = time.Time{}
		if lookErr != nil || x.settling != nil || w.run.PollInterval > 0 {
			x.due = now.Add(min(w.interval(age), end.Sub(now)))
		}
		return
	}
	if x.settling != nil && (now.Before(end.Add(w.run.Timeout)) || age < w.run.Timeout) {
		x.due = now.Add(w.interval(age)) // the list that proves it is still to come
		return
	}
	err := fmt.Errorf("%s, after %s", x.state(), age.Round(time.Second))
	if lookErr != nil {
		err = fmt.Errorf("%w; the last look failed: %w", err, lookErr)
	}
	w.over(x, unknown{fmt.Errorf("%w\nhint: run again to go on waiting, or give --timeout more", err)})
}

// state says how far a wait has come.
func (x *wait) state() string {
	switch {
	case x.settling != nil:
		return x.settling.doubt()
	case x.last == "":
		return "not seen yet"
	}
	return fmt.Sprintf("still %s, not %s", x.last, x.goal)
}
