package observe

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// DetailCache has the details of servers that earlier runs have read one by one. A
// cached detail is used while the list shows that its server has not changed since.
// That rests on updated_at moving with every change, which the API does not
// promise, so each run reads some of the oldest anew as a sample.
//
// The cache never says what exists, nor that something is to be changed. To lose it
// costs requests and nothing else.
type DetailCache struct {
	MaxAge  time.Duration     // a detail of this age is read anew
	Entries map[string]Detail // by the server's id

	// Contradiction names a server whose cached detail was wrong although its
	// updated_at has not moved; "" where there was none. The cache is empty then,
	// and every detail was read.
	Contradiction string
}

// Detail is what a list does not tell of a server.
type Detail struct {
	UpdatedAt      string    `json:"updated_at"` // as the list told it
	BackupsEnabled bool      `json:"backups_enabled"`
	ReadAt         time.Time `json:"read_at"` // when that list was requested
}

// sample is how many cached details of so many are read anew all the same: a
// handful, and one in a thousand of a large fleet.
func sample(usable int) int { return min(max(5, usable/1000), usable) }

// Get completes servers from the cache and returns the ids of those whose details
// have to be read: what needed asks for, without those that the cache has as they
// should be. One that it has otherwise is read, so that no change rests on the cache.
// A nil cache has nothing.
func (c *DetailCache) Get(s snapshot, needed func([]planner.Server) []string) []string {
	ids := needed(s.servers)
	if c == nil {
		return ids
	}
	for _, id := range c.usable(ids, s) {
		on := c.Entries[id].BackupsEnabled
		s.servers[s.at[id]].BackupsEnabled = &on
	}
	return needed(s.servers)
}

// usable are the ids whose cached details are young enough and of the same
// updated_at, without the oldest, which are the sample. Where the clock was set
// back, an age is negative and tells nothing.
func (c *DetailCache) usable(ids []string, s snapshot) []string {
	var young []string
	for _, id := range ids {
		d, cached := c.Entries[id]
		age := s.asked.Sub(d.ReadAt)
		if cached && d.UpdatedAt == s.updatedAt(id) && age >= 0 && age < c.MaxAge {
			young = append(young, id)
		}
	}
	slices.SortStableFunc(young, func(a, b string) int { return c.Entries[a].ReadAt.Compare(c.Entries[b].ReadAt) })
	return young[sample(len(young)):]
}

// Put caches the details that were read, and drops servers that are gone or have
// changed. It reports false, and drops all, where one of them contradicts its entry.
func (c *DetailCache) Put(s snapshot, read []string) bool {
	if c == nil {
		return true
	}
	entries := make(map[string]Detail, len(c.Entries))
	for id, d := range c.Entries {
		if d.UpdatedAt == s.updatedAt(id) {
			entries[id] = d
		}
	}
	for _, id := range read {
		live := s.servers[s.at[id]]
		old, cached := entries[id]
		delete(entries, id)
		switch on := live.BackupsEnabled; {
		case on == nil:
		case cached && old.BackupsEnabled != *on:
			c.Entries, c.Contradiction = nil, live.Name
			return false
		case s.stable(id):
			entries[id] = Detail{s.updatedAt(id), *on, s.asked.UTC().Truncate(time.Second)}
		}
	}
	c.Entries = entries
	return true
}

// stable reports whether a server's last change was so long before the list was
// requested that the next one moves updated_at for certain: it counts in seconds,
// and by another clock.
func (s snapshot) stable(id string) bool {
	at, err := time.Parse(time.RFC3339, s.updatedAt(id))
	return err == nil && s.asked.Sub(at) >= time.Minute
}
