package vpsorg

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Client talks to the API with one token. All goroutines that use one Client
// share its limiter and its retry budget. Make it with New.
type Client struct {
	cfg     Config // with defaults in the place of all that was left out but BeforeQueue
	base    *url.URL
	limiter *limiter
	budget  *budget
	servers listForm
}

// Endpoint is the base URL in its normal form, for messages and digests.
func (c *Client) Endpoint() string { return c.base.String() }

// Format prints the client without its token, whatever the verb.
func (c *Client) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "vpsorg.Client(%s)", c.Endpoint()) }

// request is one request of the API and the answer that it takes.
type request struct {
	method string
	path   string // below the base URL, escaped, with a slash at both ends
	query  url.Values
	body   any   // nil: none
	status int   // the only status that is a success; 0: any 2xx
	limit  int64 // bytes that the answer may have; 0: maxBody
}

// target is the path with the query, below the base URL.
func (r request) target() string {
	if len(r.query) == 0 {
		return r.path
	}
	return r.path + "?" + r.query.Encode()
}

func (r request) accepts(status int) bool {
	return status == r.status || r.status == 0 && status/100 == 2
}

// fail is the error of r for the reason err.
func (r request) fail(err error) *Error {
	return &Error{Method: r.method, Path: r.target(), Err: err}
}

// do sends r in its turn and decodes the answer. It repeats a GET while that may help.
func do[T any](ctx context.Context, c *Client, r request, decode func(io.Reader) (T, error)) (T, error) {
	t := retries{client: c, pause: c.Pauses()}
	for attempt := 1; ; attempt++ {
		v, failed := attemptOnce(ctx, c, r, attempt, decode)
		if failed == nil {
			c.budget.earn()
			return v, nil
		}
		pause, again := t.next(ctx, failed)
		if !again {
			c.tellPutOff(ctx, r, failed)
			return v, failed
		}
		c.cfg.Waiting(Wait{r.kind(ctx), r.method, r.target(), failed.Status, failed, attempt + 1, pause, t.since})
		if failed.Status == http.StatusTooManyRequests {
			continue // the limiter makes everybody pause
		}
		if err := sleep(ctx, pause); err != nil {
			return v, r.fail(fmt.Errorf("%w, after %v", err, failed))
		}
	}
}

// tellPutOff tells of the pause after a 429 to a change. Whether the change is sent again
// is for the caller to decide, but nothing is sent before the pause is over.
func (c *Client) tellPutOff(ctx context.Context, r request, failed *Error) {
	if r.method != http.MethodGet && errors.Is(failed, ErrRateLimited) {
		c.cfg.Waiting(Wait{Kind: r.kind(ctx), Method: r.method, Path: r.target(), Status: failed.Status, Err: failed, Pause: c.limiter.pausedFor(), Since: time.Now()})
	}
}

// attemptOnce waits for r's turn, sends it once, and tells the limiter and the
// observer how it went.
func attemptOnce[T any](ctx context.Context, c *Client, r request, attempt int, decode func(io.Reader) (T, error)) (T, *Error) {
	turn, err := c.queue(ctx, r)
	if err == nil {
		err = beforeSend(ctx)
	}
	if err != nil {
		failed := r.fail(err)
		failed.NotSent = true
		var zero T
		return zero, failed
	}
	start := time.Now()
	defer c.cfg.Sending()()
	v, status, failed := exchange(ctx, c, r, decode)
	c.limiter.learn(turn, failed)
	if failed != nil && failed.RetryAfter > 0 {
		if long := waitsTooLong(ctx, time.Now().Add(failed.RetryAfter), c.cfg.MaxWait); long != nil {
			failed.Err = long
		}
	}
	call := Call{Kind: r.kind(ctx), Method: r.method, Path: r.target(), Status: status, Attempt: attempt, Duration: time.Since(start)}
	if failed != nil {
		call.Err = failed
	}
	c.cfg.Observe(call)
	return v, failed
}

// queue waits for r's turn.
func (c *Client) queue(ctx context.Context, r request) (turn int, err error) {
	if c.cfg.BeforeQueue != nil {
		body, _ := json.Marshal(r.body) // it is encoded again to be sent
		if err := c.cfg.BeforeQueue(ctx, r.method+" "+r.target()+" "+string(body)); err != nil {
			return 0, err
		}
	}
	return c.limiter.wait(ctx)
}

// exchange sends r once and decodes its answer.
func exchange[T any](ctx context.Context, c *Client, r request, decode func(io.Reader) (T, error)) (v T, status int, failed *Error) {
	timed, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	var sent sending
	req, err := c.newRequest(sent.watch(timed), r)
	if err != nil {
		failed = r.fail(c.redacted(err))
		failed.NotSent = true
		return v, 0, failed
	}
	// A RoundTripper, not an http.Client: it follows no redirects and keeps no
	// cookies, so the token goes to one origin.
	resp, err := c.cfg.Transport.RoundTrip(req)
	if err != nil {
		failed = r.fail(c.cause(ctx, timed, err))
		failed.NotSent = sent.never()
		return v, 0, failed
	}
	defer resp.Body.Close()
	body := &boundedBody{r: resp.Body, left: r.limit}
	if r.limit == 0 {
		body.left = maxBody
	}
	answer := bufio.NewReaderSize(body, headSize)
	if head, _ := answer.Peek(headSize); !r.accepts(resp.StatusCode) || isHTML(head) || r.method == http.MethodGet && !isJSON(head) && body.broken == nil {
		return v, resp.StatusCode, c.refusal(r, resp, answer)
	}
	got, err := decode(answer)
	switch {
	case body.broken != nil:
		failed = r.fail(brokenOff{c.cause(ctx, timed, body.broken)})
	case err != nil:
		failed = r.fail(c.redacted(fmt.Errorf("the answer cannot be used: %w", err)))
	default:
		return got, resp.StatusCode, nil
	}
	failed.Status = resp.StatusCode
	return v, resp.StatusCode, failed
}

// newRequest builds the HTTP request. The body goes without GetBody, so that no
// transport can send it a second time.
func (c *Client) newRequest(ctx context.Context, r request) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		data, err := json.Marshal(r.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.base.String()+r.target(), body)
	if err != nil {
		return nil, err
	}
	req.GetBody = nil
	req.Header.Set("Authorization", "Bearer "+c.cfg.Token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.cfg.UserAgent)
	return req, nil
}

// cause says why no whole answer came: the caller's context, the time-out of
// this one request, or what the connection reported.
func (c *Client) cause(ctx, timed context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case timed.Err() != nil:
		return timedOut{c.cfg.Timeout}
	}
	return c.redacted(err)
}

// redacted is err, or just its text where that text has the token in it.
func (c *Client) redacted(err error) error {
	if text := c.redact(err.Error()); text != err.Error() {
		return errors.New(text)
	}
	return err
}
