package planner

import (
	"cmp"
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

// byKey is a list by what key gives of each, the last of those of which it is the same.
func byKey[T any](list []T, key func(T) string) map[string]T {
	all := make(map[string]T, len(list))
	for _, x := range list {
		all[key(x)] = x
	}
	return all
}

// match is an entry with the live server that it stands for.
type match struct {
	entry   *fleet.Server
	live    *Server  // nil: there is none
	next    *Server  // NAME--next, which an unfinished create-first replacement has left
	blocked *Blocked // why no live server could be told; live and next are nil then
}

// matching is every entry's match, in the entries' order, and all servers that an
// entry stands for.
type matching struct {
	matches []match
	matched map[*Server]bool
}

// matchAll finds each entry's live server: by id where the entry gives one, else
// by exact name, else by the name it was renamed from, else by the name of an
// unfinished replacement. What is matched in a stronger way by any entry
// is not matched in a weaker one by another.
func matchAll(f *fleet.Fleet, w *world) matching {
	m := matching{matches: make([]match, len(f.Servers)), matched: make(map[*Server]bool, len(f.Servers))}
	for i := range f.Servers {
		m.matches[i].entry = &f.Servers[i]
		m.byID(&m.matches[i], w)
	}
	m.byName(w, func(e *fleet.Server) string { return e.Name })
	m.byName(w, func(e *fleet.Server) string { return e.RenamedFrom })
	for i := range m.matches {
		m.byNextName(&m.matches[i], w)
	}
	return m
}

// labels are those of the live servers' entries.
func (m matching) labels() map[*Server]fleet.Labels {
	labels := make(map[*Server]fleet.Labels)
	for _, x := range m.matches {
		for _, s := range []*Server{x.live, x.next} {
			if s != nil {
				labels[s] = x.entry.Labels
			}
		}
	}
	return labels
}

// byID matches an entry that gives its live server's id.
func (m *matching) byID(x *match, w *world) {
	if x.entry.ID == "" {
		return
	}
	live, ok := w.byID[x.entry.ID]
	switch {
	case ok:
		x.live = live
		m.matched[live] = true
	case !x.entry.Absent:
		r := reasonAt(CodeUnknownID, x.entry, fleet.FieldID)
		r.Servers = []Other{{ID: x.entry.ID}}
		x.blocked = &Blocked{Name: x.entry.Name, Reason: r}
	}
}

// byName matches every entry that has no server yet with the one unmatched server
// of the name that by gives.
func (m *matching) byName(w *world, by func(*fleet.Server) string) {
	for i := range m.matches {
		x := &m.matches[i]
		name := by(x.entry)
		if x.live != nil || x.blocked != nil || x.entry.ID != "" || name == "" {
			continue
		}
		free := slices.DeleteFunc(slices.Clone(w.byName[name]), func(s *Server) bool { return m.matched[s] })
		switch len(free) {
		case 0:
		case 1:
			x.live = free[0]
		default:
			x.blocked = w.duplicates(CodeDuplicates, x.entry, name, free)
		}
		for _, s := range free {
			m.matched[s] = true
		}
	}
}

// duplicates blocks an entry whose name several servers bear. Each of them is billed.
func (w *world) duplicates(c Code, e *fleet.Server, name string, servers []*Server) *Blocked {
	b := &Blocked{Name: e.Name, Reason: reasonAt(c, e, fleet.FieldName)}
	b.Reason.Name = name
	for _, s := range servers {
		b.IDs = append(b.IDs, s.ID)
		b.Reason.Servers = append(b.Reason.Servers, Other{ID: s.ID, Monthly: monthlyPrice(w.offers, s.Plan.ID)})
	}
	return b
}

// byNextName finds what an unfinished create-first replacement has left.
func (m *matching) byNextName(x *match, w *world) {
	if x.entry.Replace != fleet.ReplaceCreateFirst || x.entry.Absent || x.blocked != nil {
		return
	}
	name := x.entry.Name + fleet.NextSuffix
	switch found := w.byName[name]; len(found) {
	case 0:
	case 1:
		if !m.matched[found[0]] {
			x.next = found[0]
			m.matched[found[0]] = true
		}
	default:
		x.live = nil
		x.blocked = w.duplicates(CodeNextDuplicates, x.entry, name, found)
		for _, s := range found {
			m.matched[s] = true
		}
	}
}
