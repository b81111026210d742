package fleet

import (
	"bytes"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Layout is where the entries of one fleet file stand, so that its text can be
// changed in place. Text is spliced and never written anew: whatever a change is
// not about stays, comments, quotes, anchors and blank lines too. The changes are
// edits of the text as it was given; those of one layout go together in one Splice.
// A layout knows the text, not what it means: whoever changes it reads the new text
// again and compares.
type Layout struct {
	file    *file // in clean form; all offsets inside are of it
	origin  origin
	lines   []int // where each line starts
	root    *yaml.Node
	servers *yaml.Node // the value of servers:; nil where there is none
	entries []entryNode
	aliases map[*yaml.Node][]*yaml.Node // by what they repeat
}

type entryNode struct{ key, value *yaml.Node }

// ReadLayout finds out where things stand in a text. The error is Problems, where
// it is not YAML.
func ReadLayout(t Text) (*Layout, error) {
	l := &Layout{file: &file{name: t.Name, data: t.Data}, origin: originOf(t.Data), aliases: map[*yaml.Node][]*yaml.Node{}}
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

func (l *Layout) entry(key string) (entryNode, bool) {
	for _, e := range l.entries {
		if e.key.Value == key {
			return e, true
		}
	}
	return entryNode{}, false
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
	e, ok := l.entry(key)
	if !ok {
		return false
	}
	value := child(e.value, string(f))
	return value != nil && value.Kind != yaml.AliasNode
}

// HasCatalog reports whether the file has a catalog.
func (l *Layout) HasCatalog() bool { return child(l.root, "catalog") != nil }

// child is the value of a key of a mapping, or nil.
func child(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
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

// start is where a node begins, its anchor included.
func (l *Layout) start(n *yaml.Node) int {
	at := l.lines[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(l.file.data[at:])
		at += size
	}
	return at
}

// bare is where a node begins behind its anchor.
func (l *Layout) bare(n *yaml.Node) int {
	at := l.start(n)
	if n.Anchor == "" {
		return at
	}
	rest := l.file.data[at+1+len(n.Anchor):]
	return len(l.file.data) - len(bytes.TrimLeft(rest, " \t\n"))
}

// pairEnd is where a key and its value end.
func (l *Layout) pairEnd(key, value *yaml.Node) int {
	if empty(value) && value.Anchor == "" {
		return l.afterColon(key)
	}
	return l.end(value)
}

// afterColon is the place behind the colon of a key; a key of a flow mapping may
// have none.
func (l *Layout) afterColon(key *yaml.Node) int {
	end := l.end(key)
	rest := bytes.TrimLeft(l.file.data[end:], " \t")
	if len(rest) > 0 && rest[0] == ':' {
		return len(l.file.data) - len(rest) + 1
	}
	return end
}

// empty reports a value that is left out.
func empty(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Value == "" && plain(n) }

// end is where a node ends.
func (l *Layout) end(n *yaml.Node) int {
	at := l.bare(n)
	switch {
	case n.Kind == yaml.AliasNode:
		return at + 1 + len(n.Value)
	case empty(n):
		return l.start(n) + 1 + len(n.Anchor)
	case n.Kind == yaml.ScalarNode:
		return l.scalarEnd(n, at)
	case n.Style&yaml.FlowStyle != 0:
		return l.flowEnd(at)
	}
	end := at
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 {
			end = max(end, l.pairEnd(n.Content[i-1], c))
		} else if !empty(c) {
			end = max(end, l.end(c))
		}
	}
	return end
}

// flowEnd is where the bracket at a place is closed.
func (l *Layout) flowEnd(at int) int {
	s := scan{data: l.file.data, valid: true, at: at, start: true}
	for s.step(); len(s.open) > 0 && s.at < len(s.data); {
		s.step()
	}
	return s.at
}

// scalarEnd is where a scalar ends that begins at a place.
func (l *Layout) scalarEnd(n *yaml.Node, at int) int {
	data := l.file.data
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return l.blockTextEnd(n)
	case n.Style&yaml.DoubleQuotedStyle != 0:
		for at++; data[at] != '"'; at++ {
			if data[at] == '\\' {
				at++
			}
		}
		return at + 1
	case n.Style&yaml.SingleQuotedStyle != 0:
		for at++; data[at] != '\'' || at+1 < len(data) && data[at+1] == '\''; at++ {
			if data[at] == '\'' {
				at++
			}
		}
		return at + 1
	}
	// A plain text is what it says, but for space at line ends.
	for i := 0; i < len(n.Value) && at < len(data); i++ {
		if c := n.Value[i]; c != ' ' && c != '\n' {
			at++
			continue
		}
		for i+1 < len(n.Value) && (n.Value[i+1] == ' ' || n.Value[i+1] == '\n') {
			i++
		}
		at += len(data[at:]) - len(bytes.TrimLeft(data[at:], " \t\n"))
	}
	return at
}

// blockTextEnd is where the lines of a text after | or > end.
func (l *Layout) blockTextEnd(n *yaml.Node) int {
	parent := l.indent(n.Line - 1)
	end := l.lineEnd(l.start(n))
	for line := n.Line; line < len(l.lines); line++ {
		stop := l.lineEnd(l.lines[line])
		if blankLine := len(bytes.TrimSpace(l.file.data[l.lines[line]:stop])) == 0; blankLine {
			continue
		}
		if l.indent(line) <= parent {
			break
		}
		end = stop
	}
	return end
}

// lineEnd is where the line of a place ends, before what ends it.
func (l *Layout) lineEnd(at int) int { return at + lineLength(l.file.data[at:]) }

// indent is by how many spaces a line is indented, counted from 0.
func (l *Layout) indent(line int) int {
	rest := l.file.data[l.lines[line]:]
	return len(rest) - len(bytes.TrimLeft(rest, " "))
}
