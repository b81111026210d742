package fleet

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

var entryFields = []Field{
	FieldPlan, FieldOS, FieldLocation, FieldHostname, FieldSSHKey, FieldBackupsEnabled,
	FieldStatus, FieldRebootOn, FieldReplace, FieldReplaceFailed, FieldIgnore, FieldReady, FieldLabels, FieldID, FieldRenamedFrom, FieldAbsent,
}

// unmanaged switches the default of a field off in one entry.
const unmanaged = "unmanaged"

// body is what an entry says, over what defaults say, before names are known.
type body struct {
	server      Server
	hostname    template
	renamedFrom template
	id          node
	at          []FieldPos // the fields that it writes itself
}

// written is the body as a server without a name.
func (b *body) written() Server {
	s := b.server
	if n := b.hostname.node; n.Node != nil {
		s.Hostname = &n.Value
	}
	return s
}

// body reads the value of an entry. One that aliases repeat is read once.
func (r *reader) body(n node) body {
	if b, ok := r.shared[n.Node]; ok {
		return b
	}
	b := r.defaults
	b.at = make([]FieldPos, 0, len(n.Content)/2)
	if !blank(n.Node) {
		r.fields(&b, n)
	}
	if n.Anchor != "" {
		r.shared[n.Node] = b
	}
	return b
}

func (r *reader) fields(b *body, n node) {
	var beside []node
	labelled := false // by the entry itself
	if n.Kind == yaml.ScalarNode {
		r.problemf(n, "indent fields under the name of their server", "a server must be a mapping of fields, not %s", kind(n))
		return
	}
	for key, value := range r.pairs(n, "a server") {
		r.field(b, key, value)
		switch Field(key.Value) {
		case FieldAbsent, FieldID:
		case FieldLabels:
			labelled = true
		default:
			beside = append(beside, key)
		}
	}
	if !b.server.Absent {
		return
	}
	for _, key := range beside {
		r.problemf(key, "an absent server has no field but id and labels", "%s beside absent: true", quoteless(key.Value))
	}
	absent := Server{ID: b.server.ID, Absent: true}
	if labelled {
		absent.Labels = b.server.Labels
	}
	*b = body{server: absent, id: b.id, at: b.at}
}

// field reads one field of an entry, or of the defaults.
func (r *reader) field(b *body, key, value node) {
	f, s := Field(key.Value), &b.server
	if plain(value.Node) && value.Value == unmanaged && r.unmanage(b, f, value) {
		b.at = append(b.at, FieldPos{Field: f})
		return
	}
	b.at = append(b.at, FieldPos{f, value.pos()})
	switch f {
	case FieldPlan:
		s.Plan = r.ref(value, f)
	case FieldOS:
		s.OS = r.ref(value, f)
	case FieldSSHKey:
		s.SSHKey = r.ref(value, f)
	case FieldLocation:
		s.Location = r.word(value, key.Value)
	case FieldHostname:
		b.hostname = r.template(value, key.Value)
	case FieldBackupsEnabled:
		on := r.bool(value, key.Value)
		s.BackupsEnabled = &on
	case FieldStatus:
		s.Status = Status(r.choice(value, key.Value, string(StatusActive), string(StatusStopped)))
	case FieldRebootOn:
		s.RebootOn = r.fieldList(value, f, rebootFields)
	case FieldReplace:
		s.Replace = Replace(r.choice(value, key.Value, "never", string(ReplaceDeleteFirst), string(ReplaceCreateFirst)))
		if s.Replace == "never" {
			s.Replace = ReplaceNever
		}
	case FieldReplaceFailed:
		s.ReplaceFailed = r.bool(value, key.Value)
	case FieldReady:
		s.Ready = r.probes(value, key.Value)
	case FieldLabels:
		r.labels(b, value)
	case FieldIgnore:
		s.Ignore = r.fieldList(value, f, ignoreFields)
	case FieldID, FieldRenamedFrom, FieldAbsent:
		if b == &r.defaults {
			r.problemf(key, "write it in an entry", "%s cannot be a default: it is one server's own", f)
		} else {
			r.ownField(b, f, value)
		}
	default:
		hint := didYouMean(key.Value, entryFields)
		if f == FieldName {
			hint = "the name of a server is the key of its entry"
		}
		r.problemf(key, hint, "unknown key %s", quote(key.Value))
	}
}

// unmanage leaves a field out that the defaults give, and reports whether that is
// what the word means for this field.
func (r *reader) unmanage(b *body, f Field, value node) bool {
	switch f {
	case FieldHostname:
		b.hostname = template{}
	case FieldBackupsEnabled:
		b.server.BackupsEnabled = nil
	case FieldStatus:
		b.server.Status = StatusAny
	case FieldSSHKey:
		b.server.SSHKey = Ref{}
	case FieldPlan, FieldOS, FieldLocation:
		r.problemf(value, fmt.Sprintf("ignore: [%s] uses it at create and leaves it alone afterwards", f), "a create needs %s, so it cannot be unmanaged", f)
	default:
		return false
	}
	return true
}

// ownField reads a field that defaults cannot give.
func (r *reader) ownField(b *body, f Field, value node) {
	switch f {
	case FieldID:
		b.server.ID, b.id = r.id(value, string(f)), value
	case FieldRenamedFrom:
		b.renamedFrom = r.template(value, string(f))
	case FieldAbsent:
		b.server.Absent = r.bool(value, string(f))
	}
}

func (r *reader) template(n node, what string) template {
	s, ok := r.text(n, what)
	if !ok {
		return template{}
	}
	t, bad := parseTemplate(s)
	if bad != nil {
		r.flaw(n, bad)
		return template{}
	}
	t.node = n
	return t
}

// flaw reports what is wrong inside a text, at its very character where the file
// shows the text as it is.
func (r *reader) flaw(n node, f *flaw) {
	column := n.Column
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		column += utf8.RuneCountInString(n.Value[:f.at])
	}
	if !plain(n.Node) {
		column++
	}
	r.problemAt(n, column, f.hint, "%s", f.message)
}

var (
	rebootFields = []string{string(FieldHostname), string(FieldName), string(FieldBackupsEnabled)}
	ignoreFields = []string{string(FieldPlan), string(FieldOS), string(FieldLocation)}
)

// fieldList reads a list of some of the fields of an entry.
func (r *reader) fieldList(n node, what Field, allowed []string) []Field {
	if len(n.Content) > len(allowed) {
		r.problemf(n, "", "%s lists more than its %d fields", what, len(allowed))
		return nil
	}
	fields := []Field{}
	for item := range r.items(n, string(what)) {
		name := Field(r.choice(item, "a field of "+string(what), allowed...))
		if slices.Contains(fields, name) {
			r.problemf(item, "", "%s lists %s twice", what, name)
		}
		fields = append(fields, name)
	}
	return fields
}
