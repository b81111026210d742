package apply

import (
	"context"
	"errors"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// apart is the least time between two looks that together prove that a server is
// gone: one of them reads it alone, the other is a complete list.
const apart = 10 * time.Second

// apart is that time, or the window where that is shorter.
func (r Runner) apart() time.Duration { return min(apart, r.Settle) }

// errNotAgreed is why nobody knows whether a server is gone.
var errNotAgreed = errors.New("the API answers 404 for the server, and its list has it")

// workerList is a list that a worker has read.
type workerList listing

func (workerList) isMessage() {}

// gone finds out whether a server is gone for which the API has answered 404: it may
// be hidden for a moment. It is not gone when it is found after all; it is gone when
// a while later it is neither found nor in a complete list.
func (w *worker) gone(ctx context.Context, id string) (bool, error) {
	give := time.Now().Add(w.Settle)
	for {
		if !sleep(ctx, w.apart()) {
			return false, context.Cause(ctx)
		}
		s := readServer(ctx, w.Client, id)
		w.messages <- s
		switch {
		case s.err == nil:
			return false, nil
		case !errors.Is(s.err, vpsorg.ErrNotFound):
			return false, s.err
		}
		l := readList(ctx, w.Client)
		if l.err != nil {
			return false, l.err
		}
		w.messages <- workerList(l)
		switch now := time.Now(); {
		case planner.NewWorld(l.servers...).Server(id) == nil && now.After(w.young):
			return true, nil
		case w.stopped() || now.After(give) && now.After(w.young):
			return false, errNotAgreed
		}
	}
}

// absence is what was seen of a server that was there before and then was not.
type absence struct {
	since         time.Time // zero: it was there when it was last looked for
	alone, listed bool      // it was not found by itself, and not in a list
}

// note adds a look in which it was missing, and reports whether that proves that it is
// gone: a list and a read agree, a while apart.
func (a *absence) note(listed bool, asked time.Time, apart time.Duration) (proven bool) {
	if a.since.IsZero() {
		a.since = asked
	}
	a.alone, a.listed = a.alone || !listed, a.listed || listed
	return a.alone && a.listed && asked.Sub(a.since) >= apart
}

// taken is why a change must not give its server a name; nil where it may: by the
// newest list another server has it.
func (r *run) taken(c planner.Change) *ending {
	name := planner.Claims(c)
	other, lives := r.cache.named[name]
	if name == "" || !lives || other == c.About().ID {
		return nil
	}
	return &ending{Failed, &Error{Reason: planner.Reason{Code: planner.CodeTaken, Servers: []planner.Other{{ID: other, Name: name}}}}}
}
