package fleet

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// The YAML parser tells where a node begins. Where it ends is found in the text.

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
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return l.blockTextEnd(n)
	case n.Kind == yaml.ScalarNode && plain(n):
		return l.plainEnd(n.Value, at)
	case n.Kind == yaml.ScalarNode || n.Style&yaml.FlowStyle != 0:
		return l.closedEnd(at)
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

// closedEnd is where the bracket or the quote at a place is closed.
func (l *Layout) closedEnd(at int) int {
	s := scan{data: l.file.data, valid: true, at: at, start: true}
	for s.step(); len(s.open) > 0 && s.at < len(s.data); {
		s.step()
	}
	return s.at
}

// plainEnd is where a text without quotes ends. It is what it says, but for space at
// line ends.
func (l *Layout) plainEnd(text string, at int) int {
	for word := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ' ' || c == '\n' }) {
		at += bytes.Index(l.file.data[at:], []byte(word)) + len(word)
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
