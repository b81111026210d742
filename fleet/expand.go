package fleet

import (
	"slices"
	"strings"
)

const (
	maxServers = 200_000
	maxName    = 255 // characters of a server's name
)

// expand makes the servers of one entry.
func (r *reader) expand(e pair) {
	b := r.body(e.value)
	p, ok := r.pattern(e.key, b)
	if !ok || !r.fits(b.hostname, p, e.key) || !r.fits(b.renamedFrom, p, e.key) {
		return
	}
	r.checkOwnLabels(e.key, &b.server)
	source := &Source{Entry: e.key.pos(), Fields: b.at}
	if !b.server.Absent {
		source.Defaults = r.defaults.at
	}
	r.fleet.Servers = slices.Grow(r.fleet.Servers, p.count())
	for i := range p.count() {
		name, values := p.name(i)
		if !r.name(e.key, name) {
			return
		}
		s := b.server
		s.Name, s.Source = name, source
		r.fill(&s, &b, values)
		r.claim(s, e.key, b)
	}
}

// fill puts in what has placeholders. A text that comes out wrong is told once,
// and not tried again for the rest of its range.
func (r *reader) fill(s *Server, b *body, values []string) {
	if t := b.hostname; t.node.Node != nil {
		h := t.expand(s.Name, values)
		if bad, hint := badHostname(h); bad != "" {
			r.problemf(t.node, hint, "hostname %s %s", quote(h), bad)
			b.hostname = template{}
		}
		s.Hostname = &h
	}
	if t := b.renamedFrom; t.node.Node != nil {
		s.RenamedFrom = t.expand(s.Name, values)
		if !r.formerName(t.node, *s) {
			b.renamedFrom, s.RenamedFrom = template{}, ""
		}
	}
}

// pattern reads the key of an entry, and refuses more servers than a fleet has.
func (r *reader) pattern(key node, b body) (pattern, bool) {
	if len(key.Value) > maxText {
		r.problemf(key, "", "name %s has %d characters; at most %d are allowed", quote(key.Value), len(key.Value), maxName)
		return pattern{}, false
	}
	p, bad := parsePattern(key.Value)
	switch {
	case bad == nil:
	case b.server.ID != "" && !plain(key.Node): // its server has that name already, so it is never sent
		if _, ok := r.text(key, "a name"); !ok {
			return p, false
		}
		p = pattern{literals: []string{key.Value}}
	default:
		r.flaw(key, bad)
		return p, false
	}
	n := p.count()
	if n > maxServers-r.made {
		r.problemf(key, "", "with server %s the fleet would have more than %d servers", quote(key.Value), maxServers)
		return p, false
	}
	r.made += n
	if b.server.ID != "" && len(p.ranges) > 0 {
		r.problemf(key, "list the server by its own name", "range %s has an id, which pins a single server", quote(key.Value))
		return p, false
	}
	return p, true
}

// fits reports a placeholder for a range that the name does not have.
func (r *reader) fits(t template, p pattern, key node) bool {
	if t.most <= len(p.ranges) {
		return true
	}
	r.problemf(t.node, "{name} is the whole name", "{%d} stands for a range, and server %s has %s", t.most, quote(key.Value), plural(len(p.ranges), "range"))
	return false
}

// name checks a name that ranges or placeholders have made.
func (r *reader) name(n node, name string) bool {
	switch {
	case name == "":
		r.problemf(n, "", "a name is empty")
	case len(name) > maxName:
		r.problemf(n, "", "name %s has %d characters; at most %d are allowed", quote(name), len(name), maxName)
	case strings.HasSuffix(name, NextSuffix):
		r.problemf(n, "choose another name", "name %s ends in %s, which marks an unfinished replacement", quote(name), NextSuffix)
	default:
		return true
	}
	return false
}
