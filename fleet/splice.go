package fleet

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"sort"
	"strings"
)

// Edit replaces the bytes of a Layout's text from Start to End by New.
type Edit struct {
	Start, End int
	New        string
}

// Splice makes edits of the text that the layout is of. What stands outside of the
// edits stays as it is, byte for byte, and what they write ends its lines as the text
// does. Edits at one place are made in the order in which they are given; it is an
// error where two overlap.
func (l *Layout) Splice(edits []Edit) ([]byte, error) {
	o := originOf(l.given)
	given := make([]Edit, len(edits))
	for i, e := range edits {
		given[i] = o.edit(e)
	}
	return splice(l.given, given)
}

// splice makes edits whose offsets are all of the text before any of them.
func splice(data []byte, edits []Edit) ([]byte, error) {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Compare(a.Start, b.Start) })
	var out []byte
	at := 0
	for _, e := range edits {
		if e.Start < at || e.End < e.Start || e.End > len(data) {
			return nil, errors.New("two changes of one place in the text")
		}
		out = append(append(out, data[at:e.Start]...), e.New...)
		at = e.End
	}
	return append(out, data[at:]...), nil
}

// origin maps places in a text in the form that clean gives it to places in the
// text as it was: behind a byte order mark, and with other line ends.
type origin struct {
	mark int    // bytes before the text
	crlf []int  // offsets of the line ends that were two bytes
	end  string // what ends a line
}

func originOf(data []byte) origin {
	o := origin{end: "\n"}
	rest := bytes.TrimPrefix(data, []byte("\ufeff"))
	o.mark = len(data) - len(rest)
	if first := bytes.IndexAny(rest, "\r\n"); first >= 0 && rest[first] == '\r' {
		o.end = "\r"
		if bytes.HasPrefix(rest[first:], []byte("\r\n")) {
			o.end = "\r\n"
		}
	}
	for i := 0; i+1 < len(rest); i++ {
		if rest[i] == '\r' && rest[i+1] == '\n' {
			o.crlf = append(o.crlf, i-len(o.crlf))
		}
	}
	return o
}

// edit is an edit of the clean text as one of the text as it was.
func (o origin) edit(e Edit) Edit {
	return Edit{o.offset(e.Start), o.offset(e.End), strings.ReplaceAll(e.New, "\n", o.end)}
}

func (o origin) offset(clean int) int {
	return o.mark + clean + sort.SearchInts(o.crlf, clean)
}
