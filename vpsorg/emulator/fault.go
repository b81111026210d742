package emulator

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Stage is when a fault strikes.
type Stage int

const (
	// Uncommitted strikes before the request is handled.
	Uncommitted Stage = iota
	// Committed strikes after: what was asked is done, only the reply suffers.
	Committed
	// Unsent strikes before a byte has left: in process the connection is
	// refused; over a socket, where a server has no say in that, it is dropped.
	Unsent
)

// Fault is what goes wrong with one request. The zero Fault does nothing.
type Fault struct {
	Stage Stage

	// Delay passes at the stage before anything else. A client that gives up
	// meanwhile does not stop an Uncommitted request: it is handled when its time
	// has come, unless Drop or Answer keep it from being handled at all.
	Delay time.Duration

	// Answer is sent instead of the API's own; before the commit it also keeps
	// the request from being handled.
	Answer *Answer

	// Drop closes the connection without an answer; before the commit it also
	// keeps the request from being handled.
	Drop bool

	// Lag is how old the state is that a read tells, at most MaxLag. Zero is the
	// emulator's own; negative is none.
	Lag time.Duration

	// Cut breaks the connection after so many bytes of the answer's body; zero
	// sends it whole.
	Cut int
}

// Answer is a reply that the API itself would not give, such as a proxy's page.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

var errDropped = errors.New("connection dropped")

// fault asks what goes wrong with a request and gives it its body back.
func (e *Emulator) fault(r *http.Request, body []byte) Fault {
	if e.Fault == nil {
		return Fault{}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if f := e.Fault(r); f != nil {
		return *f
	}
	return Fault{}
}

// passes reports whether the request is still to be handled after the delay.
func (f Fault) passes() bool {
	return f.Stage == Uncommitted && !f.Drop && f.Answer == nil
}

// reply turns the API's answer into what is really sent.
func (f Fault) reply(a answer) reply {
	r := a.reply()
	if f.Answer != nil {
		r = reply{status: f.Answer.Status, header: f.Answer.Header.Clone(), body: []byte(f.Answer.Body)}
		if r.header == nil {
			r.header = http.Header{}
		}
	}
	if r.header.Get("Content-Length") == "" && r.status != http.StatusNoContent {
		r.header.Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	if 0 < f.Cut && f.Cut < len(r.body) {
		r.body, r.cut = r.body[:f.Cut], true
	}
	return r
}

// wait lets d pass, or less if the client leaves.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// lateCall is a request under way whose client has given up.
type lateCall struct {
	due  time.Time
	call *call
}

// commitLater leaves a call to be handled by whoever looks after its time.
func (e *Emulator) commitLater(c *call, due time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	at, _ := slices.BinarySearchFunc(e.late, due, func(l lateCall, t time.Time) int {
		if l.due.After(t) {
			return 1
		}
		return -1
	})
	e.late = slices.Insert(e.late, at, lateCall{due, c})
}

// catchUp handles the late calls whose time has come, as of then. The lock is held.
func (e *Emulator) catchUp() {
	now := time.Now()
	for len(e.late) > 0 && !e.late[0].due.After(now) {
		l := e.late[0]
		e.late = e.late[1:]
		e.handle(l.call, l.due)
	}
}
