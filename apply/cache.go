package apply

import (
	"context"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// youngest is the age at which an entry of the cache is too old at the earliest for a
// change to rest on, so that what others have done meanwhile is not undone.
const youngest = 5 * time.Second

// cache is what a run knows of all servers: its newest complete list, and what has
// been read alone since.
type cache struct {
	entries map[string]entry // by id
	listed  time.Time        // when the newest list was asked for; before the first, when the run began
	took    time.Duration    // to read it
	reading bool             // a list is being read
	waiting []question       // that it will answer
}

// entry is a server and when it was asked for.
type entry struct {
	planner.Server
	asked time.Time
}

// known is what a worker is told of a server.
type known struct {
	server planner.Server
	found  bool
	read   bool // it is to be read by itself
}

// listing is a list that was read, or could not be.
type listing struct {
	servers []planner.Server
	asked   time.Time
	took    time.Duration // from when it was asked for
	err     error
}

func (listing) isMessage() {}

func newCache() *cache { return &cache{entries: make(map[string]entry), listed: time.Now()} }

// maxAge is the age up to which an entry is taken for the server as it is. Lists that
// take long are read seldom, so that not more than a twentieth of the time goes there.
func (c *cache) maxAge() time.Duration { return max(youngest, 20*c.took) }

// put keeps a server that was read alone.
func (c *cache) put(s planner.Server, asked time.Time) {
	if e, ok := c.entries[s.ID]; !ok || !asked.Before(e.asked) {
		c.entries[s.ID] = entry{s, asked}
	}
}

// replace keeps a complete list, and what has been read alone since it was asked for.
func (c *cache) replace(servers []planner.Server, asked time.Time) {
	old := c.entries
	c.entries, c.listed = make(map[string]entry, len(servers)), asked
	for _, s := range servers {
		c.entries[s.ID] = entry{s, asked}
	}
	for id, e := range old {
		if e.asked.After(asked) {
			c.entries[id] = e
		}
	}
}

// changed notes the new values of an update that this run has made.
func (c *cache) changed(change planner.Change) {
	u, ok := change.(*planner.Update)
	if !ok {
		return
	}
	e, known := c.entries[u.ID]
	for _, f := range u.Fields {
		text, _ := f.To.AsText()
		on, _ := f.To.AsBool()
		switch f.Field {
		case fleet.FieldName:
			e.Name = text
		case fleet.FieldHostname:
			e.Hostname = &text
		case fleet.FieldBackupsEnabled:
			e.BackupsEnabled = &on
		}
	}
	if known {
		c.entries[u.ID] = e
	}
}

// answerQuestion tells a worker of a server, as it was seen a moment ago, or by a list
// for all that are still to be changed, where that takes no more requests than these.
func (r *run) answerQuestion(ctx context.Context, q question) {
	e, found := r.cache.entries[q.id]
	asked := e.asked
	if !found {
		asked = r.cache.listed
	}
	switch {
	case time.Since(asked) <= r.cache.maxAge():
		q.reply <- known{server: e.Server, found: found}
	case r.stopped == nil && r.open >= r.Client.ListCost():
		r.cache.waiting = append(r.cache.waiting, q)
		r.readList(ctx)
	default:
		q.reply <- known{read: true}
	}
}

// readList begins to read the list for all, unless somebody does already.
func (r *run) readList(ctx context.Context) {
	if r.cache.reading {
		return
	}
	r.cache.reading = true
	go func() { r.messages <- r.list(ctx) }()
}

// list reads the list.
func (r *run) list(ctx context.Context) listing {
	ctx, asked := timed(ctx)
	listed, err := r.Client.ListServers(ctx, vpsorg.ListFilter{})
	return listing{fromServers(listed), asked(), time.Since(asked()), err}
}

func byName(servers []planner.Server) map[string][]planner.Server {
	named := make(map[string][]planner.Server, len(servers))
	for _, s := range servers {
		named[s.Name] = append(named[s.Name], s)
	}
	return named
}

// listed takes a list in: for the cache, for those who have asked, and for the waits.
func (r *run) listed(l listing) {
	r.cache.reading = false
	asking := r.cache.waiting
	r.cache.waiting = nil
	if l.err != nil {
		r.stopFor(l.err)
	} else {
		r.cache.replace(l.servers, l.asked)
		r.cache.took = l.took
		r.note(shown(r.intents, l.servers))
	}
	for _, q := range asking {
		e, found := r.cache.entries[q.id]
		q.reply <- known{server: e.Server, found: found, read: l.err != nil}
	}
	r.poller.listed(l)
}
