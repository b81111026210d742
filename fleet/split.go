package fleet

import (
	"fmt"
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
	e, ok := l.entry(key)
	if !ok {
		return nil, l.missing(key)
	}
	p, bad := parsePattern(key)
	if bad != nil {
		return nil, l.missing(key)
	}
	flow := l.servers.Style&yaml.FlowStyle != 0
	start, end, between := l.start(e.key), l.pairEnd(e.key, e.value), ", "
	if !flow {
		if err := l.ownLines(e); err != nil {
			return nil, err
		}
		end, between = l.entryEnd(e), "\n"+strings.Repeat(" ", e.key.Column-1)
	}
	var parts []string
	for _, part := range l.cut(p, e, apart) {
		edits, err := l.set(e, part.Fields)
		if err != nil {
			return nil, err
		}
		edits = append(edits, Edit{start, l.end(e.key), quoteKey(part.Key, flow)})
		for i := range edits {
			edits[i].Start, edits[i].End = edits[i].Start-start, edits[i].End-start
		}
		text, err := Splice(l.file.data[start:end], edits)
		if err != nil {
			return nil, err
		}
		parts = append(parts, string(text))
	}
	if flow && l.gap(end) != "" {
		between = " , "
	}
	edits := []Edit{{start, end, strings.Join(parts, between)}}
	for _, a := range l.repeatsInside(e.value) {
		edits = append(edits, Edit{l.start(a), l.end(a), l.flow(a.Alias, nil)})
	}
	return l.original(edits), nil
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

// cut is the parts of a range in its order: what is to be apart, and ranges of what
// is between.
func (l *Layout) cut(p pattern, e entryNode, apart []NewEntry) []NewEntry {
	var parts []NewEntry
	from := 0
	rest := func(to int) {
		for _, key := range p.keys(from, to) {
			parts = append(parts, l.part(p, e, NewEntry{Key: key}))
		}
		from = to + 1
	}
	fieldsOf := func(i int) (fields []FieldText, ok bool) {
		name, _ := p.name(i)
		k := slices.IndexFunc(apart, func(a NewEntry) bool { return a.Key == name })
		if k < 0 {
			return nil, false
		}
		return apart[k].Fields, true
	}
	for i := 0; i < p.count(); i++ {
		fields, isApart := fieldsOf(i)
		if !isApart {
			continue
		}
		rest(i)
		end := i + 1
		for end < p.count() {
			if next, isApart := fieldsOf(end); !isApart || !slices.Equal(next, fields) {
				break
			}
			end++
		}
		for _, key := range p.keys(i, end) {
			parts = append(parts, l.part(p, e, NewEntry{Key: key, Fields: fields}))
		}
		from, i = end, end-1
	}
	rest(p.count())
	return parts
}

// keys list the names from the i-th to the one before the j-th.
func (p pattern) keys(i, j int) []string {
	var keys []string
	if len(p.ranges) == 1 && j-i > 1 {
		s := p.ranges[0]
		key := fmt.Sprintf("%s[%s:%s", p.literals[0], s.at(i), s.at(j-1))
		if s.step > 1 {
			key += fmt.Sprintf(":%d", s.step)
		}
		return []string{key + "]" + p.literals[1]}
	}
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
