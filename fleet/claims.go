package fleet

import "strings"

// rename is one server that is to take its name from another.
type rename struct {
	from, to string
	node     node
}

// claim adds a server to the fleet, unless another has its name, its id or its
// former name.
func (r *reader) claim(s Server, key node, b body) {
	if other, taken := r.takeName(s); taken {
		r.sameName(key, s, *other)
		return
	}
	r.fleet.Servers = append(r.fleet.Servers, s)
	if s.ID != "" {
		if first, taken := r.pins[s.ID]; taken {
			r.problemf(b.id, "", "id %s pins two servers; first at %s", quote(s.ID), first.pos())
		}
		r.pins[s.ID] = b.id
	}
	if n := b.renamedFrom.node; s.RenamedFrom != "" {
		if first, taken := r.past[s.RenamedFrom]; taken {
			r.problemf(n, "", "two servers are renamed from %s; first at %s", quote(s.RenamedFrom), first.pos())
		}
		r.past[s.RenamedFrom] = n
		r.renames = append(r.renames, rename{s.RenamedFrom, s.Name, n})
	}
}

// takeName notes the name of the server that is added next, or gives the one that
// has it already. Names that differ only in case are easily mixed up, so they are
// for servers that are told apart by id.
func (r *reader) takeName(s Server) (other *Server, taken bool) {
	lower, next := strings.ToLower(s.Name), len(r.fleet.Servers)
	i, taken := r.names[lower]
	if !taken {
		r.names[lower] = next
		return nil, false
	}
	if other, taken = r.listedAs(s.Name); taken {
		return other, true
	}
	if other = &r.fleet.Servers[i]; s.ID == "" || other.ID == "" {
		return other, true
	}
	r.cased[s.Name] = next
	return nil, false
}

// listedAs finds the server of exactly this name.
func (r *reader) listedAs(name string) (*Server, bool) {
	i, ok := r.names[strings.ToLower(name)]
	if !ok {
		return nil, false
	}
	if j, cased := r.cased[name]; cased {
		i = j
	}
	return &r.fleet.Servers[i], r.fleet.Servers[i].Name == name
}

func (r *reader) sameName(key node, s, other Server) {
	first := other.Source.Entry
	switch {
	case s.Name != other.Name:
		r.problemf(key, "choose names that differ in more, or pin both servers with id:", "%s and %s differ only in upper and lower case; first at %s",
			quote(s.Name), quote(other.Name), first)
	case s.Source == other.Source:
		r.problemf(key, "", "range %s gives the name %s twice", quote(key.Value), quote(s.Name))
	default:
		r.problemf(key, "", "server %s is listed twice; first at %s", quote(s.Name), first)
	}
}

// formerName checks what a server is renamed from. That name is never sent, so it
// may be one that the API would not take, if it is meant: in quotes.
func (r *reader) formerName(n node, s Server) bool {
	if odd := strings.IndexFunc(s.RenamedFrom, func(c rune) bool { return !nameRune(c) }); odd >= 0 && plain(n.Node) {
		r.problemf(n, "put it in quotes if its server has that name", "renamed_from: %s", oddRune(s.RenamedFrom, odd).message)
		return false
	}
	if s.RenamedFrom == s.Name {
		r.problemf(n, "", "server %s is renamed from itself", quote(s.Name))
		return false
	}
	return r.name(n, s.RenamedFrom)
}

// checkRenames refuses to take a name from a server that is itself listed.
func (r *reader) checkRenames() {
	for _, c := range r.renames {
		if s, listed := r.listedAs(c.from); listed {
			r.problemf(c.node, "leave out one of the two", "server %s is renamed from %s, which is listed itself at %s",
				quote(c.to), quote(c.from), s.Source.Entry)
		}
	}
}
