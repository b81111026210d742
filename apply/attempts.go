package apply

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// send sends a change until it is certain what became of it. Before each attempt the
// server is compared with the change. After an answer that leaves open whether the
// change took effect it is read for that, and only what did not is sent again; a
// create, and a reboot, which leave nothing to compare, are not.
func (w *worker) send(ctx context.Context) ending {
	w.pauses, w.until = w.Client.Pauses(), time.Now().Add(w.Timeout)
	for {
		left, end := w.compare(ctx)
		if end == nil && left != nil {
			end = w.judge(ctx, w.request(ctx, left))
		}
		switch {
		case end == nil:
			continue
		case w.ambiguous && end.outcome != Done:
			end.outcome = Unknown
		case end.outcome == NotStarted && cmp.Or(w.open, w.busy) != nil: // something was sent
			return *ended(Failed, planner.CodeRefused, cmp.Or(w.open, w.busy))
		}
		if !w.over {
			w.down = time.Time{}
		}
		return *end
	}
}

// compare compares the change with its server before an attempt. It returns what is left
// to be sent, or how the change has ended; neither where the attempt is put off.
func (w *worker) compare(ctx context.Context) (left planner.Change, end *ending) {
	x, unread := w.check(ctx, w.open != nil || w.busy != nil || w.stale)
	switch {
	case unread != nil && w.open != nil:
		return nil, ended(Unknown, planner.CodeUnanswered, errors.Join(w.open, unread))
	case unread != nil:
		return nil, ended(Failed, planner.CodeNotRead, unread)
	case x.Standing == planner.InPlace:
		return nil, succeeded()
	case x.Standing == planner.InConflict && w.busy != nil && mayPass(x.Reason) && w.again(ctx, w.busy, w.until, tellBusy):
		return nil, nil
	case x.Standing == planner.InConflict:
		return nil, &ending{Failed, &Error{Reason: x.Reason, Err: cmp.Or(w.open, w.busy)}}
	case w.open != nil && (w.over || w.stopped()):
		return nil, ended(Failed, planner.CodeRefused, w.open)
	}
	return x.Left, nil
}

// judge decides how the change has ended with an attempt; nil: it is to be sent again.
func (w *worker) judge(ctx context.Context, err error) *ending {
	var end *ending
	switch {
	case err == nil:
		return succeeded()
	case errors.Is(err, ErrLapsed):
		return w.lapsed(ctx, err)
	case errors.Is(err, errOldRead):
		w.stale = true // once: at a slow rate each delete queues for long
		return nil
	case errors.As(err, &end):
		return end
	case errors.Is(err, vpsorg.ErrRateLimited) && time.Now().Before(w.until) && !w.stopped():
		return nil // put off, not refused; the limiter holds it back
	case notSent(err) && ctx.Err() != nil:
		return &ending{NotStarted, interrupted()}
	case toldToWait(err) && !mayHaveTaken(err):
		return ended(NotStarted, planner.CodeToldToWait, err)
	case notSent(err) && w.outlasts(ctx, err):
		return nil
	case mayHaveTaken(err) && w.leavesNoTrace() && !w.isBusy(err):
		return ended(Unknown, planner.CodeUnanswered, err)
	}
	return w.refused(ctx, err)
}

// refused decides how the change has ended with an attempt that the API has answered
// with an error, or not at all.
func (w *worker) refused(ctx context.Context, err error) *ending {
	if mayHaveTaken(err) {
		w.open, w.ambiguous = err, w.ambiguous || vpsorg.Ambiguous(err)
	}
	switch {
	case w.isBusy(err) && w.again(ctx, err, w.until, tellBusy):
		w.busy, w.failed, w.down = err, 0, time.Time{}
		return nil
	case mayHaveTaken(err) && !w.isBusy(err):
		w.outlasts(ctx, err) // it is read next in any case
		return nil
	case errors.Is(err, vpsorg.ErrNotFound) && w.change.Action() != planner.ActionCreate && w.notFound < attempts && !w.stopped():
		w.notFound++
		return w.judgeNotFound(ctx, err)
	case w.alreadySo(ctx, err):
		return succeeded()
	}
	return ended(Failed, refusal(err), err)
}

// judgeNotFound decides how a change has ended that was answered with a 404: the server
// may be gone, or only hidden for a moment.
func (w *worker) judgeNotFound(ctx context.Context, err error) *ending {
	x, unread := w.checkGone(ctx)
	switch {
	case unread != nil:
		return ended(Unknown, planner.CodeUnanswered, errors.Join(err, unread))
	case x.Standing == planner.InPlace:
		return succeeded()
	case x.Standing == planner.InConflict:
		return &ending{Failed, &Error{Reason: x.Reason, Err: err}}
	}
	w.open = err // it is there after all
	return nil
}
