package fleet

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Split lists some servers of a range by entries of their own, with other values
// for some of their fields; the others stay in ranges, and so do neighbours that get
// the same. Everything that the entry
// says is said of each part, comments included. The error is Problems, where the
// text would have to be written anew.
func (l *Layout) Split(key string, apart ...NewEntry) ([]Edit, error) {
	e, err := l.entry(key)
	if err != nil {
		return nil, err
	}
	p, bad := parsePattern(key)
	if bad != nil {
		return nil, l.refuse(e.key, bad.message)
	}
	flow := l.servers.Style&yaml.FlowStyle != 0
	start, end, between := l.start(e.key), l.pairEnd(e.key, e.value), ", "
	switch {
	case !flow:
		if err := l.ownLines(e); err != nil {
			return nil, err
		}
		end, between = l.entryEnd(e), "\n"+strings.Repeat(" ", e.key.Column-1)
	case l.gap(end) != "":
		between = " , "
	}
	var parts []string
	for _, part := range l.parts(p, e, apart) {
		edits, err := l.set(e, part.Fields)
		if err != nil {
			return nil, err
		}
		edits = append(edits, Edit{start, l.end(e.key), quoteKey(part.Key, flow)})
		for i := range edits {
			edits[i].Start, edits[i].End = edits[i].Start-start, edits[i].End-start
		}
		text, err := splice(l.file.data[start:end], edits)
		if err != nil {
			return nil, err
		}
		parts = append(parts, string(text))
	}
	edits := []Edit{{start, end, strings.Join(parts, between)}}
	return append(edits, l.writeOut(l.repeatsInside(e.value))...), nil
}

// repeatsInside are the aliases elsewhere of an entry and of anything in it.
func (l *Layout) repeatsInside(n *yaml.Node) []*yaml.Node {
	inside := map[*yaml.Node]bool{}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		inside[n] = true
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(n)
	var aliases []*yaml.Node
	for node := range inside {
		for _, a := range l.aliases[node] {
			if !inside[a] {
				aliases = append(aliases, a)
			}
		}
	}
	return aliases
}

// parts are the entries that a range is split into, in its order: a range or a name for
// each run of names that get the same fields.
func (l *Layout) parts(p pattern, e entryNode, apart []NewEntry) (parts []NewEntry) {
	fields := make(map[string][]FieldText, len(apart))
	for _, a := range apart {
		fields[a.Key] = a.Fields
	}
	fieldsOf := func(i int) []FieldText {
		name, _ := p.name(i)
		return fields[name]
	}
	for i, end := 0, 0; i < p.count(); i = end {
		for end = i + 1; end < p.count() && slices.Equal(fieldsOf(end), fieldsOf(i)); {
			end++
		}
		for _, key := range p.keys(i, end) {
			parts = append(parts, l.part(p, e, NewEntry{Key: key, Fields: fieldsOf(i)}))
		}
	}
	return parts
}

// keys list the names from the i-th to the one before the j-th.
func (p pattern) keys(i, j int) []string {
	if len(p.ranges) == 1 && j-i > 1 {
		s := p.ranges[0]
		return []string{rangeKey(p.literals[0], s.at(i), s.at(j-1), s.step, p.literals[1])}
	}
	var keys []string
	for ; i < j; i++ {
		name, _ := p.name(i)
		keys = append(keys, name)
	}
	return keys
}

// part writes out what stands for a value of a range, where the part is no range.
func (l *Layout) part(p pattern, e entryNode, part NewEntry) NewEntry {
	if strings.ContainsRune(part.Key, '[') {
		return part
	}
	for _, f := range []Field{FieldHostname, FieldRenamedFrom} {
		value := l.says(e, f)
		if value == nil || slices.ContainsFunc(part.Fields, func(x FieldText) bool { return x.Field == f }) {
			continue
		}
		t, bad := parseTemplate(value.Value)
		if bad != nil || t.most == 0 {
			continue
		}
		for i := range p.count() {
			if name, values := p.name(i); name == part.Key && t.most <= len(values) {
				part.Fields = append(part.Fields[:len(part.Fields):len(part.Fields)], FieldText{f, QuoteText(t.expand(name, values))})
			}
		}
	}
	return part
}

// says is the value of a field in an entry, or in the defaults of the same file.
func (l *Layout) says(e entryNode, f Field) *yaml.Node {
	follow := func(n *yaml.Node) *yaml.Node {
		if n != nil && n.Kind == yaml.AliasNode {
			return n.Alias
		}
		return n
	}
	if value := child(follow(e.value), string(f)); value != nil {
		return follow(value)
	}
	if defaults := child(l.root, "defaults"); defaults != nil {
		return follow(child(follow(defaults), string(f)))
	}
	return nil
}
