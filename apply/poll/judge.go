package poll

import (
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// apart is the least time between the two answers that together prove that a server is
// gone: a 404 for the server itself, and a complete list without it.
const apart = 10 * time.Second

// Apart is that time, or the window where that is shorter.
func Apart(window time.Duration) time.Duration { return min(apart, window) }

// Finding is what was seen of a server that is waited for.
type Finding struct {
	Missing bool           // it was not there
	Status  planner.Status // as the API tells it, which may be nothing
	Listed  bool           // it was looked for in a list; else it was read by itself
	Asked   time.Time
	Trusted bool // it is not from before whatever has made the server, or changed its status
}

// Verdict is how a wait stands.
type Verdict int

// The verdicts.
const (
	Goes     Verdict = iota // it goes on
	Arrived                 // the server is as it was waited for
	Vanished                // it was there, and is gone
	Broken                  // its status is one that does not pass
	Strayed                 // its transition has ended in another status
)

// absence is what was seen of a server that was there before and then was not.
type absence struct {
	since         time.Time // zero: it was there when it was last looked for
	alone, listed bool      // it was not found by itself, and not in a list
}

// note adds a finding that lacks the server, and reports whether it is proven to be gone:
// a list and a read agree, a while apart.
func (a *absence) note(f Finding, window time.Duration) (proven bool) {
	if a.since.IsZero() {
		a.since = f.Asked
	}
	a.alone, a.listed = a.alone || !f.Listed, a.listed || f.Listed
	return a.alone && a.listed && f.Asked.Sub(a.since) >= Apart(window)
}

// Judge takes a finding in and decides whether the wait is over. For a window after a
// change answers may be from before it, so one that lacks the server, or shows it as it
// was, proves nothing.
func (w *Wait) Judge(f Finding, window time.Duration) Verdict {
	if w.Begun.After(f.Asked) {
		return Goes
	}
	verdict := w.judge(f, window)
	w.ListOnly = w.gone.alone && !w.gone.listed
	if verdict == Goes {
		w.Missed(f.Asked)
	}
	return verdict
}

func (w *Wait) judge(f Finding, window time.Duration) Verdict {
	if f.Missing {
		return w.judgeMissing(f, window)
	}
	w.gone = absence{}
	settled, ok := f.Status.Target()
	switch target := w.Kind.Target; {
	case target == planner.TargetGone:
		return Goes
	case string(target) == string(f.Status) && f.Trusted:
		return Arrived
	case string(target) == string(f.Status):
		return Goes
	case f.Status.Ended():
		return Broken
	case ok && settled == f.Status && w.strays(f, window):
		return Strayed
	}
	w.Last = f.Status
	if settled != f.Status || !ok { // a status that is unknown to us may pass
		w.Moved = f.Asked
	}
	return Goes
}

func (w *Wait) judgeMissing(f Finding, window time.Duration) Verdict {
	switch {
	case w.Kind.Target == planner.TargetGone:
		return Arrived
	case w.Last != "" && w.gone.note(f, window) && f.Trusted:
		return Vanished
	}
	return Goes // not shown yet
}

// strays reports whether a transition has ended in another status than it should. The
// status in which it began proves that only after the window.
func (w *Wait) strays(f Finding, window time.Duration) bool {
	return !w.Moved.IsZero() && (f.Status != w.Kind.From || f.Asked.Sub(w.Moved) >= window)
}

// Missed notes that the server had not arrived when it was asked for.
func (w *Wait) Missed(asked time.Time) {
	if asked.After(w.Polled) {
		w.Polled = asked
	}
}

// Unread reports whether a list has lacked the server, and it was not read by itself
// since.
func (w *Wait) Unread() bool { return w.gone.listed && !w.gone.alone }
