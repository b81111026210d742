package emulator

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// RetryAfter is the way in which a 429 says when to come again.
type RetryAfter int

const (
	InSeconds         RetryAfter = iota // Retry-After: 21, in whole seconds
	Untold                              // nothing
	ToldAsZero                          // Retry-After: 0, however long it really is
	InFractions                         // Retry-After: 21.5
	AsDate                              // Retry-After and Date, both by a clock that is an hour fast
	AsRateLimitReset                    // RateLimit-Reset: 21
	AsXRateLimitReset                   // X-RateLimit-Reset, in seconds since 1970
	ToldAsDay                           // Retry-After: 86400, however long it really is
)

// RetryAfters are all of them.
var RetryAfters = []RetryAfter{InSeconds, Untold, ToldAsZero, InFractions, AsDate, AsRateLimitReset, AsXRateLimitReset, ToldAsDay}

// fast is how far ahead the clock is that dates are by.
const fast = time.Hour

// Header tells a client to come again after a time, as of now.
func (a RetryAfter) Header(after time.Duration) http.Header {
	now := time.Now()
	seconds := strconv.Itoa(int(math.Ceil(after.Seconds())))
	date := func(t time.Time) string { return t.Add(fast).UTC().Format(http.TimeFormat) }
	switch a {
	case Untold:
		return http.Header{}
	case ToldAsZero:
		return http.Header{"Retry-After": {"0"}}
	case InFractions:
		return http.Header{"Retry-After": {seconds + ".5"}}
	case AsDate: // both in whole seconds, so one more
		return http.Header{"Date": {date(now)}, "Retry-After": {date(now.Add(after + time.Second))}}
	case AsRateLimitReset:
		return http.Header{"Ratelimit-Reset": {seconds}}
	case AsXRateLimitReset:
		return http.Header{"X-Ratelimit-Reset": {strconv.FormatInt(now.Add(after+time.Second).Unix(), 10)}}
	case ToldAsDay:
		return http.Header{"Retry-After": {"86400"}}
	}
	return http.Header{"Retry-After": {seconds}}
}
