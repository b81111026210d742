package apply

import (
	"cmp"
	"time"
)

// budget is how many requests a run may spend on looking, beside the one before
// each delete: 2 % of its changes, or 20.
func budget(changes int) int { return max(20, changes/50) }

// outlook is what the time of the next look depends on.
type outlook struct {
	now         time.Time
	last        time.Time     // when the last look ended
	took        time.Duration // the last look
	first, full time.Time     // when the first and when the last of the servers waited for are expected
	sending     time.Duration // how long changes will still be sent, by how it has gone so far; 0: all have been
	looks       int           // that the budget allows before the one that sees all
}

// next is when to look. Looks before the last one let what comes after a wait
// begin, and are spread evenly over the time that the run has still to go. Where
// there is no look to spare, or all changes will have been sent in a moment, ok is
// false: the next look is then.
func (o outlook) next() (at time.Time, ok bool) {
	switch {
	case o.sending > 0 && (o.looks < 1 || o.sending < 2*o.took):
		return time.Time{}, false
	case o.looks < 1:
		return o.full, true
	}
	gap := (max(o.full.Sub(o.now), 0) + o.sending) / time.Duration(o.looks)
	at = later(o.first, o.last.Add(gap))
	if o.sending == 0 && o.full.Sub(at) <= gap {
		at = later(at, o.full)
	}
	return at, true
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

// plan is when the next look is due; probe is the one server to look at then, where
// that is enough.
func (w *watcher) plan(now time.Time) (at time.Time, probe *wait) {
	cost, left := w.run.Client.ListCost(), w.run.allowance()
	sending := w.run.sending()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.first = now.Add(time.Hour)
	fixed := w.first // of the looks that have a time of their own
	scouts := w.scouts()
	whole := min(cost, len(w.waits)) // what it costs to look at all
	o := outlook{now: now, last: w.last, took: w.took, sending: sending}
	o.looks = (left - whole) / max(1, min(whole, len(scouts)))
	if len(scouts) == 0 {
		o.looks = (left - whole) / max(1, whole)
	}
	w.dear, w.growth = cost > dearList, growth(o.looks)
	for x := range w.waits {
		if x.settling == nil {
			fixed = sooner(fixed, x.end(w.run.Timeout))
		}
		from, to, ok := w.expected(x, scouts[x.pace] == x)
		switch {
		case !ok:
		case !x.due.IsZero():
			fixed = sooner(fixed, to)
		default:
			w.first, o.full = sooner(w.first, from), later(o.full, to)
		}
	}
	if left > cost && w.dear {
		if probe := w.probe(now); probe != nil {
			return now, probe
		}
	}
	o.first = w.first
	if at, ok := o.next(); ok && !o.full.IsZero() {
		return sooner(fixed, at), nil
	}
	return fixed, nil
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

// scouts are the oldest wait of each kind of which nothing is known.
func (w *watcher) scouts() map[*pace]*wait {
	scouts := make(map[*pace]*wait, len(w.paces))
	for x := range w.waits {
		if x.due.IsZero() && !x.pace.known() && (scouts[x.pace] == nil || compare(x, scouts[x.pace]) < 0) {
			scouts[x.pace] = x
		}
	}
	return scouts
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
	end := x.end(w.run.Timeout)
	return sooner(x.since.Add(after), end), sooner(x.since.Add(by), end), true
}

// probe is a server whose age is in the middle between the ages at which others
// had and had not arrived, where these are too far apart to tell when the last will
// have: more than 4 % of the time that the run has taken.
func (w *watcher) probe(now time.Time) (best *wait) {
	var least time.Duration
	for x := range w.waits {
		p := x.pace
		width := p.soonest - max(p.floor, 0)
		if !x.due.IsZero() || p.soonest == never || p.asDocumented(w.dear) || width < now.Sub(w.began)/25 {
			continue
		}
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
