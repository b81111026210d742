package fleet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Selector selects entries by their labels, as kubectl writes it: role=web,
// env!=dev, zone in (a, b), zone notin (a, b), canary, !canary, all of them
// with commas between. Its zero value selects everything.
type Selector struct {
	terms []term
}

// term is one condition on a label.
type term struct {
	key    string
	not    bool     // the condition must not hold; so it holds where the label is missing
	exists bool     // the label is there, whatever its value
	values []string // otherwise: it has one of these values
}

// IsZero reports a selector without a condition.
func (s Selector) IsZero() bool { return len(s.terms) == 0 }

// And is the selector that selects what both do.
func (s Selector) And(other Selector) Selector {
	return Selector{slices.Concat(s.terms, other.terms)}
}

// Matches reports whether an entry with these labels is selected. It is for
// entries alone: a server that no entry lists has no labels, and no selector with
// a condition selects it, not even one that wants a label to be missing.
func (s Selector) Matches(labels Labels) bool {
	for _, t := range s.terms {
		value, there := labels[t.key]
		if !t.exists {
			there = there && slices.Contains(t.values, value)
		}
		if there == t.not {
			return false
		}
	}
	return true
}

// String writes the selector so that ParseSelector reads the same one.
func (s Selector) String() string {
	terms := make([]string, len(s.terms))
	for i, t := range s.terms {
		terms[i] = t.String()
	}
	return strings.Join(terms, ",")
}

// Equal reports whether two selectors are written alike.
func (s Selector) Equal(other Selector) bool { return s.String() == other.String() }

// MarshalText writes what String does.
func (s Selector) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes; of no text it is the zero Selector.
func (s *Selector) UnmarshalText(text []byte) (err error) {
	if *s = (Selector{}); len(text) > 0 {
		*s, err = ParseSelector(string(text))
	}
	return err
}

func (t term) String() string {
	values := make([]string, len(t.values))
	for i, v := range t.values {
		values[i] = v
		if v == "" || strings.ContainsFunc(v, func(c rune) bool { return !wordRune(c) }) {
			values[i] = strconv.Quote(v)
		}
	}
	list := strings.Join(values, ",")
	switch {
	case t.exists && t.not:
		return "!" + t.key
	case t.exists:
		return t.key
	case len(values) == 1 && t.not:
		return t.key + "!=" + list
	case len(values) == 1:
		return t.key + "=" + list
	case t.not:
		return fmt.Sprintf("%s notin (%s)", t.key, list)
	}
	return fmt.Sprintf("%s in (%s)", t.key, list)
}

// SelectorError is what is wrong with the text of a selector.
type SelectorError struct {
	Text    string // the selector
	Column  int    // where, in characters from 1
	Message string // what is wrong
	hint    string
}

// Error says what is wrong, then shows the selector with a caret under the place,
// with nothing in it that a terminal would obey.
func (e *SelectorError) Error() string {
	line, before := excerpt(e.Text, e.Column)
	return fmt.Sprintf("malformed selector: %s\n  %s\n  %s^", e.Message, line, strings.Repeat(" ", before))
}

// Hint says what to write instead.
func (e *SelectorError) Hint() string { return e.hint }
