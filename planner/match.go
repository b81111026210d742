package planner

import "github.com/vps-fleet/fleet/fleet"

// match is an entry with the live server that it stands for.
type match struct {
	entry   *fleet.Server
	live    *Server  // nil: there is none
	next    *Server  // NAME--next, which an unfinished create-first replacement has left
	blocked *Blocked // why no live server could be told; live and next are nil then
}

// matching has the match of every entry, and the entry of every matched server.
type matching struct {
	matches []match                   // in the entries' order
	entries map[*Server]*fleet.Server // nil for a server that is one of several an entry may mean
	offers  []Offer
}

// has reports whether a server is one that an entry may mean.
func (m matching) has(s *Server) bool { _, ok := m.entries[s]; return ok }

// matchAll finds each entry's live server: by id where the entry gives one, else
// by exact name, else by the name it was renamed from, else by the name of an
// unfinished replacement. What is matched in a stronger way by any entry
// is not matched in a weaker one by another.
func matchAll(f *fleet.Fleet, w World, offers []Offer) matching {
	m := matching{offers: offers, matches: make([]match, len(f.Servers)), entries: make(map[*Server]*fleet.Server, len(f.Servers))}
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

// byID matches an entry that gives its live server's id.
func (m *matching) byID(x *match, w World) {
	if x.entry.ID == "" {
		return
	}
	live, ok := w.byID[x.entry.ID]
	switch {
	case ok:
		x.live = live
		m.entries[live] = x.entry
	case !x.entry.Absent:
		r := reasonAt(CodeUnknownID, x.entry, fleet.FieldID)
		r.Servers = []Other{{ID: x.entry.ID}}
		x.blocked = &Blocked{Name: x.entry.Name, Reason: r}
	}
}

// byName matches every entry that has no server yet with the one unmatched server
// whose name nameOf returns; several block the entry.
func (m *matching) byName(w World, nameOf func(*fleet.Server) string) {
	for i := range m.matches {
		x := &m.matches[i]
		name := nameOf(x.entry)
		if x.live != nil || x.blocked != nil || x.entry.ID != "" || name == "" {
			continue
		}
		free := keep(w.byName[name], func(s *Server) bool { return !m.has(s) })
		switch len(free) {
		case 0:
		case 1:
			x.live = free[0]
			m.entries[x.live] = x.entry
		default:
			m.block(x, CodeDuplicates, name, free)
		}
	}
}

// block leaves an entry without a server, because several have its name. Each of them
// is billed.
func (m *matching) block(x *match, c Code, name string, servers []*Server) {
	b := &Blocked{Name: x.entry.Name, Reason: reasonAt(c, x.entry, fleet.FieldName)}
	b.Reason.Name = name
	if x.live != nil {
		m.entries[x.live] = nil
	}
	for _, s := range servers {
		offer, _ := m.offer(s.Plan.ID)
		b.IDs = append(b.IDs, s.ID)
		b.Reason.Servers = append(b.Reason.Servers, Other{ID: s.ID, Monthly: offer.Monthly})
		if !m.has(s) {
			m.entries[s] = nil
		}
	}
	x.live, x.blocked = nil, b
}

// byNextName finds what an unfinished create-first replacement has left.
func (m *matching) byNextName(x *match, w World) {
	if x.entry.Replace != fleet.ReplaceCreateFirst || x.entry.Absent || x.blocked != nil {
		return
	}
	name := x.entry.Name + fleet.NextSuffix
	switch found := w.byName[name]; len(found) {
	case 0:
	case 1:
		if !m.has(found[0]) {
			x.next = found[0]
			m.entries[x.next] = x.entry
		}
	default:
		m.block(x, CodeNextDuplicates, name, found)
	}
}

// Entries are the entries of a fleet by the id of the live server that each stands
// for. A server that an unfinished replacement has made stands for its entry, too.
func Entries(f *fleet.Fleet, servers []Server) map[string]*fleet.Server {
	entries := make(map[string]*fleet.Server)
	for s, e := range matchAll(f, NewWorld(servers...), nil).entries {
		if e != nil {
			entries[s.ID] = e
		}
	}
	return entries
}
