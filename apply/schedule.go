package apply

import (
	"cmp"
	"math"
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// budget is how many requests a run may spend on looking.
func budget(changes int) int { return planner.LookBudget(changes) }

// outlook is what the time of the next look depends on.
type outlook struct {
	began   time.Time // the run
	now     time.Time
	last    time.Time     // when the last look ended
	took    time.Duration // the last look
	urgent  time.Time     // when the first server is expected that something waits for; zero: nothing does
	first   time.Time     // when the first server is expected at all
	full    time.Time     // when all are
	sending time.Duration // how long changes will still be sent, by how it has gone so far; 0: all have been
	looks   int           // that the budget allows before the one that sees all
}

// next is when to look. Looks before the last one are made where something can go
// on then, each later than the one before by the same share of the time that the run
// has taken, and else just to tell how it goes. Where there is no look to spare, or all changes will have been
// sent in a moment, ok is false: the next look is then.
func (o outlook) next() (at time.Time, ok bool) {
	if o.sending > 0 && (o.looks < 1 || o.sending < 2*o.took) {
		return time.Time{}, false
	}
	if o.looks < 1 {
		return o.full, true
	}
	gap := o.gap()
	at = later(o.first, o.last.Add(max(gap, stillEvery)))
	if !o.urgent.IsZero() {
		at = sooner(at, later(o.urgent, o.last.Add(gap)))
	}
	if o.sending == 0 && o.full.Sub(at) <= gap {
		at = o.full
	}
	return at, true
}

// gap is how long to wait between two looks.
func (o outlook) gap() time.Duration {
	gone := o.now.Sub(o.began).Seconds()
	ahead := max(o.full.Sub(o.now), 0).Seconds() + o.sending.Seconds()
	if gone <= 0 {
		return 0
	}
	share := math.Pow((gone+ahead)/gone, 1/float64(o.looks)) - 1
	return time.Duration(gone * share * float64(time.Second))
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// growth is how much longer servers that are late are given each time, by how many
// looks are left.
func growth(looks int) float64 {
	if looks < 1 {
		return 1.25
	}
	return 1 + min(max(0.5/float64(looks), 0.05), 0.25)
}

// plan is when the next look is due; only are the servers to look at then, where
// these are not all that may have arrived.
func (w *watcher) plan(now time.Time) (at time.Time, only []*wait) {
	cost, left, sending := w.run.listCost(), w.run.allowance(), w.run.sending()
	w.mu.Lock()
	defer w.mu.Unlock()
	whole := min(cost, len(w.waits)) // what it costs to look at all
	o := outlook{began: w.began, now: now, last: w.last, took: w.took, first: now.Add(time.Hour), sending: sending}
	o.looks = (left - (1+w.stages())*whole) / max(1, whole)
	w.dear, w.growth = cost > dearList, growth(o.looks)
	if cost > 1 && sending > 0 {
		o.looks = 0 // pages that shift while servers come and go are no list
	}
	at, w.first = o.first, o.first
	scouts := w.scouts(now)
	alone := w.alone(scouts, left > whole)
	for x := range w.waits {
		if x.settling == nil {
			at = sooner(at, x.end(w.run.Timeout))
		}
		from, to, ok := w.expected(x, scouts[x.pace] == x)
		switch {
		case !ok || alone[x.pace] == x:
			continue
		case !x.due.IsZero():
			at = sooner(at, to)
			continue
		case scouts[x.pace] == x || x.stages > 0:
			o.urgent = sooner(cmp.Or(o.urgent, from), from)
		}
		o.first, o.full = sooner(o.first, from), later(o.full, to)
	}
	w.first = o.first
	if next, ok := o.next(); ok && !o.full.IsZero() {
		at = sooner(at, next)
	}
	if left > whole && w.dear {
		if probe := w.probe(now); probe != nil {
			return now, []*wait{probe}
		}
	}
	for _, x := range alone {
		from, _, _ := w.expected(x, true)
		w.first = sooner(w.first, from)
		if from.Before(at) || from.Equal(at) && (only == nil || compare(x, only[0]) < 0) {
			at, only = from, []*wait{x}
		}
	}
	return at, only
}

// alone are the scouts that are looked at on their own, because a look at all is
// dear: where it can be spared, and where it would come at a time that means nothing.
func (w *watcher) alone(scouts map[*pace]*wait, spare bool) map[*pace]*wait {
	if spare && w.dear {
		return scouts
	}
	alone := make(map[*pace]*wait)
	for p, x := range scouts {
		if p.known() && w.dear {
			alone[p] = x
		}
	}
	return alone
}

// stages is the most that may come after a wait.
func (w *watcher) stages() (most int) {
	for x := range w.waits {
		most = max(most, x.stages)
	}
	return most
}

func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// dearList is how many requests a list must take for single servers to be looked
// at in its place, to find out when all of them will have arrived.
const dearList = 4

// scouts are the waits by which to learn how long their kinds take: the oldest of a
// kind of which nothing is known, and the youngest of one of which too little is.
func (w *watcher) scouts(now time.Time) map[*pace]*wait {
	scouts := make(map[*pace]*wait, len(w.paces))
	for x := range w.waits {
		old := scouts[x.pace]
		switch {
		case !x.due.IsZero() || x.pace.known() && (!w.vague(x.pace, now) || now.Sub(x.since) >= x.pace.soonest):
		case old == nil || (compare(x, old) < 0) != x.pace.known():
			scouts[x.pace] = x
		}
	}
	return scouts
}

// vague reports whether the ages at which servers had and had not arrived are too
// far apart to tell when the last will have, compared with the time that the run has
// taken. A single server costs little to look at, so more is asked then.
func (w *watcher) vague(p *pace, now time.Time) bool {
	tolerance := now.Sub(w.began) / 16
	if w.dear {
		tolerance /= 2
	}
	return p.soonest < never && !p.asDocumented(w.dear) && p.width() >= tolerance
}

// compare orders waits by when they began.
func compare(a, b *wait) int {
	return cmp.Or(a.since.Compare(b.since), cmp.Compare(a.lane.Name, b.lane.Name), cmp.Compare(a.id, b.id))
}

// expected is between when a server may be expected to arrive; ok is false where
// only a scout of its kind can tell.
func (w *watcher) expected(x *wait, scout bool) (from, to time.Time, ok bool) {
	switch {
	case !x.due.IsZero():
		return x.due, x.due, true
	case !scout && !x.pace.known():
		return time.Time{}, time.Time{}, false
	}
	after, by := x.pace.expected(x.missed, w.dear, w.growth)
	if scout {
		after = min(x.pace.scouted(x.missed), after)
	}
	end := x.end(w.run.Timeout)
	return sooner(x.since.Add(after), end), sooner(x.since.Add(by), end), true
}

// probe is a server whose age is in the middle between the ages at which others
// had and had not arrived, where these are too far apart.
func (w *watcher) probe(now time.Time) (best *wait) {
	var least time.Duration
	for x := range w.waits {
		p := x.pace
		if !x.due.IsZero() || !w.vague(p, now) {
			continue
		}
		width := p.width()
		off := (now.Sub(x.since) - p.soonest + width/2).Abs()
		if off > width/4 || x.missed >= p.soonest-width/2-off {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(off, least), compare(x, best)) < 0 {
			best, least = x, off
		}
	}
	return best
}
