package probe

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

const (
	maxTail = 1 << 10 // bytes of a command's output that are kept
	maxLine = 160     // of them, or of an answer, that an error tells
)

// tail keeps the end of what is written to it, however much that is.
type tail struct{ kept []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p[max(0, len(p)-maxTail):]...)
	t.kept = t.kept[max(0, len(t.kept)-maxTail):]
	return len(p), nil
}

// lastLine is the last line that has something in it.
func (t *tail) lastLine() string {
	lines := bytes.Split(bytes.TrimSpace(t.kept), []byte("\n"))
	return cut(string(bytes.TrimSpace(lines[len(lines)-1])))
}

// cut shortens a text from outside to what fits into an error.
func cut(s string) string {
	if len(s) <= maxLine {
		return s
	}
	s = s[:maxLine]
	for !utf8.ValidString(s) && len(s) > maxLine-utf8.UTFMax { // a character in two
		s = s[:len(s)-1]
	}
	return strings.TrimSpace(s) + "…"
}
