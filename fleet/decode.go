package fleet

import (
	"cmp"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// node is a YAML node and the file that it stands in. It is never an alias: those
// are followed one step, and nothing here descends further than the format is
// deep, so aliases that contain themselves or multiply do no harm.
type node struct {
	*yaml.Node
	file *file
}

func (n node) child(c *yaml.Node) node {
	if c.Kind == yaml.AliasNode {
		c = c.Alias
	}
	return node{c, n.file}
}

func (n node) pos() Pos { return Pos{n.file.name, n.Line, n.Column} }

// plain reports a scalar without quotes, the only kind that can be null, true or
// a number.
func plain(n *yaml.Node) bool {
	const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	return n.Kind == yaml.ScalarNode && n.Style&quoted == 0
}

// blank reports null, in any of YAML's spellings.
func blank(n *yaml.Node) bool {
	if !plain(n) {
		return false
	}
	switch n.Value {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// kind says what a node is, as a message names it.
func kind(n node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case blank(n.Node):
		return "nothing"
	}
	return quote(n.Value)
}

// problemf records a problem at a node. One kind of problem is told once a place,
// however many servers it concerns.
func (r *reader) problemf(n node, hint, format string, args ...any) {
	r.problemAt(n, n.Column, hint, format, args...)
}

func (r *reader) problemAt(n node, column int, hint, format string, args ...any) {
	if r.full() {
		return
	}
	r.tell(&r.problems, n, column, hint, format, args...)
	if r.full() {
		r.problems = append(r.problems, Problem{Pos: Pos{File: n.file.name}, Message: "too many problems; the rest was not read"})
	}
}

// warnf records what may be a mistake.
func (r *reader) warnf(n node, hint, format string, args ...any) {
	if len(r.fleet.Warnings) < maxProblems {
		r.tell(&r.fleet.Warnings, n, n.Column, hint, format, args...)
	}
}

func (r *reader) tell(list *Problems, n node, column int, hint, format string, args ...any) {
	at := complaint{Pos{n.file.name, n.Line, column}, format}
	if r.told[at] {
		return
	}
	r.told[at] = true
	*list = append(*list, n.file.problem(n.Line, column, hint, fmt.Sprintf(format, args...)))
}

// full reports that so many problems were found that reading on is of no use.
func (r *reader) full() bool { return len(r.problems) >= maxProblems }

// pairs gives the keys and values of a mapping and reports what is not one, merge
// keys and keys that are there twice.
func (r *reader) pairs(n node, what string) iter.Seq2[node, node] {
	return func(yield func(key, value node) bool) {
		if n.Kind != yaml.MappingNode {
			r.problemf(n, "", "%s must be a mapping of keys to values, not %s", what, kind(n))
			return
		}
		seen := make(map[string]node, len(n.Content)/2)
		for i := 0; i < len(n.Content) && !r.full(); i += 2 {
			key, value := n.child(n.Content[i]), n.child(n.Content[i+1])
			first, twice := seen[key.Value]
			switch {
			case key.Kind != yaml.ScalarNode:
				r.problemf(key, "", "a key of %s must be text, not %s", what, kind(key))
			case key.Value == "<<" && plain(key.Node):
				r.problemf(key, "write what servers share once under defaults:", "merge keys are not part of the fleet file")
			case twice:
				r.problemf(key, "", "duplicate key %s; first at %s", quote(key.Value), first.pos())
			case r.tagged(key) || r.tagged(value):
			default:
				seen[key.Value] = key
				if !yield(key, value) {
					return
				}
			}
		}
	}
}

func (r *reader) tagged(n node) bool {
	if n.Style&yaml.TaggedStyle == 0 {
		return false
	}
	r.problemf(n, "put text in quotes", "tags such as %s are not part of the fleet file", quote(n.Tag))
	return true
}

// items gives the entries of a list.
func (r *reader) items(n node, what string) iter.Seq[node] {
	return func(yield func(node) bool) {
		if n.Kind != yaml.SequenceNode {
			hint := ""
			if n.Kind == yaml.ScalarNode && !blank(n.Node) {
				hint = fmt.Sprintf("write [%q]", n.Value)
			}
			r.problemf(n, hint, "%s must be a list, not %s", what, kind(n))
			return
		}
		for _, c := range n.Content {
			if item := n.child(c); r.full() || !r.tagged(item) && !yield(item) {
				return
			}
		}
	}
}

// noValueHints are of the fields that a server can have without a value.
var noValueHints = map[string]string{
	string(FieldHostname): `write "" to clear it, or unmanaged to leave it as it is`,
}

// maxText bounds any text of a fleet file, in bytes.
const maxText = 1024

// text reads a scalar as it is written: no and 0123 are text. It reports null,
// what is no scalar, and characters that cannot be shown.
func (r *reader) text(n node, what string) (string, bool) {
	switch {
	case blank(n.Node):
		hint := cmp.Or(noValueHints[what], "give it a value, or leave the key out")
		r.problemf(n, hint, "%s has no value", what)
	case n.Kind != yaml.ScalarNode:
		hint := ""
		if what == string(FieldHostname) && n.Style&yaml.FlowStyle != 0 {
			hint = `put text that starts with { in quotes: "{name}.example.com"`
		}
		r.problemf(n, hint, "%s must be text, not %s", what, kind(n))
	case len(n.Value) > maxText:
		r.problemf(n, "", "%s is longer than %d characters", what, maxText)
	case strings.ContainsFunc(n.Value, func(c rune) bool { return invisible(c) || c == '\t' }):
		r.problemf(n, "", "%s contains a control character: %s", what, quote(n.Value))
	default:
		return n.Value, true
	}
	return "", false
}

// string is the text of a scalar; "" where something is wrong with it.
func (r *reader) string(n node, what string) string {
	s, _ := r.text(n, what)
	return s
}

var wordPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$`)

// ValidCode reports whether a text can be an id or a location in a fleet file.
func ValidCode(s string) bool { return wordPattern.MatchString(s) }

// word reads an opaque code of the API's: an id, a location.
func (r *reader) word(n node, what string) string {
	s, ok := r.text(n, what)
	if ok && !wordPattern.MatchString(s) {
		r.problemf(n, "", "%s is not a code of letters, digits and hyphens: %s", what, quote(s))
		return ""
	}
	return s
}

// bool reads true or false, and nothing that only looks like them.
func (r *reader) bool(n node, what string) bool {
	s, ok := r.text(n, what)
	if ok && (!plain(n.Node) || s != "true" && s != "false") {
		hint := "write true or false"
		if s == "true" || s == "false" {
			hint = "write it without quotes"
		}
		r.problemf(n, hint, "%s must be true or false, not %s", what, quote(s))
	}
	return s == "true"
}

// otherWords are what other tools call the words of a fleet file.
var otherWords = map[string]string{
	"running": "active", "started": "active", "on": "active", "up": "active",
	"off": "stopped", "down": "stopped", "shutdown": "stopped", "halted": "stopped",
	"remove": "delete", "destroy": "delete", "prune": "delete", "warn": "report", "keep": "ignore",
}

// choiceHints explain the words of a choice to who wrote something else.
var choiceHints = map[string]string{
	"replace":           `"delete-first" deletes the old server before the new one is created, "create-first" afterwards`,
	"a field of ignore": "a field that is left out is not managed; hostname: unmanaged switches a default off",
}

// oneOf reads one of a few words.
func (r *reader) oneOf(words ...string) func(n node, what string) string {
	return func(n node, what string) string { return r.choice(n, what, words...) }
}

// choice reads one of a few words.
func (r *reader) choice(n node, what string, words ...string) string {
	s, ok := r.text(n, what)
	if !ok {
		return ""
	}
	for _, w := range words {
		if s == w {
			return s
		}
	}
	hint := didYouMean(s, words)
	if other := otherWords[strings.ToLower(s)]; slices.Contains(words, other) {
		hint = fmt.Sprintf("write %s", other)
	}
	if hint == "" {
		hint = choiceHints[what]
	}
	last := len(words) - 1
	r.problemf(n, hint, "%s must be %s or %s, not %s", what, strings.Join(words[:last], ", "), words[last], quote(s))
	return ""
}
