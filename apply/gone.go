package apply

import (
	"context"
	"errors"
	"time"

	"github.com/vps-fleet/fleet/apply/poll"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

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
		if !sleep(ctx, poll.Apart(w.Settle)) {
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
