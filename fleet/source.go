package fleet

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTokens bounds the memory that a parsed file can take, at some 250 bytes for
// each item of YAML. It is twice what the largest fleet needs.
const maxTokens = 5_000_000

// file is the text of one fleet file.
type file struct {
	name  string
	data  []byte   // UTF-8; once clean has passed, without BOM and with \n at line ends
	lines []string // of data, split when first asked for
}

func (f *file) problem(line, column int, hint, message string) Problem {
	return Problem{Pos{f.name, line, column}, message, f.line(line), hint}
}

func (f *file) line(n int) string {
	if f.lines == nil {
		f.lines = strings.Split(string(f.data), "\n")
	}
	if n < 1 || n > len(f.lines) {
		return ""
	}
	return f.lines[n-1]
}

// place finds the line and column of a byte.
func (f *file) place(offset int) (line, column int) {
	before := f.data[:offset]
	start := bytes.LastIndexByte(before, '\n') + 1
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[start:])
}

// clean brings the text to one form, whatever editor wrote it, and reports what
// no YAML parser should see: other encodings, invisible characters that reviewers
// would miss, tabs as indentation, and more than memory is there for.
func (f *file) clean() Problems {
	f.data = bytes.TrimPrefix(f.data, []byte("\ufeff"))
	if bytes.IndexByte(f.data, '\r') >= 0 {
		f.data = bytes.ReplaceAll(f.data, []byte("\r\n"), []byte("\n"))
		f.data = bytes.ReplaceAll(f.data, []byte("\r"), []byte("\n"))
	}
	if at := invalidUTF8(f.data); at >= 0 {
		line, column := f.place(at)
		return Problems{f.problem(line, column, "save the file as UTF-8", "not UTF-8 text")}
	}
	if tokens(f.data) > maxTokens {
		return Problems{{Pos: Pos{File: f.name}, Message: "too many items for one fleet file", Hint: "use ranges such as web-[01:99]"}}
	}
	var problems Problems
	for rest, n := f.data, 1; len(rest) > 0 && len(problems) < maxProblems; n++ {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		problems = append(problems, f.cleanLine(n, line)...)
	}
	return problems
}

func (f *file) cleanLine(n int, line []byte) Problems {
	indent := len(line) - len(bytes.TrimLeft(line, " \t"))
	tab := bytes.IndexByte(line[:indent], '\t')
	if tab >= 0 && indent < len(line) && line[indent] != '#' {
		return Problems{f.problem(n, tab+1, "indent with spaces", "a tab in the indentation")}
	}
	at := bytes.IndexFunc(line, invisible)
	if at < 0 {
		return nil
	}
	r, _ := utf8.DecodeRune(line[at:])
	return Problems{f.problem(n, 1+utf8.RuneCount(line[:at]), "remove it", fmt.Sprintf("an invisible character, U+%04X", r))}
}

// invisible reports control characters, line ends that editors do not show, and
// those that change the direction of text.
func invisible(r rune) bool {
	switch {
	case r >= ' ' && r < 0x7f:
		return false // soon, as nearly all are
	case unicode.IsControl(r) && r != '\t',
		r == '\u2028', r == '\u2029', r == '\ufeff', r == '\ufffe', r == '\uffff':
		return true
	}
	return unicode.Is(unicode.Bidi_Control, r)
}

func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; ; {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
}

// tokens is half of the YAML nodes that a text can make, or more: each takes a
// line, a comma, a bracket or a colon before a space.
func tokens(data []byte) int {
	n := bytes.Count(data, []byte(": "))
	for _, c := range []byte("\n,[{") {
		n += bytes.Count(data, []byte{c})
	}
	return n
}
