package render

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// commands defuses the older form of workflow commands, which counts anywhere in a line.
var commands = strings.NewReplacer("##[", `\x23#[`)

// Escape makes text from outside safe to show on one line: whatever a terminal
// would obey, hide or reorder (control and escape characters, C1, bidi marks,
// odd spaces, invisible letters, broken UTF-8) becomes a visible \x1b, \u202e or
// \U000e0001. So does what a CI would obey in its log: :: at the start and ##[. All
// other text is left as it is.
func Escape(s string) string {
	s = commands.Replace(s)
	if rest := strings.TrimLeft(s, " "); strings.HasPrefix(rest, "::") {
		s = s[:len(s)-len(rest)] + `\x3a` + rest[1:]
	}
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case safe(r):
			b.WriteString(s[i : i+size])
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += size
	}
	return b.String()
}

// EscapeLines is Escape for text whose line breaks are meant, such as an error
// with a hint.
func EscapeLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = Escape(l)
	}
	return strings.Join(lines, "\n")
}

// safe reports whether a character shows as itself. IsPrint leaves out every
// control and format character and every space but the plain one.
func safe(r rune) bool {
	return unicode.IsPrint(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
