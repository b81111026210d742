package fleet

import (
	"strings"
	"unicode/utf8"
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

func (f FieldText) String() string { return string(f.Field) + ": " + f.Text }

const lineWidth = 100 // characters

// Text is the entry on lines of its own, as a file has them where no other entry shows
// how: indented by two spaces, and on one line where that is not too long.
func (e NewEntry) Text() string {
	line := e.lines("  ", "")
	if utf8.RuneCountInString(line) > lineWidth {
		line = e.lines("  ", "  ")
	}
	return line + "\n"
}

// lines is the entry with a line for each field, indented further by a step; without a
// step, or a field, it is all on one line.
func (e NewEntry) lines(indent, step string) string {
	key := indent + quoteKey(e.Key, false) + ":"
	if step == "" || len(e.Fields) == 0 {
		return key + " " + flowFields(e.Fields)
	}
	return key + blockFields(indent+step, e.Fields)
}

// flow is the entry inside a flow mapping.
func (e NewEntry) flow() string { return quoteKey(e.Key, true) + ": " + flowFields(e.Fields) }

// flowFields is a flow mapping of fields.
func flowFields(fields []FieldText) string {
	if len(fields) == 0 {
		return "{}"
	}
	return "{ " + joined(fields, FieldText.String) + " }"
}

// blockFields is fields on lines of their own, each with a line end before it.
func blockFields(indent string, fields []FieldText) string {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString("\n" + indent + f.String())
	}
	return b.String()
}

// joined is texts with commas between them.
func joined[T any](list []T, text func(T) string) string {
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = text(x)
	}
	return strings.Join(texts, ", ")
}
