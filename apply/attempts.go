package apply

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// sending is one change while it is sent, as often as that takes. What the API puts
// off, with a 429 or because it is at work on the server, is sent again until the
// time-out; what meets an outage, while that may last.
type sending struct {
	*worker
	pause     func() time.Duration // the next of those between attempts
	until     time.Time            // as long may the API put the change off
	open      error                // of the last attempt that may have taken effect
	busy      error                // why the last attempt was put off by the API
	stale     bool                 // what was read before is too old to go by
	ambiguous bool                 // an attempt may take effect yet
	told      time.Time            // when it was last told that the change is put off
	failed    int                  // attempts that have met an outage
	notFound  int                  // attempts that were answered with a 404
	over      bool                 // the outage lasts too long: there is no other attempt
}

// send sends a change until it is certain what became of it. Before each attempt the
// server is compared with the change. After an answer that leaves open whether the
// change took effect it is read for that, and only what did not is sent again; a
// create, and a reboot, which leave nothing to compare, are not.
func (w *worker) send(ctx context.Context) ending {
	s := sending{worker: w, pause: w.Client.Pauses(), until: time.Now().Add(w.Timeout)}
	for {
		left, end := s.compare(ctx)
		if end == nil && left != nil {
			end = s.judge(ctx, w.request(ctx, left))
		}
		switch {
		case end == nil:
			continue
		case s.ambiguous && end.outcome != Done:
			end.outcome = Unknown
		case end.outcome == NotStarted && cmp.Or(s.open, s.busy) != nil: // something was sent
			return *ended(Failed, planner.CodeRefused, cmp.Or(s.open, s.busy))
		}
		if !s.over {
			s.down = time.Time{}
		}
		return *end
	}
}

// compare holds the server against the change before an attempt: what is left of it to
// be sent, nothing for now, or how it has ended.
func (s *sending) compare(ctx context.Context) (left planner.Change, end *ending) {
	x, unread := s.check(ctx, s.open != nil || s.busy != nil || s.stale)
	switch {
	case unread != nil && s.open != nil:
		return nil, &ending{Unknown, &Error{Reason: planner.Reason{Code: planner.CodeUnanswered}, Err: errors.Join(s.open, unread)}}
	case unread != nil:
		return nil, ended(Failed, planner.CodeNotRead, unread)
	case x.Standing == planner.InPlace:
		return nil, succeeded()
	case x.Standing == planner.InConflict && s.busy != nil && mayPass(x.Reason) && s.again(ctx, s.busy, s.until, tellBusy):
		return nil, nil
	case x.Standing == planner.InConflict:
		return nil, &ending{Failed, &Error{Reason: x.Reason, Err: cmp.Or(s.open, s.busy)}}
	case s.open != nil && (s.over || s.stopped()):
		return nil, ended(Failed, planner.CodeRefused, s.open)
	}
	return x.Left, nil
}

// judge decides how the change has ended with an attempt; nil: it is to be sent again.
func (s *sending) judge(ctx context.Context, err error) *ending {
	var h *withheld
	switch {
	case err == nil:
		return succeeded()
	case errors.Is(err, ErrLapsed):
		return s.lapsed(ctx, err)
	case errors.As(err, &h):
		return &ending{h.outcome, h.why}
	case errors.Is(err, vpsorg.ErrRateLimited) && time.Now().Before(s.until) && !s.stopped():
		return nil // put off, not refused; the limiter holds it back
	case notSent(err) && ctx.Err() != nil:
		return &ending{NotStarted, interrupted()}
	case toldToWait(err) && !mayHaveTaken(err):
		return ended(NotStarted, planner.CodeToldToWait, err)
	case notSent(err) && s.outlasts(ctx, err):
		return nil
	case mayHaveTaken(err) && s.leavesNoTrace() && !s.isBusy(err):
		return ended(Unknown, planner.CodeUnanswered, err)
	}
	return s.refused(ctx, err)
}

// refused decides how the change has ended with an attempt that the API has answered
// with an error, or not at all.
func (s *sending) refused(ctx context.Context, err error) *ending {
	if mayHaveTaken(err) {
		s.open, s.ambiguous = err, s.ambiguous || vpsorg.Ambiguous(err)
	}
	switch {
	case s.isBusy(err) && s.again(ctx, err, s.until, tellBusy):
		s.busy, s.failed, s.down = err, 0, time.Time{}
		return nil
	case mayHaveTaken(err) && !s.isBusy(err):
		s.outlasts(ctx, err) // it is read next in any case
		return nil
	case errors.Is(err, vpsorg.ErrNotFound) && s.change.Action() != planner.ActionCreate && s.notFound < attempts && !s.stopped():
		s.notFound++
		return s.lookWhetherGone(ctx, err)
	case s.alreadySo(ctx, err):
		return succeeded()
	}
	return ended(Failed, refusal(err), err)
}

// lookWhetherGone decides how a change has ended that was answered with a 404, which
// is true of a server that is gone.
func (s *sending) lookWhetherGone(ctx context.Context, err error) *ending {
	x, unread := s.checkGone(ctx)
	switch {
	case unread != nil:
		return ended(Unknown, planner.CodeUnanswered, errors.Join(err, unread))
	case x.Standing == planner.InPlace:
		return succeeded()
	case x.Standing == planner.InConflict:
		return &ending{Failed, &Error{Reason: x.Reason, Err: err}}
	}
	s.open = err // it is there after all
	return nil
}
