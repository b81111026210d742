package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// nameMark stands for the name of each server in a group's values.
const nameMark = "{name}"

// withMarks is a fact with the mark in the place of its server's name, in all
// values that a file may make of the name. It adds up how many marks it has set.
func (f fact) withMarks(marks *int) *fact {
	m := nameMarker{f.Member.Name, marks}
	f.Fields = m.fields(f.Fields)
	if f.Spec != nil {
		spec := *f.Spec
		spec.Hostname = m.pointer(spec.Hostname)
		f.Spec = &spec
	}
	if f.Live != nil {
		live := *f.Live
		live.Hostname = m.pointer(live.Hostname)
		f.Live = &live
	}
	f.What, f.Why = new(m.reason(*f.What)), new(m.reason(*f.Why))
	return &f
}

// nameMarker sets marks in the place of one name.
type nameMarker struct {
	name  string
	marks *int
}

func (m nameMarker) text(s string) string {
	text, n := withoutName(s, m.name)
	*m.marks += n
	return text
}

func (m nameMarker) pointer(s *string) *string {
	if s == nil {
		return nil
	}
	return new(m.text(*s))
}

func (m nameMarker) fields(fields []planner.FieldChange) []planner.FieldChange {
	fields = slices.Clone(fields)
	for i := range fields {
		f := &fields[i]
		for _, v := range []*planner.Value{&f.From, &f.To} {
			if text, ok := v.AsText(); ok {
				*v = planner.Text(m.text(text))
			}
		}
	}
	return fields
}

// reason marks a reason. The names of other servers are in no key, so their marks
// do not count.
func (m nameMarker) reason(r planner.Reason) planner.Reason {
	r.Name, r.Fields = m.text(r.Name), m.fields(r.Fields)
	r.Servers = slices.Clone(r.Servers)
	for i := range r.Servers {
		r.Servers[i].Name, _ = withoutName(r.Servers[i].Name, m.name)
	}
	return r
}

// withoutName puts the mark in the place of a name, where that stands by itself or
// begins the name of its replacement: not in the place of the web-1 in web-10. It
// tells how often it did.
func withoutName(text, name string) (marked string, n int) {
	if name == "" || !strings.Contains(text, name) {
		return text, 0
	}
	var b strings.Builder
	rest := 0 // what is not written yet
	for at := 0; ; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return b.String() + text[rest:], n
		}
		start, end := at+i, at+i+len(name)
		at = start + 1
		if (start == 0 || !partOfName(text[start-1])) && (end == len(text) || !partOfName(text[end]) || strings.HasPrefix(text[end:], fleet.NextSuffix)) {
			b.WriteString(text[rest:start] + nameMark)
			rest, at = end, end
			n++
		}
	}
}

func partOfName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-'
}

// places are where the same stands in a file for one server or for several.
type places struct{ first, last fleet.Pos }

func newPlaces(at fleet.Pos) places { return places{at, at} }

func (p *places) add(at fleet.Pos) {
	if at.Line < p.first.Line {
		p.first = at
	}
	if at.Line > p.last.Line {
		p.last = at
	}
}

// String is the place of all, or the lines from the first to the last: fleet.yaml:3…9.
func (p places) String() string {
	if p.first.Line == p.last.Line {
		return p.first.String()
	}
	return fmt.Sprintf("%s:%d…%d", p.first.File, p.first.Line, p.last.Line)
}
