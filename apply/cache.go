package apply

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/planner"
)

// leastMaxAge is the least that maxAge can be. Entries of the cache get too old for a
// change to rest on, so that what others have done meanwhile is not undone.
const leastMaxAge = 5 * time.Second

// cache is what a run knows of all servers: its newest complete list, and what has
// been read alone since.
type cache struct {
	entries map[string]entry  // by id, as the deeds of this run and of those before have left them
	named   map[string]string // the id of a server, by name
	past    deeds.Memory
	updated map[string]string // updated_at by id, as it was in the observation that the plan is from
	window  time.Duration     // for which answers may be from before a deed; see Runner.Settle
	twice   map[string]bool   // names that several servers have
	listed  time.Time         // when the newest list was asked for; before the first, when the run began
	took    time.Duration     // to read it
	reading bool              // a list is being read
	waiting []question        // that it will answer
}

// entry is a server and when it was asked for.
type entry struct {
	planner.Server
	asked time.Time
}

// known is what a worker is told of a server.
type known struct {
	entry
	found bool
	read  bool // the worker has to read the server by itself
}

// listing is a list that was read for the cache, or could not be read.
type listing struct{ observe.Listing }

func (listing) isMessage() {}

func newCache(window time.Duration, seen []planner.Server) *cache {
	c := &cache{entries: make(map[string]entry), named: make(map[string]string), past: make(deeds.Memory), updated: make(map[string]string, len(seen)),
		window: window, listed: time.Now()}
	for _, s := range seen {
		c.updated[s.ID] = s.UpdatedAt
	}
	return c
}

// maxAge is the age up to which an entry counts as the server is now. Lists that take
// long are read seldom, so that they take at most a twentieth of the time.
func (c *cache) maxAge() time.Duration { return max(leastMaxAge, 20*c.took) }

// put keeps a server that was read alone.
func (c *cache) put(s planner.Server, asked time.Time) {
	if e, ok := c.entries[s.ID]; !ok || !asked.Before(e.asked) {
		c.keep(entry{s, asked})
	}
}

// proves reports whether the status in an answer is certainly the server's own of now, and
// not one from before a deed: the window is over, or the server was updated after the
// observation that the plan is from. That proves nothing of a status that the server has
// come to again, since the observation itself may be from the time before.
func (c *cache) proves(s *planner.Server, asked time.Time) bool {
	switch past := c.past[s.ID]; {
	case !asked.Before(past.TrustStatus(s.Status, c.window)):
		return true
	case past.Again(s.Status):
		return false
	}
	before, err := time.Parse(time.RFC3339, c.updated[s.ID])
	now, unknown := time.Parse(time.RFC3339, s.UpdatedAt)
	return err == nil && unknown == nil && now.After(before)
}

// keep keeps a server as the deeds have left it, which the API may not show yet.
func (c *cache) keep(e entry) {
	c.drop(e.ID)
	if p := c.past[e.ID]; p != nil && p.Recent(e.asked, c.window) {
		over, _ := p.Lay(&e.Server)
		if over == nil {
			return
		}
		over.Status = e.Status // waits are for what the API says
		e.Server = *over
	}
	c.entries[e.ID], c.named[e.Name] = e, e.ID
}

func (c *cache) drop(id string) {
	if e, ok := c.entries[id]; ok && c.named[e.Name] == id {
		delete(c.named, e.Name)
	}
	delete(c.entries, id)
}

// done notes what was done to a server, or found out about it.
func (c *cache) done(deeds []deeds.Deed) {
	for _, d := range deeds {
		c.past.Add(d)
		if e, known := c.entries[d.ID]; known {
			c.keep(e)
		}
	}
}

// replace keeps a complete list, and what has been read alone since it was asked for.
func (c *cache) replace(servers []planner.Server, asked time.Time) {
	old := c.entries
	c.entries, c.named, c.listed = make(map[string]entry, len(servers)), make(map[string]string, len(servers)), asked
	for _, s := range servers {
		c.keep(entry{s, asked})
	}
	for id, e := range old {
		if e.asked.After(asked) || c.entries[id].ID == "" && asked.Before(c.past[id].TrustAbsence(c.window)) {
			c.keep(e)
		}
	}
	c.twice = make(map[string]bool)
	for id, e := range c.entries {
		if c.named[e.Name] != id {
			c.twice[e.Name] = true
		}
	}
}

// duplicates are a server and the others of its name; nil where there are no others.
func (c *cache) duplicates(id string) (list []*planner.Server) {
	self := c.entries[id]
	if !c.twice[self.Name] {
		return nil
	}
	for _, e := range c.entries {
		if e.Name == self.Name && e.ID != id {
			list = append(list, &e.Server)
		}
	}
	slices.SortFunc(list, func(a, b *planner.Server) int { return strings.Compare(a.ID, b.ID) })
	return slices.Insert(list, 0, &self.Server)
}

// answerQuestion tells a worker of a server: from the cache where its entry is young
// enough, else from a new list where that takes no more requests than reading each server
// that is still to be changed.
func (r *run) answerQuestion(ctx context.Context, q question) {
	e, found := r.cache.entries[q.id]
	asked := e.asked
	if !found {
		asked = r.cache.listed
	}
	switch {
	case time.Since(asked) <= r.cache.maxAge():
		q.reply <- known{entry: e, found: found}
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
	go func() { r.messages <- listing{observe.ReadList(ctx, r.Client)} }()
}

// listed hands a list to the cache, to the workers that have asked, and to the waits.
func (r *run) listed(l listing) {
	r.cache.reading = false
	asking := r.cache.waiting
	r.cache.waiting = nil
	if l.Err != nil {
		r.stopFor(l.Err)
	} else {
		r.cache.replace(l.Servers, l.Asked)
		r.cache.took = l.Took
		r.note(shown(r.intents, planner.NewWorld(l.Servers...)))
	}
	for _, q := range asking {
		e, found := r.cache.entries[q.id]
		q.reply <- known{entry: e, found: found, read: l.Err != nil}
	}
	r.poller.listed(l)
	r.rolling.listed(l.Listing)
}
