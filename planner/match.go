package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// world is an observation's servers, indexed.
type world struct {
	offers  []Offer
	servers []*Server // by name, then id
	World
}

func newWorld(o Observation) *world {
	servers := o.Servers
	w := &world{
		offers:  o.Offers,
		servers: make([]*Server, len(servers)),
	}
	for i := range servers {
		w.servers[i] = &servers[i]
	}
	slices.SortFunc(w.servers, func(a, b *Server) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	w.World = index(w.servers)
	return w
}

// match is an entry with the live server that it stands for.
type match struct {
	entry   *fleet.Server
	live    *Server  // nil: there is none
	next    *Server  // NAME--next, which an unfinished create-first replacement has left
	blocked *Blocked // why no live server could be told; live and next are nil then
}

// matching is every entry's match, in the entries' order, and who is spoken for.
type matching struct {
	matches []match
	claimed map[*Server]bool
}

// matchAll finds each entry's live server: by id where the entry pins one, else
// by exact name, else by the name it was renamed from, else by the name of an
// unfinished replacement. A stronger claim of any entry goes before a weaker one
// of any other.
func matchAll(f *fleet.Fleet, w *world) matching {
	m := matching{matches: make([]match, len(f.Servers)), claimed: make(map[*Server]bool, len(f.Servers))}
	for i := range f.Servers {
		m.matches[i].entry = &f.Servers[i]
		m.pin(&m.matches[i], w)
	}
	m.claim(w, func(e *fleet.Server) string { return e.Name })
	m.claim(w, func(e *fleet.Server) string { return e.RenamedFrom })
	for i := range m.matches {
		m.claimNext(&m.matches[i], w)
	}
	return m
}

// pin matches an entry that names its live server's id.
func (m *matching) pin(x *match, w *world) {
	if x.entry.ID == "" {
		return
	}
	live, ok := w.byID[x.entry.ID]
	switch {
	case ok:
		x.live = live
		m.claimed[live] = true
	case !x.entry.Absent:
		x.blocked = &Blocked{
			Name: x.entry.Name, At: x.entry.Source.At(fleet.FieldID).String(),
			Reason: fmt.Sprintf("no live server has the id %s", x.entry.ID),
			Hint:   "correct the id, or remove the line to match by name or create the server",
		}
	}
}

// claim matches every entry that has no server yet with the one unclaimed server
// of the name that by gives.
func (m *matching) claim(w *world, by func(*fleet.Server) string) {
	for i := range m.matches {
		x := &m.matches[i]
		name := by(x.entry)
		if x.live != nil || x.blocked != nil || x.entry.ID != "" || name == "" {
			continue
		}
		free := slices.DeleteFunc(slices.Clone(w.byName[name]), func(s *Server) bool { return m.claimed[s] })
		switch len(free) {
		case 0:
		case 1:
			x.live = free[0]
		default:
			x.blocked = w.twins(x.entry, name, free)
		}
		for _, s := range free {
			m.claimed[s] = true
		}
	}
}

// twins blocks an entry whose name several servers bear. Each of them is billed.
func (w *world) twins(e *fleet.Server, name string, servers []*Server) *Blocked {
	b := &Blocked{Name: e.Name, At: e.Source.Entry.String()}
	var each []string
	for _, s := range servers {
		b.IDs = append(b.IDs, s.ID)
		each = append(each, fmt.Sprintf("%s (%s)", s.ID, MonthlyPrice(w.offers, s.Plan.ID)))
	}
	b.Reason = fmt.Sprintf("%d live servers are named %s: ids %s", len(b.IDs), name, strings.Join(each, ", "))
	b.Hint = fmt.Sprintf("write id: %s (or another of them) in the entry at %s to say which one is meant", b.IDs[0], b.At)
	return b
}

// claimNext finds what an unfinished create-first replacement has left.
func (m *matching) claimNext(x *match, w *world) {
	if x.entry.Replace != fleet.ReplaceCreateFirst || x.entry.Absent || x.blocked != nil {
		return
	}
	name := x.entry.Name + fleet.NextSuffix
	switch found := w.byName[name]; len(found) {
	case 0:
	case 1:
		if !m.claimed[found[0]] {
			x.next = found[0]
			m.claimed[found[0]] = true
		}
	default:
		x.live = nil
		x.blocked = w.twins(x.entry, name, found)
		x.blocked.Hint = "an unfinished replacement is not clear; delete all but one of them"
		for _, s := range found {
			m.claimed[s] = true
		}
	}
}
