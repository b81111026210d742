package fleet

import (
	"bytes"
	"strings"

	"gopkg.in/yaml.v3"
)

// Place is where entries go: behind the entry of a key, or in front of it and of the
// comment right above it. Its zero value is the end.
type Place struct {
	Key    string // "" is the last entry
	Before bool
}

// Insert adds entries at a place. They are written as the entry beside them is, on one
// line or with a line for each field. The error is Problems, where the text would have
// to be written anew.
func (l *Layout) Insert(at Place, entries ...NewEntry) ([]Edit, error) {
	if len(l.entries) == 0 {
		return l.insertFirst(entries)
	}
	beside := l.entries[len(l.entries)-1]
	if at.Key != "" {
		var err error
		if beside, err = l.entry(at.Key); err != nil {
			return nil, err
		}
	}
	isFlow := l.servers.Style&yaml.FlowStyle != 0
	if !isFlow {
		if err := l.ownLines(beside); err != nil {
			return nil, err
		}
	}
	switch {
	case isFlow && at.Before:
		return insertion(l.start(beside.key), joined(entries, NewEntry.flow)+", "), nil
	case isFlow:
		end := l.pairEnd(beside.key, beside.value)
		return insertion(end, l.gap(end)+", "+joined(entries, NewEntry.flow)), nil
	case at.Before:
		return insertion(l.above(beside.key), l.likeEntry(entries, beside)[1:]+"\n"), nil
	}
	return insertion(l.entryEnd(beside), l.likeEntry(entries, beside)), nil
}

func insertion(at int, text string) []Edit { return []Edit{{at, at, text}} }

// insertFirst writes the first entries of a file.
func (l *Layout) insertFirst(entries []NewEntry) ([]Edit, error) {
	var text string
	for _, e := range entries {
		if e.Apart {
			text += "\n"
		}
		text += "\n" + strings.TrimSuffix(e.Text(), "\n")
	}
	key, value := pairOf(l.root, "servers")
	switch {
	case key == nil && l.isBlock(l.root):
		return insertion(l.lastLineEnd(), "\nservers:"+text), nil
	case key == nil || !l.isBlock(l.root) || value.Anchor != "" || value.Kind == yaml.AliasNode:
		return nil, l.refuse(l.root, "entries cannot be added to servers as they are written here")
	case empty(value):
		return insertion(l.lineEnd(l.afterColon(key)), text), nil
	}
	colon, end := l.afterColon(key), l.end(value)
	if bytes.IndexByte(l.file.data[colon:end], '\n') >= 0 {
		return nil, l.refuse(value, "entries cannot be added to servers as they are written here")
	}
	return append([]Edit{{colon, end, ""}}, insertion(l.lineEnd(end), text)...), nil
}

// isBlock reports a mapping with keys on lines of their own.
func (l *Layout) isBlock(n *yaml.Node) bool {
	return n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0
}

// lastLineEnd is where the last line ends that is not blank.
func (l *Layout) lastLineEnd() int { return len(bytes.TrimRight(l.file.data, "\n")) }

// gap is the space that must stand before a comma: a colon right before it would
// be part of the key.
func (l *Layout) gap(at int) string {
	if l.file.data[at-1] == ':' {
		return " "
	}
	return ""
}

// ownLines refuses an entry whose key does not begin its line.
func (l *Layout) ownLines(e entryNode) error {
	at := l.start(e.key)
	if before := l.file.data[l.lines[e.key.Line-1]:at]; len(bytes.TrimLeft(before, " ")) > 0 {
		return l.refuse(e.key, "this entry cannot be changed as it is written here")
	}
	return nil
}

// above is where the comment right above a key begins, or else the key's line.
func (l *Layout) above(key *yaml.Node) int {
	line := key.Line - 1
	for line > 0 && l.isComment(line-1) && l.indent(line-1) == l.indent(line) {
		line--
	}
	return l.lines[line]
}

// entryEnd is where the lines of an entry end, comments on them and comments right
// below that are indented further than its key included.
func (l *Layout) entryEnd(e entryNode) int {
	end := l.lineEnd(l.pairEnd(e.key, e.value))
	line := bytes.Count(l.file.data[:end], []byte("\n"))
	for line+1 < len(l.lines) && l.isComment(line+1) && l.indent(line+1) > l.indent(e.key.Line-1) {
		line++
		end = l.lineEnd(l.lines[line])
	}
	return end
}

func (l *Layout) isComment(line int) bool {
	return bytes.HasPrefix(bytes.TrimLeft(l.file.data[l.lines[line]:], " \t"), []byte("#"))
}

// likeEntry writes entries on lines of their own, each with a line end before it, in
// the style of a neighbour.
func (l *Layout) likeEntry(entries []NewEntry, like entryNode) string {
	step := "  "
	switch fields := like.value.Content; {
	case len(fields) > 0 && like.value.Style&yaml.FlowStyle != 0:
		step = ""
	case len(fields) > 0:
		step = strings.Repeat(" ", max(1, fields[0].Column-like.key.Column))
	}
	var b strings.Builder
	for _, e := range entries {
		if e.Apart {
			b.WriteByte('\n')
		}
		b.WriteString("\n" + e.lines(strings.Repeat(" ", like.key.Column-1), step))
	}
	return b.String()
}
