package apply

import (
	"math"
	"time"
)

// forecast is what the time of the next look depends on.
type forecast struct {
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
// has taken, and else just to tell how it goes. Where there is no look to spare before
// all changes have been sent, or that is but a moment, ok is false: the look is then.
func (f forecast) next() (at time.Time, ok bool) {
	if f.sending > 0 && (f.looks < 1 || f.sending < 2*f.took) {
		return time.Time{}, false
	}
	if f.looks < 1 {
		return f.full, true
	}
	gap := f.gap()
	at = later(f.first, f.last.Add(max(gap, stillEvery)))
	if !f.urgent.IsZero() {
		at = sooner(at, later(f.urgent, f.last.Add(gap)))
	}
	if f.sending == 0 && f.full.Sub(at) <= gap {
		at = f.full
	}
	return at, true
}

// gap is how long to wait between two looks.
func (f forecast) gap() time.Duration {
	gone := f.now.Sub(f.began).Seconds()
	ahead := max(f.full.Sub(f.now), 0).Seconds() + f.sending.Seconds()
	if gone <= 0 {
		return 0
	}
	share := math.Pow((gone+ahead)/gone, 1/float64(f.looks)) - 1
	return time.Duration(gone * share * float64(time.Second))
}

// growth is how much longer servers that are late are given each time, by how many
// looks are left.
func growth(looks int) float64 {
	if looks < 1 {
		return 1.25
	}
	return 1 + min(max(0.5/float64(looks), 0.05), 0.25)
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
