package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Series is names that one key of a fleet file lists.
type Series struct {
	Key   string   // a range such as web-[01:12], or the one name
	Names []string // in the order in which the key gives them
}

// minStepped is the least names that make a range that leaves numbers out, as that is
// harder to read than a few names.
const minStepped = 4

// FindSeries lists names as a fleet file does, in natural order: those that count
// up, by one or in equal steps, as a range, all others by themselves. It is the
// inverse of what reading does: each name is in one series. Fewer names than least, two
// or more, are no range, and names that are not letters, digits and hyphens are in none.
func FindSeries(names []string, least int) []Series {
	numbered := make([]numberedName, len(names))
	for i, n := range names {
		numbered[i] = numberedNameOf(n)
	}
	slices.SortFunc(numbered, func(a, b numberedName) int {
		return cmp.Or(strings.Compare(a.prefix, b.prefix), strings.Compare(a.suffix, b.suffix), cmp.Compare(a.number, b.number), cmp.Compare(len(a.digits), len(b.digits)))
	})
	var series []Series
	for len(numbered) > 0 {
		n, step := longestRun(numbered, least)
		series = append(series, seriesOf(numbered[:n], step))
		numbered = numbered[n:]
	}
	slices.SortStableFunc(series, func(a, b Series) int { return CompareNames(a.Names[0], b.Names[0]) })
	return series
}

// longestRun is how many of the first names make a range, and the step of it; 1
// where fewer than least do.
func longestRun(names []numberedName, least int) (n, step int) {
	if len(names) < least {
		return 1, 1
	}
	step = names[1].number - names[0].number
	if step > 1 {
		least = max(least, minStepped)
	}
	n = 1
	for n < len(names) && step > 0 && names[0].isFollowedBy(names[n], n*step) {
		n++
	}
	if n < least {
		return 1, 1
	}
	return n, step
}

func seriesOf(run []numberedName, step int) Series {
	var s Series
	for _, n := range run {
		s.Names = append(s.Names, n.prefix+n.digits+n.suffix)
	}
	first, last := run[0], run[len(run)-1]
	s.Key = s.Names[0]
	if len(run) > 1 {
		s.Key = rangeKey(first.prefix, first.digits, last.digits, step, first.suffix)
	}
	return s
}

// rangeKey writes a key that has one range.
func rangeKey(prefix, first, last string, step int, suffix string) string {
	if step == 1 {
		return fmt.Sprintf("%s[%s:%s]%s", prefix, first, last, suffix)
	}
	return fmt.Sprintf("%s[%s:%s:%d]%s", prefix, first, last, step, suffix)
}

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
	if start == end || end-start > 9 || !ValidName(name) {
		return numberedName{prefix: name, number: -1}
	}
	n, _ := strconv.Atoi(name[start:end]) // nine digits at most
	return numberedName{name[:start], name[start:end], name[end:], n}
}

// isFollowedBy reports whether m is the name that comes so much after n in a range.
func (n numberedName) isFollowedBy(m numberedName, by int) bool {
	if n.number < 0 || n.prefix != m.prefix || n.suffix != m.suffix {
		return false
	}
	if padded(n.digits) { // the ends of a range have one width then
		return len(m.digits) == len(n.digits) && m.number == n.number+by
	}
	return m.digits == strconv.Itoa(n.number+by)
}
