package apply

import (
	"cmp"
	"time"
)

// dearList is how many requests a list must take for single servers to be looked
// at in its place, to find out when all of them will have arrived.
const dearList = 4

// plan is when the next look is due; only are the servers to look at then, where
// these are not all that may have arrived.
func (w *watcher) plan(now time.Time) (at time.Time, only []*wait) {
	cost, left, sending := w.run.listCost(), w.run.allowance(), w.run.sending()
	w.mu.Lock()
	defer w.mu.Unlock()
	whole := min(cost, len(w.waits)) // what it costs to look at all
	f := forecast{began: w.began, now: now, last: w.last, took: w.took, first: now.Add(time.Hour), sending: sending}
	f.looks = (left - (1+w.stages())*whole) / max(1, whole)
	w.dear, w.growth = cost > dearList, growth(f.looks)
	if cost > 1 && sending > 0 {
		f.looks = 0 // pages that shift while servers come and go are no list
	}
	scouts := w.scouts(now)
	alone := w.alone(scouts, left > whole)
	at = w.foresee(&f, scouts, alone)
	w.first = f.first
	if next, ok := f.next(); ok && !f.full.IsZero() {
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

// foresee adds to a forecast when servers are expected, but for those that are looked
// at alone. It returns when to look whatever the forecast says: where a wait will have
// lasted too long, or its pace is not to tell.
func (w *watcher) foresee(f *forecast, scouts, alone map[*pace]*wait) (at time.Time) {
	at = f.first
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
			f.urgent = sooner(cmp.Or(f.urgent, from), from)
		}
		f.first, f.full = sooner(f.first, from), later(f.full, to)
	}
	return at
}

// alone are the scouts that are looked at on their own, because a look at all is
// dear: where it can be spared, and where it would come at a time that means nothing.
func (w *watcher) alone(scouts map[*pace]*wait, spare bool) map[*pace]*wait {
	if !w.dear {
		return nil
	}
	if spare {
		return scouts
	}
	alone := make(map[*pace]*wait)
	for p, x := range scouts {
		if p.known() {
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
