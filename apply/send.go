package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
)

// attempts bounds how often one change is sent, however it fails; a change that
// the API only puts off, with a 429, is sent again until the time-out.
const attempts = 4

// verdict is what a look at the server after an unclear answer says.
type verdict int

const (
	again   verdict = iota // it did not take effect: send it again
	took                   // it did
	unclear                // nobody can tell
)

// send sends a change until it is certain what became of it. After an answer that
// leaves that open it looks, and sends again only what did not take effect; where
// there is no look, nobody can tell. A look that finds the server changed by
// others gives an error of its own.
func (r *run) send(ctx context.Context, request func() error, look func() (verdict, error)) error {
	pause := r.Client.Pauses()
	give := time.Now().Add(r.Timeout)
	var refused error // of an attempt that was taken up
	var doubt bool    // an attempt may take effect yet
	failed := func(err error) error {
		if doubt && err != nil {
			return unknown{err}
		}
		return err
	}
	for attempt := 1; ; attempt++ {
		err := request()
		if err == nil {
			return nil
		}
		var h held
		if errors.As(err, &h) {
			return failed(cmp.Or(refused, h.why))
		}
		r.fatal(err)
		doubt = doubt || vpsorg.Ambiguous(err)
		switch {
		case errors.Is(err, vpsorg.ErrRateLimited) && time.Now().Before(give) && r.stopped() == nil:
			attempt-- // put off, not refused; the limiter holds it back
		case notSent(err) && ctx.Err() != nil:
			return failed(notStarted{ErrInterrupted})
		case notSent(err) && attempt < attempts && r.stopped() == nil && sleep(ctx, pause()):
		case look == nil && mayHaveTaken(err):
			return unknown{err}
		case mayHaveTaken(err):
			if r.stopped() == nil {
				sleep(ctx, pause()) // before the look, which is to be the last thing before a repetition
			}
			v, err := consult(err, look)
			if v != again || attempt == attempts || r.stopped() != nil {
				return failed(err)
			}
			refused = err
		default:
			return failed(err)
		}
	}
}

// changing is the context of a request that changes a lane's server. When its turn
// has come it is held back after all where the run stops, or where first fails.
func (r *run) changing(ctx context.Context, l *lane, first func() error) context.Context {
	return vpsorg.BeforeSend(ctx, func() error {
		why := r.stopped()
		if why == nil && first != nil {
			why = first()
		}
		if why != nil {
			return held{notStarted{why}}
		}
		l.sent = time.Now()
		return nil
	})
}

// held is why a request was not sent after all.
type held struct{ why error }

// hold is held for a reason, if there is one.
func hold(why error) error {
	if why == nil {
		return nil
	}
	return held{why}
}

func (h held) Error() string { return h.why.Error() }
func (h held) Unwrap() error { return h.why }

// consult looks what became of a change that failed with err.
func consult(err error, look func() (verdict, error)) (verdict, error) {
	v, lookErr := look()
	switch {
	case lookErr != nil && v == unclear:
		return v, unknown{fmt.Errorf("%w; and looking failed: %w", err, lookErr)}
	case v == unclear:
		return v, unknown{err}
	case v == took:
		return v, lookErr
	}
	return v, err
}

// mayHaveTaken reports whether a change that failed may have taken effect: what it
// is in conflict with may be itself, tried before.
func mayHaveTaken(err error) bool {
	return vpsorg.Ambiguous(err) || errors.Is(err, vpsorg.ErrConflict)
}

// notSent reports whether a request certainly never reached the API.
func notSent(err error) bool {
	var e *vpsorg.Error
	return errors.As(err, &e) && e.NotSent
}

// sleep waits, and reports false when ctx ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
