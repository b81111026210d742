package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ranges lists names shorter, as a fleet file writes them: three and more that
// count up are one range, web-[01:40]. All others stand as they are; in quotes, where
// they are not made of letters, digits and hyphens and could pass for something else.
func ranges(names []string) []string {
	numbered := make([]numberedName, len(names))
	for i, n := range names {
		numbered[i] = numberedNameOf(n)
	}
	slices.SortStableFunc(numbered, func(a, b numberedName) int {
		return cmp.Or(strings.Compare(a.prefix, b.prefix), strings.Compare(a.suffix, b.suffix), cmp.Compare(a.number, b.number), cmp.Compare(len(a.digits), len(b.digits)))
	})
	var list []string
	for len(numbered) > 0 {
		run := 1
		for run < len(numbered) && numbered[0].isFollowedBy(numbered[run], run) {
			run++
		}
		if run < 3 {
			run = 1
			list = append(list, numbered[0].String())
		} else {
			first, last := numbered[0], numbered[run-1]
			list = append(list, fmt.Sprintf("%s[%s:%s]%s", first.prefix, first.digits, last.digits, first.suffix))
		}
		numbered = numbered[run:]
	}
	return list
}

// numberedName is a name apart from the last number in it.
type numberedName struct {
	prefix, digits, suffix string
	number                 int // -1 where there is none, or one too long to count with
}

func numberedNameOf(name string) numberedName {
	end := strings.LastIndexAny(name, "0123456789") + 1
	start := end
	for start > 0 && name[start-1] >= '0' && name[start-1] <= '9' {
		start--
	}
	if start == end || end-start > 9 || !isPlain(name) {
		return numberedName{prefix: name, number: -1}
	}
	n, _ := strconv.Atoi(name[start:end]) // nine digits at most
	return numberedName{name[:start], name[start:end], name[end:], n}
}

// isPlain reports whether a name is one that a fleet file could hold.
func isPlain(name string) bool {
	return strings.IndexFunc(name, func(r rune) bool { return r > 0x7f || !partOfName(byte(r)) }) < 0
}

func (n numberedName) String() string {
	name := n.prefix + n.digits + n.suffix
	if name == "" || !isPlain(name) {
		return strconv.Quote(name)
	}
	return name
}

// isFollowedBy reports whether m is the name that comes by steps after n in a range.
func (n numberedName) isFollowedBy(m numberedName, by int) bool {
	if n.number < 0 || n.prefix != m.prefix || n.suffix != m.suffix {
		return false
	}
	width := 0
	if n.digits[0] == '0' && len(n.digits) > 1 {
		width = len(n.digits)
	}
	return m.digits == fmt.Sprintf("%0*d", width, n.number+by)
}
