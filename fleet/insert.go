package fleet

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// NewEntry is an entry to be written.
type NewEntry struct {
	Key    string      // the name, or a range
	Fields []FieldText // in the order in which they are written
	Apart  bool        // with a blank line before it, where entries have lines of their own
}

// FieldText is a field with its value as YAML writes it on one line; see QuoteText
// and QuoteID.
type FieldText struct {
	Field Field
	Text  string
}

// Text is the entry on lines of its own, as a file has them that does not say
// otherwise: indented by two spaces, and on one line where that has no more than so
// many characters.
func (e NewEntry) Text(width int) string {
	line := "  " + quoteKey(e.Key, false) + ": " + flowFields(e.Fields) + "\n"
	if utf8.RuneCountInString(line) <= width+1 || len(e.Fields) == 0 {
		return line
	}
	text := "  " + quoteKey(e.Key, false) + ":\n"
	for _, f := range e.Fields {
		text += fmt.Sprintf("    %s: %s\n", f.Field, f.Text)
	}
	return text
}

// InsertAfter adds entries behind the entry of a key; "" is the last one. They are
// written as that one is, on one line or with a line for each field. The error is
// Problems, where the text would have to be written anew.
func (l *Layout) InsertAfter(key string, entries ...NewEntry) ([]Edit, error) {
	if len(l.entries) == 0 {
		return l.insertFirst(entries)
	}
	last := l.entries[len(l.entries)-1]
	if key != "" {
		var ok bool
		if last, ok = l.entry(key); !ok {
			return nil, l.missing(key)
		}
	}
	if l.servers.Style&yaml.FlowStyle != 0 {
		end := l.pairEnd(last.key, last.value)
		text := l.gap(end)
		for _, e := range entries {
			text += ", " + flowEntry(e)
		}
		return l.edit(end, 0, text), nil
	}
	if err := l.ownLines(last); err != nil {
		return nil, err
	}
	return l.edit(l.entryEnd(last), 0, l.blockEntries(entries, last)), nil
}

// InsertBefore adds entries in front of the entry of a key and of the comment right
// above it; all else is as in InsertAfter.
func (l *Layout) InsertBefore(key string, entries ...NewEntry) ([]Edit, error) {
	next, ok := l.entry(key)
	if !ok {
		return nil, l.missing(key)
	}
	if l.servers.Style&yaml.FlowStyle != 0 {
		var text string
		for _, e := range entries {
			text += flowEntry(e) + ", "
		}
		return l.edit(l.start(next.key), 0, text), nil
	}
	if err := l.ownLines(next); err != nil {
		return nil, err
	}
	line := next.key.Line - 1
	for line > l.serversLine() && l.isComment(line-1) && l.indent(line-1) == l.indent(next.key.Line-1) {
		line--
	}
	text := strings.TrimPrefix(l.blockEntries(entries, next), "\n") + "\n"
	return l.edit(l.lines[line], 0, text), nil
}

// firstWidth is how many characters an entry on one line has at most, where no other
// entry shows how the file has them.
const firstWidth = 100

// insertFirst writes the first entries of a file.
func (l *Layout) insertFirst(entries []NewEntry) ([]Edit, error) {
	var text string
	for _, e := range entries {
		if e.Apart {
			text += "\n"
		}
		text += "\n" + strings.TrimSuffix(e.Text(firstWidth), "\n")
	}
	key, value := pairOf(l.root, "servers")
	switch {
	case key == nil && l.root.Kind == yaml.MappingNode && l.root.Style&yaml.FlowStyle == 0:
		end := len(bytes.TrimRight(l.file.data, "\n"))
		return l.edit(end, 0, "\nservers:"+text), nil
	case key == nil || l.root.Style&yaml.FlowStyle != 0 || value.Anchor != "" || value.Kind == yaml.AliasNode:
		return nil, l.refuse(l.root, "entries cannot be added to servers as they are written here")
	case empty(value):
		return l.edit(l.lineEnd(l.afterColon(key)), 0, text), nil
	}
	colon, end := l.afterColon(key), l.end(value)
	if bytes.IndexByte(l.file.data[colon:end], '\n') >= 0 {
		return nil, l.refuse(value, "entries cannot be added to servers as they are written here")
	}
	return append(l.edit(colon, end-colon, ""), l.edit(l.lineEnd(end), 0, text)...), nil
}

// gap is the space that must stand before a comma: a colon right before it would
// be part of the key.
func (l *Layout) gap(at int) string {
	if l.file.data[at-1] == ':' {
		return " "
	}
	return ""
}

func pairOf(n *yaml.Node, key string) (k, v *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

// edit is an edit of the text as it was given.
func (l *Layout) edit(at, length int, text string) []Edit {
	return []Edit{l.origin.edit(Edit{at, at + length, text})}
}

func (l *Layout) missing(key string) error {
	return Problems{{Pos: Pos{File: l.file.name}, Message: fmt.Sprintf("no entry %s", quote(key))}}
}

// ownLines refuses an entry whose key does not begin its line.
func (l *Layout) ownLines(e entryNode) error {
	at := l.start(e.key)
	if before := l.file.data[l.lines[e.key.Line-1]:at]; len(bytes.TrimLeft(before, " ")) > 0 {
		return l.refuse(e.key, "this entry cannot be changed as it is written here")
	}
	return nil
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

func (l *Layout) serversLine() int {
	key, _ := pairOf(l.root, "servers")
	return key.Line
}

// blockEntries writes entries on lines of their own, each with a line end before
// it, in the style of a neighbour.
func (l *Layout) blockEntries(entries []NewEntry, like entryNode) string {
	indent, step := strings.Repeat(" ", like.key.Column-1), "  "
	flow := like.value.Style&yaml.FlowStyle != 0 && len(like.value.Content) > 0
	if !flow && len(like.value.Content) > 0 {
		step = strings.Repeat(" ", max(1, like.value.Content[0].Column-like.key.Column))
	}
	var b strings.Builder
	for _, e := range entries {
		if e.Apart {
			b.WriteByte('\n')
		}
		b.WriteString("\n" + indent + quoteKey(e.Key, false) + ":")
		if flow || len(e.Fields) == 0 {
			b.WriteString(" " + flowFields(e.Fields))
			continue
		}
		for _, f := range e.Fields {
			fmt.Fprintf(&b, "\n%s%s%s: %s", indent, step, f.Field, f.Text)
		}
	}
	return b.String()
}

func flowEntry(e NewEntry) string { return quoteKey(e.Key, true) + ": " + flowFields(e.Fields) }

func flowFields(fields []FieldText) string {
	if len(fields) == 0 {
		return "{}"
	}
	texts := make([]string, len(fields))
	for i, f := range fields {
		texts[i] = string(f.Field) + ": " + f.Text
	}
	return "{ " + strings.Join(texts, ", ") + " }"
}
