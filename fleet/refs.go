package fleet

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

var (
	catalogKeys = []string{"plans", "os", "ssh_keys"}
	catalogOf   = map[Field]string{FieldPlan: "plans", FieldOS: "os", FieldSSHKey: "ssh_keys"}
)

var (
	digitsPattern = regexp.MustCompile(`^[-+]?[0-9]+$`)
	numberPattern = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)
	uuidPattern   = regexp.MustCompile(`^[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$`)
)

// readCatalog takes in the account's ids by name.
func (r *reader) readCatalog(n node) {
	for key, names := range r.known(n, "catalog", catalogKeys) {
		ids, what := r.catalog[key.Value], "catalog."+key.Value
		for name, id := range r.pairs(names, what) {
			s, ok := r.text(name, "a name in "+what)
			if ok && plain(name.Node) && digitsPattern.MatchString(s) {
				r.problemf(name, "give it a name that is no number", "%s in %s is an id, not a name", quote(s), what)
			}
			if r.once(what+".", name) {
				ids[s] = r.catalogID(id, what+"."+s)
			}
		}
	}
}

// catalogID reads an id that a name stands for. Another name is easily written in
// its place, so text that does not look like an id must be in quotes.
func (r *reader) catalogID(n node, what string) string {
	s := r.id(n, what)
	if s != "" && plain(n.Node) && !digitsPattern.MatchString(s) && !uuidPattern.MatchString(s) {
		r.problemf(n, fmt.Sprintf("write the id, such as 1; an id that is text stands in quotes: %q", s), "%s is a name, not an id: %s", quoteless(what), quote(s))
	}
	return s
}

// id reads an id of the API's: a whole number, or a text such as a UUID.
func (r *reader) id(n node, what string) string {
	s := r.word(n, quoteless(what))
	r.number(n, what, s)
	return s
}

// number reports whether a text is written as a number, and refuses numbers that
// would read differently elsewhere.
func (r *reader) number(n node, what, s string) bool {
	if !plain(n.Node) || !digitsPattern.MatchString(s) {
		return false
	}
	if !numberPattern.MatchString(s) {
		r.problemf(n, "put it in quotes if it is text", "%s is a number with a sign or leading zeros: %s", quoteless(what), quote(s))
	}
	return true
}

// ref reads a plan, an operating system or an SSH key. A whole number is an id,
// any other text a name; a name that the catalog lacks stays one for the planner
// to look up, unless it has the form of a UUID.
func (r *reader) ref(n node, f Field) Ref {
	s, ok := r.text(n, string(f))
	if !ok || r.number(n, string(f), s) {
		return Ref{ID: s}
	}
	switch {
	case s == "":
		r.problemf(n, "give it a value, or leave the key out", "%s is empty", f)
	case plain(n.Node) && (n.Tag == "!!bool" || n.Tag == "!!float"):
		r.problemf(n, "write an id or a name; a name that looks so needs quotes", "%s is neither an id nor a name: %s", f, quote(s))
	}
	names := r.catalog[catalogOf[f]]
	switch id, ok := names[s]; {
	case ok:
		return Ref{ID: id, Name: s}
	case uuidPattern.MatchString(s):
		return Ref{ID: s}
	case f == FieldSSHKey && !r.partial:
		hint := didYouMean(s, slices.Sorted(maps.Keys(names)))
		switch {
		case numberPattern.MatchString(s):
			hint = "write an id without quotes"
		case hint == "":
			hint = "the API does not list SSH keys: write the key's id, or add the name under catalog.ssh_keys"
		}
		r.problemf(n, hint, "the catalog has no SSH key %s", quote(s))
	case len(names) > 0 && !r.partial:
		known := slices.Sorted(maps.Keys(names))
		hint := didYouMean(s, known)
		if hint == "" {
			hint = fmt.Sprintf("only plan can tell whether the API knows it; the nearest in the catalog is %q", nearest(s, known))
		}
		r.warnf(n, hint, "%s %s is not in the catalog", f, quote(s))
	}
	return Ref{Name: s}
}

// quoteless shows a key inside a message as it stands, escaped and cut.
func quoteless(s string) string {
	q := quote(s)
	return q[1 : len(q)-1]
}
