package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// ranges lists names shorter, as a fleet file writes them: three and more that
// count up are one range, web-[01:40], in the place of its first name. All others
// stand as they are; in quotes, where they are not made of letters, digits and
// hyphens and could pass for something else.
func ranges(names []string) []string {
	runs := runsOf(names)
	slices.SortStableFunc(runs, func(a, b []numberedName) int { return fleet.CompareNames(a[0].name(), b[0].name()) })
	var list []string
	for _, run := range runs {
		first, last := run[0], run[len(run)-1]
		if len(run) > 1 {
			list = append(list, fmt.Sprintf("%s[%s:%s]%s", first.prefix, first.digits, last.digits, first.suffix))
		} else {
			list = append(list, first.String())
		}
	}
	return list
}

// runsOf are the names that make a range, and each other name by itself.
func runsOf(names []string) (runs [][]numberedName) {
	numbered := make([]numberedName, len(names))
	for i, n := range names {
		numbered[i] = numberedNameOf(n)
	}
	slices.SortStableFunc(numbered, func(a, b numberedName) int {
		return cmp.Or(strings.Compare(a.prefix, b.prefix), strings.Compare(a.suffix, b.suffix), cmp.Compare(a.number, b.number), cmp.Compare(len(a.digits), len(b.digits)))
	})
	for len(numbered) > 0 {
		run := 1
		for run < len(numbered) && numbered[0].isFollowedBy(numbered[run], run) {
			run++
		}
		if run < 3 {
			run = 1
		}
		runs = append(runs, numbered[:run])
		numbered = numbered[run:]
	}
	return runs
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// numberedName is a name apart from the last number in it.
type numberedName struct {
	prefix, digits, suffix string
	number                 int // -1 where there is none, or one too long to count with
}

func numberedNameOf(name string) numberedName {
	end := strings.LastIndexAny(name, "0123456789") + 1
	start := end
	for start > 0 && isDigit(name[start-1]) {
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

func (n numberedName) name() string { return n.prefix + n.digits + n.suffix }

func (n numberedName) String() string {
	name := n.name()
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
