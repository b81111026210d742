package vpsorg

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// How long after its first failure a GET is still sent again.
const (
	outage       = 90 * time.Second // while the API or the network is down
	wrongAddress = 8 * time.Second  // while the API's name is unknown, which is a typing error more often
)

// retries are the attempts of one request after its first failure.
type retries struct {
	client *Client
	pause  func() time.Duration
	since  time.Time // when the first attempt failed
}

// next decides whether a failed request is sent once more, and after which pause:
// only a GET, only after what may be over a moment later, within the client's retry
// budget, and while there is time for it. After a 429 the limiter makes everybody
// pause, so that is no retry of the budget.
func (t *retries) next(ctx context.Context, failed *Error) (pause time.Duration, again bool) {
	if t.since.IsZero() {
		t.since = time.Now()
	}
	c, most := t.client, outage
	var name *net.DNSError
	switch {
	case errors.As(failed.Err, &name) && name.IsNotFound:
		most = wrongAddress
	case failed.Status == http.StatusTooManyRequests:
		most = c.cfg.MaxWait
	default:
		most = max(most, failed.RetryAfter)
	}
	switch {
	case failed.Method != http.MethodGet || ctx.Err() != nil || endsInWait(failed):
		return 0, false
	case failed.Status == http.StatusTooManyRequests:
		pause = c.limiter.pausedFor()
		return pause, time.Since(t.since)+pause <= most
	case !passing(failed):
		return 0, false
	}
	pause = max(t.pause(), failed.RetryAfter, c.budget.take())
	if time.Since(t.since)+pause > most {
		c.budget.giveBack()
		return 0, false
	}
	return pause, true
}

// passing reports whether the failure of a GET may be over a moment later: that of the
// network, but not a certificate that does not verify, or no TLS at all; an API that is
// down; an answer that is not the API's own, such as a proxy's page.
func passing(failed *Error) bool {
	var broken brokenOff
	switch failed.Status {
	case 0:
		var certificate *tls.CertificateVerificationError
		var noTLS tls.RecordHeaderError
		return !errors.As(failed.Err, &certificate) && !errors.As(failed.Err, &noTLS)
	case http.StatusRequestTimeout, http.StatusTooEarly:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	}
	return failed.Status/100 == 5 || failed.notJSON || failed.pageOfProxy() || errors.As(failed.Err, &broken)
}

// Pauses gives the waits between the attempts of one request, one after another:
// about 0.5, 1, 2, 4 … s, at most 10, each half as much more or less by chance.
func (c *Client) Pauses() func() time.Duration {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval = 500 * time.Millisecond
	b.Multiplier = 2
	b.RandomizationFactor = 0.5
	if c.cfg.BeforeQueue != nil {
		b.RandomizationFactor = 0
	}
	b.MaxInterval = 10 * time.Second
	b.Reset()
	return b.NextBackOff
}

// sleep waits for d, or less if ctx ends, and then returns its error.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
