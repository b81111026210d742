package vpsorg

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Error is a request that failed: refused by the API, answered with something
// that is no answer, or not answered.
type Error struct {
	Method     string
	Path       string        // below the base URL, with the query
	Status     int           // 0: no answer
	Message    string        // what the API said, in one line, without the token; "": nothing
	RetryAfter time.Duration // how long the API asks to wait; 0: not told
	NotSent    bool          // the request certainly never reached the API
	Err        error         // why there was no answer, or why it could not be used; may be nil

	tokenSource string // for the hint
	page        bool   // the answer was a page of HTML, which the API has none of
	notJSON     bool   // it was called a success and was no JSON
}

// Answer is the status that the API answered with, such as 402 Payment Required; "" where
// it gave no answer.
func (e *Error) Answer() string {
	if e.Status == 0 {
		return ""
	}
	return strings.TrimSpace(strconv.Itoa(e.Status) + " " + http.StatusText(e.Status))
}

// Error is one line: the request, the status and what the API said.
func (e *Error) Error() string {
	parts := []string{e.Method + " " + e.Path}
	if answer := e.Answer(); answer != "" {
		parts = append(parts, answer)
	}
	if e.Message != "" {
		parts = append(parts, e.Message)
	}
	if e.Err != nil {
		parts = append(parts, oneLine(e.Err.Error()))
	}
	return strings.Join(parts, ": ")
}

// Unwrap is the reason below, such as context.Canceled or a network error.
func (e *Error) Unwrap() error { return e.Err }

// Hint is what to do about the error, in one line, or "".
func (e *Error) Hint() string {
	var cause interface{ Hint() string }
	switch {
	case errors.As(e.Err, &cause):
		return cause.Hint()
	case e.NotSent && e.Err != nil && !errors.Is(e.Err, context.Canceled):
		return "nothing was sent; check VPS_API_URL and the network"
	case e.Status/100 == 3:
		return "redirects are not followed; check VPS_API_URL, which looks like " + DefaultBaseURL
	case e.Status == http.StatusUnauthorized:
		return "check " + cmp.Or(e.tokenSource, tokenVariable) + "; tokens are made at Account → Developers"
	case e.Status == http.StatusPaymentRequired:
		return "add credit to the account, then run again"
	case e.pageOfProxy():
		return "a proxy or firewall on the way to the API has refused it"
	case errors.Is(e, ErrCreatesRefused):
		return "if the API names a limit, have it raised by VPS.org, or delete servers that are not needed"
	case e.Status == http.StatusForbidden:
		return "give the token the permission for this at Account → Developers"
	case e.Status == http.StatusNotFound && e.ofServer():
		return "the server has been deleted, or belongs to another account than the token"
	case e.Status == http.StatusNotFound:
		return "check VPS_API_URL, which looks like " + DefaultBaseURL
	case e.Status == http.StatusTooManyRequests:
		return "send fewer requests a second, or wait"
	}
	return ""
}

// brokenOff is an answer of which only a part arrived.
type brokenOff struct{ err error }

func (b brokenOff) Error() string { return "the answer broke off: " + b.err.Error() }
func (b brokenOff) Unwrap() error { return b.err }

// timedOut is a request that took longer than its own time-out.
type timedOut struct{ after time.Duration }

func (t timedOut) Error() string { return "no whole answer within " + t.after.String() }
func (t timedOut) Unwrap() error { return context.DeadlineExceeded }

// Hint is what to do about it, in one line.
func (t timedOut) Hint() string { return "give each request longer with --request-timeout" }
