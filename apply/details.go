package apply

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// Memory is what earlier looks have read of servers one by one. It spares a
// detail that need not be read again, because the list shows that its server has
// not changed since. That rests on updated_at moving with every change, which the
// API does not promise, so each look reads some of the oldest anew to test it.
//
// It never says what exists, nor that something is to be changed; to lose it
// costs requests and nothing else.
type Memory struct {
	MaxAge  time.Duration     // a detail of this age is read anew
	Details map[string]Detail // by the server's id

	// Contradiction names a server that a look found changed while its
	// updated_at was not; "" where there was none. Nothing of before is
	// remembered then, and that look has read every detail.
	Contradiction string
}

// Detail is what a list does not tell of a server.
type Detail struct {
	UpdatedAt      string    `json:"updated_at"` // as the list told it
	BackupsEnabled bool      `json:"backups_enabled"`
	ReadAt         time.Time `json:"read_at"` // when that list was asked for
}

// proofs is how many details are read anew, although they could be reused, of so
// many: a handful, and one in a thousand of a large fleet.
func proofs(reusable int) int { return min(max(5, reusable/1000), reusable) }

// recall puts what is remembered in its place and returns the ids of the servers
// to be read: those that details asks for, but for those that are remembered to
// be as they should. One that is remembered to be otherwise is read, so that no
// change rests on memory.
func (m *Memory) recall(s snapshot, details func([]planner.Server) []string) []string {
	ids := details(s.servers)
	if m == nil {
		return ids
	}
	for _, id := range m.reusable(ids, s) {
		on := m.Details[id].BackupsEnabled
		s.servers[s.at[id]].BackupsEnabled = &on
	}
	return details(s.servers)
}

// reusable are those of the ids whose details need not be read: remembered, not
// too old, of a server that is listed with the same updated_at, and not among
// the oldest, which are read to prove the rest. Where the clock was set back, an
// age is negative and tells nothing.
func (m *Memory) reusable(ids []string, s snapshot) []string {
	var young []string
	for _, id := range ids {
		d, known := m.Details[id]
		age := s.asked.Sub(d.ReadAt)
		if known && d.UpdatedAt == s.updatedAt(id) && age >= 0 && age < m.MaxAge {
			young = append(young, id)
		}
	}
	slices.SortStableFunc(young, func(a, b string) int { return m.Details[a].ReadAt.Compare(m.Details[b].ReadAt) })
	return young[proofs(len(young)):]
}

// learn remembers the details that a look has read, and forgets servers that are
// gone or have changed. It reports false, and forgets all, where one of them
// contradicts what was remembered of it.
func (m *Memory) learn(s snapshot, read []string) bool {
	if m == nil {
		return true
	}
	learnt := make(map[string]Detail, len(m.Details))
	for id, d := range m.Details {
		if d.UpdatedAt == s.updatedAt(id) {
			learnt[id] = d
		}
	}
	for _, id := range read {
		live := s.servers[s.at[id]]
		old, known := learnt[id]
		delete(learnt, id)
		switch on := live.BackupsEnabled; {
		case on == nil:
		case known && old.BackupsEnabled != *on:
			m.Details, m.Contradiction = nil, live.Name
			return false
		case s.quiet(id):
			learnt[id] = Detail{s.updatedAt(id), *on, s.asked.UTC().Truncate(time.Second)}
		}
	}
	m.Details = learnt
	return true
}

// quiet reports whether a server was changed so long before the list was asked
// for that its next change moves updated_at for certain: that counts in seconds,
// and by another clock.
func (s snapshot) quiet(id string) bool {
	at, err := time.Parse(time.RFC3339, s.updatedAt(id))
	return err == nil && s.asked.Sub(at) >= time.Minute
}
