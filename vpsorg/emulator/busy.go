package emulator

import (
	"net/http"
	"time"
)

// Busy is an API that is at work on a server for a time after each change of it,
// the create and a person's among them, and refuses every further one meanwhile.
// What it refuses does not make that longer. The zero Busy is never so.
type Busy struct {
	For    time.Duration
	Status int // 423, 409, 422 or 500, each in its own words; zero is 423
}

// busyWords are what an API says that is at work on a server, by status.
var busyWords = map[int]string{
	http.StatusLocked:              "The server is locked.",
	http.StatusConflict:            "Another operation is in progress on this server.",
	http.StatusUnprocessableEntity: "The server already has a pending event.",
	http.StatusInternalServerError: "Could not change the server: it is locked.",
}

// locked refuses a change of a server that the API is still at work on.
func (e *Emulator) locked(c *call) *answer {
	if c.method == http.MethodGet || c.found == nil || !c.now.Before(c.found.changed.Add(e.Busy.For)) {
		return nil
	}
	status := e.Busy.Status
	if status == 0 {
		status = http.StatusLocked
	}
	return refuse(status, busyWords[status])
}

// change is what comes before every change of a record.
func (e *Emulator) change(r *record, now time.Time) {
	e.keep(r, now)
	r.changed = now
	e.dirty = true
}
