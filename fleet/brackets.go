package fleet

import (
	"bytes"
	"fmt"
)

// The YAML parser reports a bracket or a quote that is not closed where it gives
// up, often lines away from the bracket. A scan of the text finds the place; it
// knows enough of YAML to tell brackets from text that contains them.

// open is a bracket that is not closed yet.
type open struct {
	at     int // its offset
	indent int // of its line
}

// scan is a walk over a text, most often one that the YAML parser refuses.
type scan struct {
	data   []byte
	valid  bool // the parser takes it: nothing is to be found but where brackets close
	at     int
	indent int    // of the line at hand
	start  bool   // a value may start here; otherwise a quote or a bracket is part of a text
	open   []open // innermost last
}

// unclosed finds a bracket or a quote that is not closed, or text that follows a
// closing bracket. The flaw's place is an offset in data; nil means that nothing
// of the kind is wrong.
func unclosed(data []byte) *flaw {
	s := &scan{data: data, start: true}
	for s.newLine(); s.at < len(data); {
		if f := s.step(); f != nil {
			return f
		}
	}
	if len(s.open) > 0 {
		return s.notClosed(s.innermost().at)
	}
	return nil
}

// step reads one character, or a quoted text, a comment or a line end as a whole.
func (s *scan) step() *flaw {
	c := s.data[s.at]
	switch {
	case c == '\n':
		s.at++
		return s.newLine()
	case c == ' ' || c == '\t':
		s.at++
	case c == '#' && (s.at == 0 || isSpace(s.data[s.at-1])):
		s.at += lineLength(s.data[s.at:])
	case (c == '"' || c == '\'') && s.start:
		return s.quoted(c)
	case (c == '{' || c == '[') && (s.start || len(s.open) > 0):
		s.open = append(s.open, open{s.at, s.indent})
		s.at, s.start = s.at+1, true
	case (c == '}' || c == ']') && len(s.open) > 0:
		return s.closing(c)
	case c == '&' && s.start || c == '*' && s.start || c == '!' && s.start:
		s.at += max(1, bytes.IndexAny(s.data[s.at:], " \t\n,[]{}"))
	default:
		separator := c == ',' && len(s.open) > 0 ||
			(c == ':' || c == '-' && s.start || c == '?' && s.start) && s.beforeSpace()
		s.at, s.start = s.at+1, separator
	}
	return nil
}

// newLine begins a line. One that is indented no further than the line on which
// the outermost bracket stands belongs to what comes after the bracket, unless it
// begins by closing one.
func (s *scan) newLine() *flaw {
	rest := s.data[s.at:]
	s.indent = len(rest) - len(bytes.TrimLeft(rest, " "))
	s.start = true
	if s.valid || len(s.open) == 0 || s.indent == len(rest) || s.indent > s.open[0].indent {
		return nil
	}
	if bytes.IndexByte([]byte("\n#}]"), rest[s.indent]) >= 0 {
		return nil
	}
	return s.notClosed(s.innermost().at)
}

func (s *scan) innermost() open { return s.open[len(s.open)-1] }

// closing closes the innermost bracket. The other kind of bracket, or one that
// stands further left than the line of the innermost, closes one further out.
func (s *scan) closing(c byte) *flaw {
	last := s.innermost()
	first := len(bytes.TrimSpace(s.data[s.at-s.columnOf(s.at):s.at])) == 0
	if !s.valid && (closer(s.data[last.at]) != c || first && s.indent < last.indent) {
		return s.notClosed(last.at)
	}
	s.at, s.start = s.at+1, false
	s.open = s.open[:len(s.open)-1]
	if s.valid {
		return nil
	}
	return s.afterClosing(c, last)
}

// afterClosing finds what may not follow a closing bracket on its line.
func (s *scan) afterClosing(c byte, last open) *flaw {
	rest := s.data[s.at:][:lineLength(s.data[s.at:])]
	after := bytes.TrimLeft(rest, " \t")
	if len(after) == 0 || bytes.IndexByte([]byte(",:#}]"), after[0]) >= 0 && (len(s.open) > 0 || after[0] != '}' && after[0] != ']') {
		return nil
	}
	if after[0] == '}' || after[0] == ']' {
		at := s.at + len(rest) - len(after)
		return &flaw{at, fmt.Sprintf("the %c closes nothing", after[0]), "remove it"}
	}
	return &flaw{last.at, fmt.Sprintf("text follows the %c that closes this %c", c, s.data[last.at]),
		fmt.Sprintf(`put text that starts with %c in quotes: "{name}.example.com"`, s.data[last.at])}
}

// quoted passes over a text in quotes. One that goes on over a line end is taken
// for one that is not closed: no text of a fleet file is that long.
func (s *scan) quoted(quote byte) *flaw {
	for i := s.at + 1; i < len(s.data); i++ {
		switch {
		case s.data[i] == '\n' && !s.valid:
			return s.notClosed(s.at)
		case s.data[i] == '\\' && quote == '"':
			i++
		case s.data[i] != quote:
		case quote == '\'' && i+1 < len(s.data) && s.data[i+1] == quote:
			i++
		default:
			s.at, s.start = i+1, false
			return nil
		}
	}
	return s.notClosed(s.at)
}

func (s *scan) notClosed(at int) *flaw {
	c := s.data[at]
	hint := "close it on its line"
	if c == '{' || c == '[' {
		hint = fmt.Sprintf("close it with %c; put text that starts with %c in quotes", closer(c), c)
	}
	return &flaw{at, fmt.Sprintf("the %c is not closed", c), hint}
}

func (s *scan) beforeSpace() bool {
	return s.at+1 == len(s.data) || isSpace(s.data[s.at+1])
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

// columnOf is how many bytes stand before an offset on its line.
func (s *scan) columnOf(at int) int { return at - 1 - bytes.LastIndexByte(s.data[:at], '\n') }

func closer(c byte) byte { return c + 2 } // [ and ], { and } are two apart in ASCII

func lineLength(data []byte) int {
	if n := bytes.IndexByte(data, '\n'); n >= 0 {
		return n
	}
	return len(data)
}
