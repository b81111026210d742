// Package poll says when to read servers in transition, and which, and whether what was
// read ends a wait. It decides nothing else: it sends nothing, keeps nothing and knows no
// clock, so a table of waits and times is all that a test needs.
package poll

import (
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// Kind is a kind of transition. Servers of one kind are taken to need about as long
// as each other.
type Kind struct {
	Target planner.Target
	From   planner.Status // "": it was made just now, or its status is not known
	Sent   bool           // this run has begun the transition, so its age is known
}

// Wait is one server in transition.
type Wait struct {
	Kind     Kind
	Since    time.Time // what it waits for was sent, or the wait began
	Polled   time.Time // when it was last found not to have arrived; zero: never
	Until    time.Time // when it is polled at the latest, and given up if it has not arrived
	ListOnly bool      // only a list can tell

	Begun time.Time      // what was asked before tells nothing
	Last  planner.Status // as last seen; "" where it was not seen yet
	Moved time.Time      // when a passing status was last seen; zero: never
	gone  absence        // of a server that was seen before
}

// Run is what else the next poll depends on.
type Run struct {
	Began     time.Time
	Sending   time.Duration          // how long changes will still be sent, by how it has gone so far; 0: all are sent
	Last      time.Time              // when the last poll ended; zero: there was none
	LastEarly bool                   // the last poll was made while changes were still to be sent
	Failed    bool                   // the last poll told nothing
	ListCost  int                    // requests that a list takes
	Took      map[Kind]planner.Range // what servers of a kind have taken, once one has arrived
	Interval  time.Duration          // between two polls of a server; 0: as Next has it
}

// Poll is when to read what.
type Poll struct {
	At    time.Time
	Alone []int // indexes of the waits whose servers are read one by one; nil: the list is read
}

// Next is the next poll; ok is false where nothing is waited for.
//
// While no server of a kind has arrived, only the oldest of the kind is polled: often at
// first, then each time that it is a tenth older. What one took, all others of its kind
// are expected to take, and a server that is late is polled again when it is a twentieth
// older. Two such polls are a twentieth of the run's time apart; but once all changes
// are sent and all servers are expected, the next is made at once. A list is read where
// it takes no more requests than the servers one by one; but not in pages while changes
// are sent, because pages that shift are no list.
func Next(now time.Time, r Run, waits []*Wait) (p Poll, ok bool) {
	if len(waits) == 0 {
		return Poll{}, false
	}
	kinds, expected := r.survey(now, waits)
	earliest := r.earliest(now)
	if r.Sending == 0 && r.LastEarly && expected && !r.Failed {
		earliest = now
	}
	at := make([]time.Time, len(waits))
	for i, w := range waits {
		at[i] = r.due(w, kinds[i], earliest)
		if i == 0 || at[i].Before(p.At) {
			p.At = at[i]
		}
	}
	p.At = later(p.At, now)
	list := false
	for i, w := range waits {
		if !at[i].After(p.At) {
			p.Alone = append(p.Alone, i)
			list = list || w.ListOnly
		}
	}
	if list || len(p.Alone) >= r.ListCost {
		p.Alone = nil
	}
	return p, true
}

// kind is what the waits of a kind have in common.
type kind struct {
	took  planner.Range // what servers of it have taken
	known bool          // one has arrived
	scout *Wait         // the oldest, where none has
}

// survey finds the kind of each wait, and whether all servers are expected by now and
// none is late.
func (r Run) survey(now time.Time, waits []*Wait) (of []*kind, expected bool) {
	kinds := make(map[Kind]*kind)
	of, expected = make([]*kind, len(waits)), true
	for i, w := range waits {
		k := kinds[w.Kind]
		if k == nil {
			k = &kind{}
			k.took, k.known = r.Took[w.Kind]
			kinds[w.Kind] = k
		}
		of[i] = k
		expected = expected && k.known && !w.Since.Add(k.took.Min).After(now) && w.age() < k.took.Min
		if !k.known && (k.scout == nil || w.Since.Before(k.scout.Since)) {
			k.scout = w
		}
	}
	return of, expected
}

// earliest is when servers that are expected are polled again.
func (r Run) earliest(now time.Time) time.Time {
	if r.Last.IsZero() {
		return now
	}
	gap := (r.Last.Sub(r.Began) + r.Sending) / 20
	if r.Sending > 0 || r.Failed {
		gap = max(gap, time.Second)
	}
	return r.Last.Add(max(gap, 50*time.Millisecond))
}

// due is when a server is to be polled next. Where another of its kind is to tell first,
// that is when it is given up.
func (r Run) due(w *Wait, k *kind, earliest time.Time) time.Time {
	paged := r.Sending > 0 && r.ListCost > 1
	at := w.Until
	switch age := w.age(); {
	case r.Interval > 0:
		at = w.Since.Add(max(age, 0) + r.Interval)
	case w.Kind.Target == planner.TargetResolved:
		at = w.Since.Add(scouted(age, 4))
	case k.known && !paged:
		at = later(w.Since.Add(w.Kind.expected(age, k.took)), earliest)
	case k.scout == w:
		at = w.Since.Add(w.Kind.scouted(age))
	}
	if at.After(w.Until) && w.Polled.Before(w.Until) {
		at = w.Until
	}
	if r.Failed {
		at = later(at, earliest)
	}
	return at
}

// age is the age at which a server was polled last; less than any where it was not.
func (w *Wait) age() time.Duration {
	if w.Polled.IsZero() {
		return -1
	}
	return w.Polled.Sub(w.Since)
}

// expected is the age at which to poll a server, after it was polled at an age, where
// others of its kind took so long. One that is very late is polled more and more seldom.
func (k Kind) expected(age time.Duration, took planner.Range) time.Duration {
	if age < took.Min {
		return took.Min
	}
	usual := took.Max
	if k.provisions() && usual > 30*time.Second {
		usual = max(usual, planner.ProvisioningMax) // it is not late before
	}
	return age + max(age/20, (age-usual)/3)
}

// Learn adds a server that had arrived when it was asked for to what its kind has taken.
// The age at which it was last missed counts too: the poll that found it may have had to
// wait for its turn, so the server may have arrived much earlier.
func (w *Wait) Learn(took planner.Range, known bool, asked time.Time) planner.Range {
	missed, arrived := w.age(), asked.Sub(w.Since)
	switch {
	case !known:
		return planner.Range{Min: max(missed, 0), Max: arrived}
	case missed >= 0:
		took.Min = min(took.Min, missed)
	}
	took.Max = min(took.Max, arrived)
	return took
}

// scouted is the age at which to poll the scout of a kind next. A start, a stop or a
// reboot is not over at once.
func (k Kind) scouted(age time.Duration) time.Duration {
	if k.Sent && k.From != "" && k.Target != planner.TargetGone {
		age = max(age, 0)
	}
	next := scouted(age, 10)
	if k.provisions() && next > 30*time.Second {
		next = max(next, planner.ProvisioningMin)
	}
	return next
}

// provisions reports whether servers of the kind are new.
func (k Kind) provisions() bool {
	return k.Sent && k.Target == planner.TargetActive && k.From == ""
}

// scouted is the age at which to poll a server next, after it was polled at an age, where
// nothing is known of its kind: one of the first ages, and then a share later.
func scouted(age time.Duration, share time.Duration) time.Duration {
	for _, first := range []time.Duration{0, 1, 2, 3, 5, 8, 12} {
		if first *= time.Second; first > age {
			return first
		}
	}
	return age + age/share
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
