package fleet

import (
	"fmt"
	"strconv"
	"strings"
)

// Pos is a place in a fleet file. Line and Column count from 1; Column counts
// characters, not bytes. Its text, in documents too, is file:line:column.
type Pos struct {
	File         string
	Line, Column int
}

func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// MarshalText writes what String does.
func (p Pos) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText writes. A text without a line and a column
// is a file.
func (p *Pos) UnmarshalText(text []byte) error {
	*p = Pos{File: string(text)}
	rest, column, ok := cutNumber(p.File)
	file, line, ok2 := cutNumber(rest)
	if ok && ok2 {
		*p = Pos{File: file, Line: line, Column: column}
	}
	return nil
}

// cutNumber takes a number from 1 and the colon before it from the end of a text.
func cutNumber(s string) (before string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil && n > 0
}
