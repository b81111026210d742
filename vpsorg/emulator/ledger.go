package emulator

import (
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
)

// Entry is one request in the ledger.
type Entry struct {
	Time   time.Time // of arrival
	Method string
	Path   string
	Query  string // as it came, without the question mark
	Body   string

	// Status is what the API made of the request, so 201 is a server that was
	// made, whatever the client heard of it. Zero was never handled.
	Status int
	// Answered is the status that the client was sent; zero is no answer.
	Answered int

	// Server and Name are the server that the request was about: the id is that
	// of the path, or the one that a create gave; the name is that of the body of
	// a create, or the one that the server had before the request.
	Server vpsorg.ID
	Name   string

	// Deviation says what the documentation does not allow about the request;
	// "" is a request as documented.
	Deviation string
}

// arrive writes a call into the ledger.
func (e *Emulator) arrive(c *call) {
	now, leave := e.enter()
	defer leave()
	if e.began.IsZero() {
		e.began = now
	}
	c.entry = &Entry{Time: now, Method: c.method, Path: c.path, Query: c.query, Body: string(c.body)}
	e.ledger = append(e.ledger, c.entry)
}

// answered notes what the client of a call is being sent.
func (e *Emulator) answered(c *call, status int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c.entry.Answered = status
}

// Ledger returns every request that arrived, in order of arrival.
func (e *Emulator) Ledger() []Entry {
	_, leave := e.enter()
	defer leave()
	entries := make([]Entry, len(e.ledger))
	for i, entry := range e.ledger {
		entries[i] = *entry
	}
	return entries
}

// Deviations returns what requests did that the documentation does not allow,
// each with its method and path. It is empty for a client that keeps to it.
func (e *Emulator) Deviations() []string {
	var all []string
	for _, entry := range e.Ledger() {
		if entry.Deviation != "" {
			all = append(all, entry.Method+" "+entry.Path+": "+entry.Deviation)
		}
	}
	return all
}
