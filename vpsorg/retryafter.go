package vpsorg

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	longestTold = 100 * 365 * 24 * time.Hour // of all waits, so that sums of times do not overflow
	epochFrom   = 5e8                        // seconds; as much or more is a time since 1970, not a wait
	millisFrom  = 1e11                       // as much or more is in milliseconds
)

// retryAfter is how long an answer asks to wait: Retry-After in seconds, rounded
// up, or as a date, which counts from the answer's own Date, since the server's
// clock may be wrong. Where a 429 has none that can be used, the time at which its
// rate limit is reset says it. 0: the answer does not say.
func retryAfter(resp *http.Response, now time.Time) time.Duration {
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		now = date
	}
	text := resp.Header.Get("Retry-After")
	wait := bounded(seconds(text))
	if wait == 0 {
		wait = until(text, now)
	}
	if resp.StatusCode != http.StatusTooManyRequests {
		return wait
	}
	for _, name := range []string{"RateLimit-Reset", "X-RateLimit-Reset"} {
		if wait == 0 {
			wait = reset(resp.Header.Get(name), now)
		}
	}
	return wait
}

// reset reads when a rate limit is reset: in seconds from now, in seconds or
// milliseconds since 1970, or as a date.
func reset(text string, now time.Time) time.Duration {
	n := seconds(text)
	if n >= millisFrom {
		n /= 1000
	}
	if n >= epochFrom {
		n -= float64(now.UnixMilli()) / 1000
	}
	if n > 0 {
		return bounded(n)
	}
	return until(text, now)
}

var number = regexp.MustCompile(`^[0-9]+(\.[0-9]*)?$`)

// seconds reads a number that is not negative; 0: it is none.
func seconds(text string) float64 {
	text = strings.TrimSpace(text)
	if !number.MatchString(text) {
		return 0
	}
	n, _ := strconv.ParseFloat(text, 64) // where it is too large for a float64, it is infinite
	return n
}

// bounded is so many seconds, rounded up to whole ones.
func bounded(seconds float64) time.Duration {
	if seconds >= longestTold.Seconds() {
		return longestTold
	}
	wait := time.Duration(seconds * float64(time.Second))
	if rest := wait % time.Second; rest > 0 {
		wait += time.Second - rest
	}
	return max(wait, 0)
}

// until is the time from now to a date; 0: it is none, or it is over.
func until(text string, now time.Time) time.Duration {
	date, err := http.ParseTime(strings.TrimSpace(text))
	if err != nil {
		return 0
	}
	return min(max(date.Sub(now), 0), longestTold)
}
