package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

const (
	stillEvery = 10 * time.Second       // between two Still events
	gathering  = 100 * time.Microsecond // for all that happens at one moment, before the next look is planned
)

// wait is a lane whose server is on its way.
type wait struct {
	lane   *lane
	id     vpsorg.ID
	goal   goal
	since  time.Time // what it waits for was sent, or is known of
	begun  time.Time
	pace   *pace          // of its kind
	missed time.Duration  // its age at the last look; unseen: there was none
	due    time.Time      // of the next look, where its pace is not to tell
	last   planner.Status // as last seen; "" when not seen yet
	moved  bool           // a passing status was seen

	stages   int         // 0: nothing comes after it; else one more than waits do
	byList   bool        // only a list can tell
	settling *settleStep // of an unclear create, which has no id yet
	lacking  int         // complete lists that did not show its server
}

// end is when a wait has lasted too long.
func (x *wait) end(timeout time.Duration) time.Time {
	if x.settling != nil {
		return x.settling.until
	}
	return x.since.Add(timeout)
}

// watcher waits for all servers in transit at once, so that no worker ever does.
type watcher struct {
	run   *run
	began time.Time
	wake  chan struct{} // the next look is to be planned anew
	quit  chan struct{} // closed when no lane is left

	mu     sync.Mutex
	waits  map[*wait]bool
	paces  map[transition]*pace
	last   time.Time     // when the last look ended, or the run began
	took   time.Duration // the last look
	first  time.Time     // when the first server is expected, as planned last
	dear   bool          // a list takes many requests
	growth float64       // of the ages at which servers that are late are looked at
}

func newWatcher(r *run) *watcher {
	now := time.Now()
	return &watcher{run: r, began: now, last: now, wake: make(chan struct{}, 1), quit: make(chan struct{}),
		waits: map[*wait]bool{}, paces: map[transition]*pace{}, growth: 1}
}

// add begins a wait.
func (w *watcher) add(x *wait) {
	w.mu.Lock()
	kind := transition{x.goal, x.last, x.lane.tasks[0].acted}
	if w.paces[kind] == nil {
		w.paces[kind] = newPace(kind)
	}
	x.pace, x.missed = w.paces[kind], unseen
	x.stages = x.lane.stages()
	if w.run.PollInterval > 0 || x.settling != nil {
		x.due = x.since.Add(min(w.interval(0), w.run.Timeout))
	}
	w.waits[x] = true
	x.pace.waiting++
	from, _, ok := w.expected(x, x.pace.waiting == 1)
	earlier := ok && (w.first.IsZero() || from.Before(w.first))
	w.mu.Unlock()
	if earlier {
		w.rouse()
	}
}

// rouse has the next look planned anew.
func (w *watcher) rouse() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// interval is how long to leave a server alone that has been waited for so long,
// where no pace tells.
func (w *watcher) interval(age time.Duration) time.Duration {
	if w.run.PollInterval > 0 {
		return w.run.PollInterval
	}
	return min(max(age/8, time.Second), 10*time.Second)
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
		sleep(ctx, gathering)
		select {
		case <-w.wake: // the plan that is made now is the newest
		default:
		}
		at, only := w.plan(time.Now())
		wake := at
		if !w.idle() {
			wake = sooner(at, still)
		}
		timer.Reset(time.Until(wake))
		select {
		case <-w.quit:
			return
		case <-w.run.stopping:
			continue
		case <-w.wake:
			continue
		case <-timer.C:
		}
		if now := time.Now(); !now.Before(at) {
			w.look(ctx, now, only)
		}
		if now := time.Now(); !now.Before(still) {
			still = now.Add(stillEvery)
			w.tell(now)
		}
	}
}

// pending are the waits in the order in which they began.
func (w *watcher) pending() []*wait {
	w.mu.Lock()
	defer w.mu.Unlock()
	waits := make([]*wait, 0, len(w.waits))
	for x := range w.waits {
		waits = append(waits, x)
	}
	slices.SortFunc(waits, compare)
	return waits
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
		status := x.last
		if status == "" && x.pace.documented {
			status = planner.StatusProvisioning // as the create was answered
		}
		e.Servers = append(e.Servers, InTransit{x.lane.Name, status, now.Sub(x.since)})
	}
	if len(e.Servers) > 0 {
		slices.SortStableFunc(e.Servers, func(a, b InTransit) int { return strings.Compare(a.Name, b.Name) })
		w.run.emit(e)
	}
}

// remove ends a wait.
func (w *watcher) remove(x *wait) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.waits, x)
	x.pace.waiting--
}

// over ends a wait and hands its lane back.
func (w *watcher) over(x *wait, err error) {
	w.remove(x)
	w.run.arrived(x.lane, err)
}

// abandon ends all waits because the run stops.
func (w *watcher) abandon(why error) {
	for _, x := range w.pending() {
		w.over(x, unknown{fmt.Errorf("%s: %w", x.state(), why)})
	}
}
