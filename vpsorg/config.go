package vpsorg

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DefaultBaseURL is where VPS.org serves its API.
const DefaultBaseURL = "https://admin.vps.org/api/v1"

// DefaultTimeout is how long one request may take, its answer included.
const DefaultTimeout = 30 * time.Second

// DefaultParallelism is how many readings are under way at once.
const DefaultParallelism = 10

const defaultUserAgent = "fleet"

// Config says which API a Client talks to and how. Only Token is required.
type Config struct {
	BaseURL     string            // "": DefaultBaseURL
	Token       string            // made at Account → Developers; never shown by this package
	UserAgent   string            // "": "fleet"
	Transport   http.RoundTripper // nil: NewTransport()
	Rate        float64           // requests a second, kept over any window; 0: no limit but what 429 answers teach
	Parallelism int               // readings under way at once, such as of a list's pages; 0: DefaultParallelism
	Timeout     time.Duration     // of one request from its sending to the end of the answer; 0: 30 s
	Observe     func(Call)        // told of every request that was sent or tried, from many goroutines; may be nil
	Steady      Steady            // for simulations that repeat exactly; nil: none
}

// Steady is called before a request queues for its turn, with its method, path and
// body, and may hold it back. With one, nothing that a client does is left to chance:
// pauses between attempts are always the same.
type Steady func(ctx context.Context, request string) error

// Format prints the configuration without its token, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "vpsorg.Config{BaseURL: %q, Rate: %g, Timeout: %s}", c.BaseURL, c.Rate, c.Timeout)
}

// Call is one request as it went, for logs and counters.
type Call struct {
	Kind     Kind
	Method   string
	Path     string // below the base URL, with the query
	Status   int    // 0: no answer
	Attempt  int    // 1 for the first; more only for GET
	Duration time.Duration
	Err      error // nil: a good answer
}

// New checks the configuration and returns a client; it sends nothing. Errors
// end in a line "hint: …" where there is one, and never show the token or the
// user information of a URL.
func New(cfg Config) (*Client, error) {
	base, err := parseBaseURL(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	token, err := parseToken(cfg.Token)
	if err != nil {
		return nil, err
	}
	if cfg.Rate < 0 || math.IsNaN(cfg.Rate) || math.IsInf(cfg.Rate, 0) {
		return nil, fmt.Errorf("the rate of %g requests a second is not a number from 0 up", cfg.Rate)
	}
	if cfg.Parallelism < 0 {
		return nil, fmt.Errorf("the parallelism of %d is negative", cfg.Parallelism)
	}
	if cfg.Timeout < 0 {
		return nil, fmt.Errorf("the time-out of %s is negative", cfg.Timeout)
	}
	c := &Client{
		base:        base,
		token:       token,
		userAgent:   cfg.UserAgent,
		transport:   cfg.Transport,
		timeout:     cfg.Timeout,
		observe:     cfg.Observe,
		parallelism: cfg.Parallelism,
		limiter:     newLimiter(cfg.Rate),
		budget:      newBudget(),
		steady:      cfg.Steady,
	}
	if c.userAgent == "" {
		c.userAgent = defaultUserAgent
	}
	if c.transport == nil {
		c.transport = NewTransport()
	}
	if c.parallelism == 0 {
		c.parallelism = DefaultParallelism
	}
	if c.timeout == 0 {
		c.timeout = DefaultTimeout
	}
	return c, nil
}

// parseBaseURL checks raw and returns it in one normal form: lower-case host, no
// default port, no slash at the end. Its errors do not repeat raw, which might
// hold a password.
func parseBaseURL(raw string) (*url.URL, error) {
	if raw == "" {
		raw = DefaultBaseURL
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, errors.New("the API's base URL is not a URL\nhint: it looks like " + DefaultBaseURL)
	case u.User != nil:
		return nil, errors.New("the API's base URL holds a user name or password\nhint: put the token in VPS_API_TOKEN and only the address in VPS_API_URL")
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return nil, errors.New("the API's base URL is not an https:// address\nhint: it looks like " + DefaultBaseURL)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, fmt.Errorf("the API's base URL would send the token to %s unencrypted\nhint: use https://; http:// is for loopback addresses only", oneLine(u.Host))
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("the API's base URL has a query or a fragment\nhint: it looks like " + DefaultBaseURL)
	}
	return url.Parse(origin(u) + strings.TrimRight(u.EscapedPath(), "/"))
}

func isLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

// origin is scheme, host and port of u in one spelling; a default port is left out.
func origin(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		return u.Scheme + "://" + host
	}
	return u.Scheme + "://" + host + ":" + port
}

// parseToken trims the token, as a file's ends in a newline, and refuses one that
// could not stand in a header, without showing it.
func parseToken(raw string) (string, error) {
	token := strings.TrimSpace(raw)
	if token == "" {
		return "", errors.New("there is no API token\nhint: make one at Account → Developers and put it in VPS_API_TOKEN")
	}
	for _, c := range []byte(token) {
		if c <= ' ' || c >= 0x7f {
			return "", errors.New("the API token has spaces, line breaks or other characters that no token has\nhint: it must be the token alone, on one line")
		}
	}
	return token, nil
}
