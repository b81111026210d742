package vpsorg

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
)

// What an Error is, for errors.Is. One error may be several of them.
var (
	ErrUnauthorized    = errors.New("the token is missing or invalid")    // 401
	ErrPaymentRequired = errors.New("the account has not enough credit")  // 402
	ErrNotFound        = errors.New("there is no such server or path")    // 404
	ErrConflict        = errors.New("the request conflicts with another") // 409

	// ErrForbidden is a 403, but not of a create, and not a proxy's page.
	ErrForbidden = errors.New("the token lacks the permission")

	// ErrCreatesRefused is a 402 or 403 that answers a create: no more creates will
	// be taken, such as beyond a limit of servers, while all else may go on.
	ErrCreatesRefused = errors.New("the API takes no more creates")

	// ErrRateLimited is a 429: the request may be sent again at once, since the
	// client holds it back for as long as the API asks. Where that is longer than
	// the request may wait, the error is a *WaitError and not this.
	ErrRateLimited = errors.New("the API takes no more requests a while")

	// ErrBusy is a change of an existing server that the API puts off because it is
	// at work on the server: 423, 409, 425, or 400, 422 and 500 that say so. It may be
	// sent again after a pause, RetryAfter where the API told one. Look first: a 409
	// may be the request's own earlier attempt, and a 500 is ambiguous too.
	ErrBusy = errors.New("the server is busy with another change")
)

// Is matches the Err… values.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized
	case ErrPaymentRequired:
		return e.Status == http.StatusPaymentRequired
	case ErrForbidden:
		return e.Status == http.StatusForbidden && !e.isCreate() && !e.pageOfProxy()
	case ErrCreatesRefused:
		return e.isCreate() && (e.Status == http.StatusPaymentRequired || e.Status == http.StatusForbidden && !e.page)
	case ErrNotFound:
		return e.Status == http.StatusNotFound
	case ErrConflict:
		return e.Status == http.StatusConflict
	case ErrRateLimited:
		return e.Status == http.StatusTooManyRequests && !endsInWait(e.Err)
	case ErrBusy:
		return e.busy() && !endsInWait(e.Err)
	}
	return false
}

func (e *Error) isCreate() bool { return e.Method == http.MethodPost && e.Path == serversPath }

// ofServer reports whether the request was about one existing server.
func (e *Error) ofServer() bool {
	rest, ofServers := strings.CutPrefix(e.Path, serversPath)
	return ofServers && rest != "" && rest[0] != '?'
}

// pageOfProxy reports whether the error is a 403 about servers that was not the
// API's, but a page of HTML of something on the way. Other endpoints are optional,
// and a token need not reach them.
func (e *Error) pageOfProxy() bool {
	return e.page && e.Status == http.StatusForbidden && strings.HasPrefix(e.Path, serversPath)
}

// busyWords are what APIs say while they are at work on a server.
var busyWords = regexp.MustCompile(`(?i)\b(locked|busy|pending|in progress|another (operation|action|event|task|job)|is (currently |still )*(provision|start|stopp|reboot|updat|resiz|migrat|delet)ing|being \w+)\b`)

func (e *Error) busy() bool {
	if e.Method == http.MethodGet || !e.ofServer() {
		return false
	}
	switch e.Status {
	case http.StatusLocked, http.StatusConflict, http.StatusTooEarly:
		return true
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusInternalServerError:
		return busyWords.MatchString(e.Message)
	}
	return e.pageOfProxy()
}

// Ambiguous reports whether a changing request that failed with err may
// nevertheless have taken effect. Only a request that was never sent and a 4xx
// answer are a definite no; but not 408, nor a page of HTML, which a proxy may
// send in place of the API's answer. An error that this package did not make is
// ambiguous. It is false for nil and for a GET.
func Ambiguous(err error) bool {
	if err == nil {
		return false
	}
	var e *Error
	if !errors.As(err, &e) {
		return true
	}
	return e.Method != http.MethodGet && !e.NotSent && !e.refused()
}

// refused reports whether the API has certainly refused the request.
func (e *Error) refused() bool {
	switch e.Status {
	case http.StatusRequestTimeout:
		return false
	case http.StatusUnauthorized, http.StatusTooManyRequests:
		return true // a proxy gives these, too, only instead of passing the request on
	}
	return e.Status/100 == 4 && !e.page
}
