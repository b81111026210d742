package vpsorg

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// How often a GET is sent, the first time included. An answer of 429 is counted
// more patiently: it is no failure, and the limiter already holds everyone back.
const (
	maxAttempts          = 5
	maxThrottledAttempts = 10
)

// again decides whether a failed request is sent once more: only a GET, only
// after what may pass, and only within the client's retry budget.
func (c *Client) again(ctx context.Context, failed *Error, attempt int) bool {
	switch {
	case failed.Method != http.MethodGet || ctx.Err() != nil:
		return false
	case failed.Status == http.StatusTooManyRequests:
		return attempt < maxThrottledAttempts
	}
	return passing(failed) && attempt < maxAttempts && c.budget.take()
}

// passing reports whether the failure may be gone a moment later: the network,
// or an API that is down; but not a certificate that does not verify.
func passing(failed *Error) bool {
	switch failed.Status {
	case 0:
		var certificate *tls.CertificateVerificationError
		return !errors.As(failed.Err, &certificate)
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	var broken brokenOff
	return errors.As(failed.Err, &broken)
}

// The retry budget: 50 retries at once, and one more for every five requests
// that succeed. So an outage costs the API at most 50 requests on top, whatever
// the number of workers, and lasting trouble a fifth more.
const (
	budgetMax    = 50
	budgetEarned = 0.2
)

// budget is how many retries a client has left.
type budget struct {
	mu   sync.Mutex
	left float64
}

func newBudget() *budget { return &budget{left: budgetMax} }

// take spends one retry, if there is one.
func (b *budget) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// earn is told of every success.
func (b *budget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = min(b.left+budgetEarned, budgetMax)
}

// Pauses gives the waits between the attempts of one request, one after another:
// about 0.5, 1, 2, 4 … s, at most 10, each half as much more or less by chance.
func (c *Client) Pauses() func() time.Duration {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval = 500 * time.Millisecond
	b.Multiplier = 2
	b.RandomizationFactor = 0.5
	if c.beforeQueue != nil {
		b.RandomizationFactor = 0
	}
	b.MaxInterval = 10 * time.Second
	b.Reset()
	return b.NextBackOff
}

// sleep waits for d, or less if ctx ends, whose error it then answers.
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
