package fleet

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// Set gives fields of an entry other values, or writes them where only the defaults
// say something. What is repeated elsewhere by alias is written out there, so that
// no other entry changes. The error is Problems, where the text would have to be
// written anew.
func (l *Layout) Set(key string, fields ...FieldText) ([]Edit, error) {
	e, err := l.entry(key)
	if err != nil {
		return nil, err
	}
	edits, err := l.set(e, fields)
	if err != nil {
		return nil, err
	}
	return append(edits, l.writeOut(l.repeats(e.value, fields))...), nil
}

// writeOut writes what aliases repeat in their places.
func (l *Layout) writeOut(aliases []*yaml.Node) (edits []Edit) {
	for _, a := range aliases {
		edits = append(edits, Edit{l.start(a), l.end(a), l.flow(a.Alias, nil)})
	}
	return edits
}

// set changes the fields of one entry.
func (l *Layout) set(e entryNode, fields []FieldText) ([]Edit, error) {
	switch v := e.value; {
	case len(fields) == 0:
		return nil, nil
	case v.Kind == yaml.AliasNode && v.Alias.Kind == yaml.MappingNode:
		return []Edit{{l.start(v), l.end(v), l.flow(v.Alias, fields)}}, nil
	case empty(v):
		at := l.pairEnd(e.key, v)
		text := " " + flowFields(fields)
		if l.file.data[at-1] != ':' && v.Anchor == "" {
			text = ":" + text // a key of a flow mapping without a value
		}
		return insertion(at, text), nil
	case blank(v):
		return []Edit{{l.bare(v), l.end(v), flowFields(fields)}}, nil
	case v.Kind != yaml.MappingNode:
		return nil, l.refuse(v, "this entry cannot be changed as it is written here")
	}
	var edits []Edit
	var added []FieldText
	for _, f := range fields {
		k, old := pairOf(e.value, string(f.Field))
		if k == nil {
			added = append(added, f)
			continue
		}
		edit, err := l.replace(k, old, f.Text)
		if err != nil {
			return nil, err
		}
		edits = append(edits, edit)
	}
	if len(added) > 0 {
		edits = append(edits, l.addFields(e.value, added))
	}
	return edits, nil
}

// replace gives a key another value.
func (l *Layout) replace(key, value *yaml.Node, text string) (Edit, error) {
	switch {
	case empty(value):
		at := l.pairEnd(key, value)
		return Edit{at, at, " " + text}, nil
	case len(value.Content) > 0 && value.Style&yaml.FlowStyle == 0:
		return Edit{}, l.refuse(value, "this value cannot be changed as it is written here")
	}
	return Edit{l.bare(value), l.end(value), text}, nil
}

// addFields writes fields behind those that a mapping has.
func (l *Layout) addFields(n *yaml.Node, fields []FieldText) Edit {
	if len(n.Content) == 0 {
		return Edit{l.bare(n), l.end(n), flowFields(fields)}
	}
	last := len(n.Content) - 2
	end := l.pairEnd(n.Content[last], n.Content[last+1])
	if n.Style&yaml.FlowStyle != 0 {
		return Edit{end, end, l.gap(end) + ", " + joined(fields, FieldText.String)}
	}
	end = l.lineEnd(end)
	return Edit{end, end, blockFields(strings.Repeat(" ", n.Content[0].Column-1), fields)}
}

// repeats are the aliases of what changes when fields of an entry do: of the whole
// entry, and of the values of these fields.
func (l *Layout) repeats(n *yaml.Node, fields []FieldText) []*yaml.Node {
	aliases := l.aliases[n]
	for _, f := range fields {
		if value := child(n, string(f.Field)); value != nil {
			aliases = append(aliases[:len(aliases):len(aliases)], l.aliases[value]...)
		}
	}
	return aliases
}

// flow writes a node on one line, with other values for some fields of a mapping.
func (l *Layout) flow(n *yaml.Node, changed []FieldText) string {
	switch n.Kind {
	case yaml.AliasNode:
		return "*" + n.Value
	case yaml.SequenceNode:
		return "[" + joined(n.Content, func(c *yaml.Node) string { return l.flow(c, nil) }) + "]"
	case yaml.ScalarNode:
		return l.flowScalar(n)
	}
	var fields []FieldText
	for i := 0; i < len(n.Content); i += 2 {
		f := FieldText{Field(l.flow(n.Content[i], nil)), l.flow(n.Content[i+1], nil)}
		for _, c := range changed {
			if string(c.Field) == n.Content[i].Value {
				f.Text = c.Text
			}
		}
		fields = append(fields, f)
	}
	for _, c := range changed {
		if child(n, string(c.Field)) == nil {
			fields = append(fields, c)
		}
	}
	return flowFields(fields)
}

// flowScalar writes a scalar as it stands in the text, or in quotes where that
// would mean something else on one line.
func (l *Layout) flowScalar(n *yaml.Node) string {
	if empty(n) {
		return "null"
	}
	text := string(l.file.data[l.bare(n):l.end(n)])
	if strings.Contains(text, "\n") || plain(n) && strings.ContainsAny(text, ",[]{}") {
		return QuoteText(n.Value)
	}
	return text
}
