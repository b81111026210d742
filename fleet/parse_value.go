package fleet

import (
	"encoding"
	"strconv"
	"time"
)

// maxDuration is longer than any rollout takes.
const maxDuration = 30 * 24 * time.Hour

func (r *reader) duration(n node, what string) Duration       { return r.anyDuration(n, what, false) }
func (r *reader) durationOrNone(n node, what string) Duration { return r.anyDuration(n, what, true) }

// anyDuration reads a time, which may be none only where that means something.
func (r *reader) anyDuration(n node, what string, orNone bool) Duration {
	s, ok := r.text(n, what)
	if !ok {
		return Duration{}
	}
	d, err := time.ParseDuration(s)
	switch {
	case err != nil:
		r.problemf(n, "write a number with its unit, such as 90s, 10m or 24h", "%s is not a time: %s", what, quote(s))
	case d < 0:
		r.problemf(n, "", "%s is negative: %s", what, s)
	case d == 0 && !orNone:
		r.problemf(n, "", "%s is no time at all", what)
	case d > maxDuration:
		r.problemf(n, "", "%s is longer than %s: %s", what, maxDuration, s)
	default:
		return Duration{d}
	}
	return Duration{}
}

// count reads a whole number between two others.
func (r *reader) count(least, most int) func(n node, what string) int {
	return func(n node, what string) int {
		s, ok := r.text(n, what)
		i, err := strconv.Atoi(s)
		if err == nil && plain(n.Node) && numberPattern.MatchString(s) && i >= least && i <= most {
			return i
		}
		if ok {
			r.problemf(n, "", "%s must be a number from %d to %d, not %s", what, least, most, quote(s))
		}
		return least
	}
}

// value reads a text that has a form of its own.
func (r *reader) value(n node, what, hint string, into encoding.TextUnmarshaler) {
	if s, ok := r.text(n, what); ok {
		if err := into.UnmarshalText([]byte(s)); err != nil {
			r.problemf(n, hint, "%s: %s", what, err)
		}
	}
}
