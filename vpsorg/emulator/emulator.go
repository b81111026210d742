package emulator

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
	"golang.org/x/time/rate"
)

// Emulator is one account at VPS.org. Its exported fields are options, to be
// left alone after the first request; zero options are the published Servers
// API as it stands. It is safe for concurrent use and must not be copied.
type Emulator struct {
	// Token is the one token accepted; "" accepts any that is not empty.
	Token string

	// Provisioning is the time from create to active and Transition that of a
	// start, stop or reboot. Zero is 3 s and 1 s; negative is at once: the
	// answer still names the transition, the next look finds it over.
	Provisioning, Transition time.Duration

	// ProvisioningOf, if not nil, is the time from create to active of the n-th
	// server ever put in place, from 0, instead of Provisioning. It must not wait,
	// and return the same for the same n.
	ProvisioningOf func(n int) time.Duration

	// ServiceOf, if not nil, is how what runs on a server behaves, for Serve. It is
	// called with nothing locked, and may return something else each time.
	ServiceOf func(vpsorg.Server) Service

	// Queue are the statuses that a new server goes through before provisioning,
	// such as queued and installing, each for a Transition.
	Queue []vpsorg.Status

	// Lag is how far reads are behind, and Busy for how long a server that has
	// been changed refuses to be changed again.
	Lag  Lag
	Busy Busy

	// PageSize cuts lists of servers into pages of this many, with next and
	// previous, and lets a client ask for page and page_size (at most 100, or
	// PageSize if that is larger). Zero answers the whole list at once.
	PageSize int

	// UUIDs gives created servers UUIDs for ids instead of integers.
	UUIDs bool

	// UniqueNames refuses a second server of one name with 400.
	UniqueNames bool

	// Credit is how many creates the account pays for; the next one is answered
	// 402. Zero is no limit, negative is no credit at all.
	Credit int

	// Limit is how many servers the account may have at a time; a create beyond it
	// is answered 403. Zero is no limit, negative is none at all.
	Limit int

	// Rate is the requests a second beyond which the answer is 429, with what
	// RetryAfter says; bursts of a second's worth pass. Zero is no limit. With a
	// Window as many are let pass in each such time by the clock, whenever in it.
	Rate       float64
	Window     time.Duration
	RetryAfter RetryAfter

	// Plans, OS, Locations and Account are what the account is offered and whose
	// it is. Nil is a small catalog, and sandbox@example.com.
	Plans     []vpsorg.Plan
	OS        []vpsorg.OS
	Locations []string
	Account   *vpsorg.Account

	// Fault, if not nil, is asked once for each request what goes wrong with
	// it; nil is nothing. It is called concurrently, may read the body, and may
	// block, which holds the request back.
	Fault func(*http.Request) *Fault

	file   string     // where the world is kept; "" is in memory only
	saving sync.Mutex // guards the file; taken before mu

	mu      sync.Mutex // guards everything below
	world   world
	dirty   bool // the world has changes that the file lacks
	ledger  []*Entry
	late    []lateCall
	past    []version            // what servers were, for reads that lag
	began   time.Time            // when the first request came
	seen    map[string]time.Time // the newest state that a client has read
	lists   int                  // lists that young servers may be left out of
	limiter *rate.Limiter
	window  window
}

// maxBody bounds the body of a request; the longest documented one is far shorter.
const maxBody = 1 << 20

// ServeHTTP answers one request as the API would, or as its fault would have it.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		refuse(http.StatusBadRequest, "The body could not be read: "+err.Error()).reply().write(w)
		return
	}
	fault := e.fault(r, body)
	if fault.Stage == Unsent {
		panic(http.ErrAbortHandler)
	}
	reply, err := e.serve(r.Context(), newCall(r, body), fault)
	if err != nil {
		panic(http.ErrAbortHandler) // closes the connection, which is the fault
	}
	reply.write(w)
}

// serve takes a call through its fault to a reply. An error means that there is
// none: the connection drops, or the client has left.
func (e *Emulator) serve(ctx context.Context, c *call, f Fault) (reply, error) {
	c.lag = f.Lag
	e.arrive(c)
	var a answer
	if f.Stage == Committed {
		a = e.commit(c)
	}
	due := time.Now().Add(f.Delay)
	err := wait(ctx, f.Delay)
	switch {
	case err != nil && f.passes():
		e.commitLater(c, due)
	case f.passes():
		a = e.commit(c)
	}
	if err != nil {
		return reply{}, err
	}
	if f.Drop {
		return reply{}, errDropped
	}
	r := f.reply(a)
	e.answered(c, r.status)
	return r, nil
}

// enter takes the lock and brings the world up to now.
func (e *Emulator) enter() (now time.Time, leave func()) {
	e.mu.Lock()
	e.catchUp()
	return time.Now(), e.mu.Unlock
}

// commit handles a call, once, in the order in which the world sees them.
func (e *Emulator) commit(c *call) answer {
	now, leave := e.enter()
	a := e.handle(c, now)
	leave()
	if err := e.save(); err != nil {
		a = *refuse(http.StatusInternalServerError, "The change is not saved: "+err.Error())
		e.mu.Lock()
		c.entry.Status = a.status
		e.mu.Unlock()
	}
	return a
}

// handle lets a call change the world at the time now. The lock is held.
func (e *Emulator) handle(c *call, now time.Time) answer {
	c.now = now
	a := e.route(c)
	c.entry.Status = a.status
	return a
}
