package fleet

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"
)

// Layout is where the entries of one fleet file stand, so that its text can be
// changed in place. Text is spliced and never written anew: whatever a change is
// not about stays, comments, quotes, anchors and blank lines too. The changes are
// edits, and all edits of one layout go together in one Splice. A layout knows the
// text, not what it means: whoever changes it reads the new text again and compares.
type Layout struct {
	file    *file  // in clean form; all offsets are of it
	given   []byte // the text as it was given
	lines   []int  // where each line starts
	root    *yaml.Node
	servers *yaml.Node // the value of servers:; nil where there is none
	entries []entryNode
	aliases map[*yaml.Node][]*yaml.Node // by what they repeat
}

type entryNode struct{ key, value *yaml.Node }

// ReadLayout finds out where things stand in a text. The error is Problems, where
// it is not YAML.
func ReadLayout(t Text) (*Layout, error) {
	l := &Layout{file: &file{name: t.Name, data: t.Data}, given: t.Data, aliases: map[*yaml.Node][]*yaml.Node{}}
	root, problems := l.file.document()
	if len(problems) > 0 {
		return nil, problems
	}
	l.root = root
	l.lines = []int{0}
	for i, c := range l.file.data {
		if c == '\n' {
			l.lines = append(l.lines, i+1)
		}
	}
	l.findAliases(root)
	if l.servers = child(root, "servers"); l.servers != nil && l.servers.Kind == yaml.MappingNode {
		for i := 0; i < len(l.servers.Content); i += 2 {
			l.entries = append(l.entries, entryNode{l.servers.Content[i], l.servers.Content[i+1]})
		}
	}
	return l, nil
}

// Keys are the keys of the entries, ranges as they are written, in their order.
func (l *Layout) Keys() []string {
	keys := make([]string, len(l.entries))
	for i, e := range l.entries {
		keys[i] = e.key.Value
	}
	return keys
}

// entry finds the entry of a key. The error is Problems, where there is none.
func (l *Layout) entry(key string) (entryNode, error) {
	i := slices.IndexFunc(l.entries, func(e entryNode) bool { return e.key.Value == key })
	if i < 0 {
		return entryNode{}, Problems{{Pos: Pos{File: l.file.name}, Message: fmt.Sprintf("no entry %s", quote(key))}}
	}
	return l.entries[i], nil
}

// KeyAt is the key of the entry at a place, as it is written.
func (l *Layout) KeyAt(at Pos) (key string, ok bool) {
	for _, e := range l.entries {
		if e.key.Line == at.Line && e.key.Column == at.Column {
			return e.key.Value, true
		}
	}
	return "", false
}

// Writes reports whether the entry of a key has a value of its own for a field:
// neither from defaults nor by an alias.
func (l *Layout) Writes(key string, f Field) bool {
	e, err := l.entry(key)
	value := child(e.value, string(f))
	return err == nil && value != nil && value.Kind != yaml.AliasNode
}

// HasCatalog reports whether the file has a catalog.
func (l *Layout) HasCatalog() bool { return child(l.root, "catalog") != nil }

// child is the value of a key of a mapping, or nil.
func child(n *yaml.Node, key string) *yaml.Node {
	_, value := pairOf(n, key)
	return value
}

// pairOf is a key of a mapping with its value; nil where there is no mapping, or no such
// key in it.
func pairOf(n *yaml.Node, key string) (k, v *yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

func (l *Layout) findAliases(n *yaml.Node) {
	if n.Kind == yaml.AliasNode {
		l.aliases[n.Alias] = append(l.aliases[n.Alias], n)
	}
	for _, c := range n.Content {
		l.findAliases(c)
	}
}

// refuse is the problem of a text that cannot be changed in place.
func (l *Layout) refuse(n *yaml.Node, message string) error {
	return Problems{l.file.problem(n.Line, n.Column, "change it by hand", message)}
}
