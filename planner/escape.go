package planner

import (
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// EscapeJSON is a writer that escapes, in JSON, the characters that JSON lets
// stand but a terminal obeys or a reader does not see (control, format and
// direction characters), and #, for a CI system obeys "##[" in its log. Each Write
// must end between two characters' bytes or be followed by the rest.
func EscapeJSON(w io.Writer) io.Writer { return &jsonEscaper{w: w} }

type jsonEscaper struct {
	w    io.Writer
	rest []byte // the beginning of a character whose end is still to come
}

func (e *jsonEscaper) Write(p []byte) (int, error) {
	in := append(e.rest, p...)
	out := make([]byte, 0, len(in)+16)
	for {
		plain := 0 // most text is ASCII
		for plain < len(in) && in[plain] < 0x7f && in[plain] != '#' {
			plain++
		}
		out, in = append(out, in[:plain]...), in[plain:]
		if len(in) == 0 || !utf8.FullRune(in) {
			break
		}
		r, size := utf8.DecodeRune(in)
		if r == '#' || r >= 0x7f && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			for _, unit := range utf16.AppendRune(nil, r) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
		} else {
			out = append(out, in[:size]...)
		}
		in = in[size:]
	}
	e.rest = append([]byte(nil), in...)
	if _, err := e.w.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}
