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
	lower := strings.ToLower(s.Name)
	if i, taken := r.names[lower]; taken {
		r.sameName(key, s, r.fleet.Servers[i])
		return
	}
	r.names[lower] = len(r.fleet.Servers)
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

func (r *reader) sameName(key node, s, other Server) {
	first := other.Source.Entry
	switch {
	case s.Name != other.Name:
		r.problemf(key, "choose names that differ in more", "%s and %s differ only in upper and lower case; first at %s",
			quote(s.Name), quote(other.Name), first)
	case s.Source == other.Source:
		r.problemf(key, "", "range %s gives the name %s twice", quote(key.Value), quote(s.Name))
	default:
		r.problemf(key, "", "server %s is listed twice; first at %s", quote(s.Name), first)
	}
}

// formerName checks what a server is renamed from.
func (r *reader) formerName(n node, s Server) bool {
	if odd := strings.IndexFunc(s.RenamedFrom, func(c rune) bool { return !nameRune(c) }); odd >= 0 {
		r.problemf(n, "", "renamed_from: %s", oddRune(s.RenamedFrom, odd).message)
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
		i, ok := r.names[strings.ToLower(c.from)]
		if !ok || r.fleet.Servers[i].Name != c.from {
			continue
		}
		r.problemf(c.node, "leave out one of the two", "server %s is renamed from %s, which is listed itself at %s",
			quote(c.to), quote(c.from), r.fleet.Servers[i].Source.Entry)
	}
}
