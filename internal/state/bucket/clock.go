package bucket

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/vps-fleet/fleet/internal/state"
)

// clock is what the store's clock said when it answered a request.
type clock struct{ date string }

type clockKey struct{}

// in is a context whose requests set the clock.
func (c *clock) in(ctx context.Context) context.Context { return context.WithValue(ctx, clockKey{}, c) }

// read returns the store's time.
func (c *clock) read() (time.Time, error) {
	now, err := http.ParseTime(c.date)
	if err != nil {
		return now, errNoClock
	}
	return now, nil
}

// errNoClock is why a store cannot be used by several hosts.
var errNoClock error = &state.BackendError{
	Err:    errors.New("the store's answers have no Date, by which leases end"),
	Stays:  true,
	Advice: "use a store whose server sends the Date of each answer, or a proxy that passes it on",
}

// watch is a transport that tells a request's clock the Date of the answer. The last
// of several requests counts, such as for a token and then for an object.
type watch struct{ http.RoundTripper }

func (w watch) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.RoundTripper.RoundTrip(r)
	if c, ok := r.Context().Value(clockKey{}).(*clock); ok && err == nil {
		c.date = answer.Header.Get("Date")
	}
	return answer, err
}
