package apply

import (
	"cmp"
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

const (
	firstLook  = time.Second      // after a change, before its server is looked at
	widestLook = 10 * time.Second // between two looks at a server, however long it takes
	stillEvery = 10 * time.Second // between two Still events
)

// wait is a lane whose server is on its way.
type wait struct {
	lane  *lane
	id    vpsorg.ID
	goal  goal
	since time.Time
	due   time.Time      // of the next look
	last  planner.Status // as last seen; "" when not seen yet
	moved bool           // a passing status was seen

	byList   bool        // only a list can tell
	settling *settleStep // of an unclear create, which has no id yet
	lacking  int         // complete lists that did not show its server
}

// watcher waits for all servers in transit at once, so that no worker ever does.
// It looks by one list wherever that takes fewer requests than a GET for each.
type watcher struct {
	run  *run
	wake chan struct{} // a wait was added
	quit chan struct{} // closed when no lane is left

	mu    sync.Mutex
	waits []*wait
}

func newWatcher(r *run) *watcher {
	return &watcher{run: r, wake: make(chan struct{}, 1), quit: make(chan struct{})}
}

// add begins a wait.
func (w *watcher) add(x *wait) {
	x.due = x.since.Add(min(w.interval(0), w.run.Timeout))
	w.mu.Lock()
	w.waits = append(w.waits, x)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// interval is how long to leave a server alone that has been waited for so long.
func (w *watcher) interval(age time.Duration) time.Duration {
	if w.run.PollInterval > 0 {
		return w.run.PollInterval
	}
	return min(max(age/8, firstLook), widestLook)
}

// loop looks whenever a look is due, until there is nothing left to wait for.
func (w *watcher) loop(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	still := time.Now().Add(stillEvery)
	for {
		if why := w.run.stopped(); why != nil {
			w.abandon(why)
			select { // lanes that are still under way may come to wait
			case <-w.wake:
			case <-w.quit:
				return
			}
			continue
		}
		next := w.next()
		if !w.idle() && still.Before(next) {
			next = still
		}
		timer.Reset(time.Until(next))
		select {
		case <-w.quit:
			return
		case <-w.run.stopping:
			continue
		case <-w.wake:
			continue
		case <-timer.C:
		}
		w.look(ctx)
		if now := time.Now(); !now.Before(still) {
			still = now.Add(stillEvery)
			w.tell(now)
		}
	}
}

// pending are the waits by name, whichever began first.
func (w *watcher) pending() []*wait {
	w.mu.Lock()
	waits := slices.Clone(w.waits)
	w.mu.Unlock()
	slices.SortFunc(waits, func(a, b *wait) int {
		return cmp.Or(cmp.Compare(a.lane.Name, b.lane.Name), cmp.Compare(a.id, b.id))
	})
	return waits
}

// next is when the next look is due.
func (w *watcher) next() time.Time {
	next := time.Now().Add(time.Hour)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, x := range w.waits {
		if x.due.Before(next) {
			next = x.due
		}
	}
	return next
}

// idle reports whether nothing is waited for.
func (w *watcher) idle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.waits) == 0
}

// tell says who is still being waited for.
func (w *watcher) tell(now time.Time) {
	var e Still
	for _, x := range w.pending() {
		e.Servers = append(e.Servers, InTransit{x.lane.Name, x.last, now.Sub(x.since)})
	}
	if len(e.Servers) > 0 {
		w.run.emit(e)
	}
}

// look looks at the servers whose time has come.
func (w *watcher) look(ctx context.Context) {
	now := time.Now()
	due := slices.DeleteFunc(w.pending(), func(x *wait) bool { return x.due.After(now) })
	if len(due) == 0 {
		return
	}
	ctx = vpsorg.LowPriority(ctx)
	byList := slices.ContainsFunc(due, func(x *wait) bool { return x.byList })
	if byList || len(due) >= w.run.Client.ListCost() {
		w.lookByList(ctx)
	} else {
		w.lookByGet(ctx, due)
	}
}

// lookByList reads the list once for all servers in transit, due or not.
func (w *watcher) lookByList(ctx context.Context) {
	servers, asked, err := w.run.list(ctx)
	waits := w.pending()
	if err != nil {
		w.missed(waits, err)
		return
	}
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
		w.judge(x, s.Status, ok)
	}
}

// lookByGet reads each server on its own.
func (w *watcher) lookByGet(ctx context.Context, waits []*wait) {
	var group errgroup.Group
	group.SetLimit(w.run.Parallelism)
	for _, x := range waits {
		group.Go(func() error {
			s, err := w.run.Client.GetServer(ctx, x.id)
			if err != nil && !errors.Is(err, vpsorg.ErrNotFound) {
				w.missed([]*wait{x}, err)
				return nil
			}
			if err == nil {
				w.run.view.note(fromServer(s))
			}
			w.judge(x, planner.Status(s.Status), err == nil)
			return nil
		})
	}
	group.Wait()
}

// missed puts off waits that a look could tell nothing about.
func (w *watcher) missed(waits []*wait, err error) {
	w.run.fatal(err)
	for _, x := range waits {
		w.again(x, err)
	}
}

// judge decides, by what a look showed, whether a wait is over.
func (w *watcher) judge(x *wait, status planner.Status, exists bool) {
	settled, ok := status.Settles()
	switch {
	case !exists && x.goal == goalGone:
		w.over(x, nil)
	case !exists && x.last != "":
		w.over(x, fmt.Errorf("it was %s and is gone now: somebody else has deleted it", x.last))
	case !exists || x.goal == goalGone:
		w.again(x, nil) // not shown yet, or not gone yet
	case string(x.goal) == string(status):
		w.over(x, nil)
	case !ok:
		x.last = status
		w.over(x, fmt.Errorf("its status is %q, not %s\nhint: look at it at the provider; fleet does nothing to such a server", status, x.goal))
	case settled == status && x.moved:
		w.over(x, fmt.Errorf("it ended %s, not %s", status, x.goal))
	default:
		x.last = status
		x.moved = x.moved || settled != status
		w.again(x, nil)
	}
}

// again plans the next look, unless the wait has lasted too long. What a wait
// that ends so waited for may yet happen.
func (w *watcher) again(x *wait, lookErr error) {
	now := time.Now()
	age := now.Sub(x.since)
	end := x.since.Add(w.run.Timeout)
	if x.settling != nil {
		end = x.settling.until
	}
	if now.Before(end) {
		x.due = now.Add(min(w.interval(age), end.Sub(now)))
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

// over ends a wait and hands its lane back.
func (w *watcher) over(x *wait, err error) {
	w.remove(x)
	w.run.arrived(x.lane, err)
}

func (w *watcher) remove(x *wait) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waits = slices.DeleteFunc(w.waits, func(y *wait) bool { return x == y })
}

// abandon ends all waits because the run stops.
func (w *watcher) abandon(why error) {
	for _, x := range w.pending() {
		w.over(x, unknown{fmt.Errorf("%s: %w", x.state(), why)})
	}
}
