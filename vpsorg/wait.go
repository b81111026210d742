package vpsorg

import (
	"context"
	"errors"
	"time"
)

// DefaultMaxWait is the longest wait that the API may ask for.
const DefaultMaxWait = 5 * time.Minute

// Wait is a pause before a GET is sent again, or one that a 429 to a change has begun.
// Config.Waiting is told of it.
type Wait struct {
	Kind    Kind
	Method  string
	Path    string // below the base URL, with the query
	Status  int    // of the answer that was not good; 0: no answer
	Err     error
	Attempt int           // the one that comes next; 2 for the first retry, 0 for a change
	Pause   time.Duration // until then, at least
	Since   time.Time     // when the first attempt failed
}

// WaitError is why a request ends at once: the API asks for a longer wait than the
// request may take. Requests that follow end in it too, unsent, until the wait is over.
type WaitError struct {
	Wait  time.Duration // from when the request ended
	Until time.Time
}

func (e *WaitError) Error() string {
	return "the API asks to wait " + e.Wait.Round(time.Second).String() + ", until " + e.Until.UTC().Format("2006-01-02 15:04:05 MST")
}

// Hint is what to do about it, in one line.
func (e *WaitError) Hint() string { return "run again after that time" }

// waitsTooLong is the WaitError of a wait until a time that is beyond the deadline
// of ctx or longer than most; nil: there is time for it.
func waitsTooLong(ctx context.Context, until time.Time, most time.Duration) *WaitError {
	wait := time.Until(until)
	deadline, limited := ctx.Deadline()
	if wait > most || wait > 0 && limited && until.After(deadline) {
		return &WaitError{wait, until}
	}
	return nil
}

// endsInWait reports whether err is, or wraps, a WaitError.
func endsInWait(err error) bool {
	var long *WaitError
	return errors.As(err, &long)
}
