package apply

import (
	"context"
	"errors"
	"time"

	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/apply/poll"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// errNotAgreed is why nobody knows whether a server is gone.
var errNotAgreed = errors.New("the API answers 404 for the server, and its list has it")

// workerList is a list that a worker has read.
type workerList struct{ observe.Listing }

func (workerList) isMessage() {}

// gone finds out whether a server is gone for which the API has answered 404, or only
// hidden for a moment. It is gone when a while later the API answers 404 again and a
// complete list lacks it too.
func (w *worker) gone(ctx context.Context) (bool, error) {
	give := time.Now().Add(w.Settle)
	for {
		if !pause(ctx, nil, poll.Apart(w.Settle)) {
			return false, context.Cause(ctx)
		}
		s := w.read(ctx)
		switch {
		case s.Err == nil:
			return false, nil
		case !errors.Is(s.Err, vpsorg.ErrNotFound):
			return false, s.Err
		}
		l := w.readList(ctx)
		if l.Err != nil {
			return false, l.Err
		}
		switch now := time.Now(); {
		case planner.NewWorld(l.Servers...).Server(w.change.About().ID) == nil && now.After(w.trustAbsence):
			return true, nil
		case w.stopped() || now.After(give) && now.After(w.trustAbsence):
			return false, errNotAgreed
		}
	}
}

// readList reads the list, for the run too.
func (w *worker) readList(ctx context.Context) workerList {
	l := workerList{observe.ReadList(ctx, w.Client)}
	if l.Err == nil {
		w.messages <- l
	}
	return l
}

// taken is why a change must not give its server a name: by the newest list another
// server has it. nil: the name is free, or the change gives none.
func (r *run) taken(c planner.Change) *ending {
	name := planner.Claims(c)
	other, lives := r.cache.named[name]
	if name == "" || !lives || other == c.About().ID {
		return nil
	}
	return &ending{Failed, &Error{Reason: planner.Reason{Code: planner.CodeTaken, Servers: []planner.Other{{ID: other, Name: name}}}}}
}
