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

// What an Error is by its status, for errors.Is.
var (
	ErrUnauthorized    = errors.New("the token is missing or invalid")        // 401
	ErrPaymentRequired = errors.New("the account has not enough credit")      // 402
	ErrForbidden       = errors.New("the token lacks the permission")         // 403
	ErrNotFound        = errors.New("there is no such server or path")        // 404
	ErrConflict        = errors.New("the request conflicts with another")     // 409
	ErrRateLimited     = errors.New("the API takes no more requests a while") // 429
)

var sentinels = map[int]error{
	http.StatusUnauthorized:    ErrUnauthorized,
	http.StatusPaymentRequired: ErrPaymentRequired,
	http.StatusForbidden:       ErrForbidden,
	http.StatusNotFound:        ErrNotFound,
	http.StatusConflict:        ErrConflict,
	http.StatusTooManyRequests: ErrRateLimited,
}

// Error is a request that failed: refused by the API, answered with something
// that is no answer, or not answered.
type Error struct {
	Method     string
	Path       string        // below the base URL, with the query
	Status     int           // 0: no answer
	Message    string        // what the API said, in one line, without the token; "": nothing
	RetryAfter time.Duration // how long to ask for nothing, from a 429 or 503; 0: not told
	NotSent    bool          // the request certainly never reached the API
	Err        error         // why there was no answer, or why it could not be used; may be nil

	tokenSource string // for the hint
}

// Error is one line: the request, the status and what the API said.
func (e *Error) Error() string {
	parts := []string{e.Method + " " + e.Path}
	if e.Status != 0 {
		parts = append(parts, strings.TrimSpace(strconv.Itoa(e.Status)+" "+http.StatusText(e.Status)))
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

// Is matches the Err… value of the status.
func (e *Error) Is(target error) bool {
	sentinel, ok := sentinels[e.Status]
	return ok && target == sentinel
}

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
	case e.Status == http.StatusForbidden:
		return "give the token the permission for this at Account → Developers"
	case e.Status == http.StatusNotFound && strings.HasPrefix(e.Path, serversPath) && len(e.Path) > len(serversPath) && e.Path[len(serversPath)] != '?':
		return "the server has been deleted, or belongs to another account than the token"
	case e.Status == http.StatusNotFound:
		return "check VPS_API_URL, which looks like " + DefaultBaseURL
	case e.Status == http.StatusTooManyRequests:
		return "send fewer requests a second, or wait"
	}
	return ""
}

// Ambiguous reports whether a changing request that failed with err may
// nevertheless have taken effect. Only a request that was never sent and a 4xx
// answer (but 408, which a proxy may send) are a definite no; so an error that
// this package did not make is ambiguous. It is false for nil and for a GET.
func Ambiguous(err error) bool {
	if err == nil {
		return false
	}
	var e *Error
	if !errors.As(err, &e) {
		return true
	}
	refused := e.Status/100 == 4 && e.Status != http.StatusRequestTimeout
	return e.Method != http.MethodGet && !e.NotSent && !refused
}

// brokenOff is an answer of which only a part arrived.
type brokenOff struct{ err error }

func (b brokenOff) Error() string { return "the answer broke off: " + b.err.Error() }
func (b brokenOff) Unwrap() error { return b.err }
