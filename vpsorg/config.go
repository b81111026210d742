package vpsorg

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"time"
)

// DefaultBaseURL is where VPS.org serves its API.
const DefaultBaseURL = "https://admin.vps.org/api/v1"

// DefaultTimeout is how long one request may take, its answer included.
const DefaultTimeout = 30 * time.Second

// DefaultParallelism is how many reads are under way at once.
const DefaultParallelism = 10

const defaultUserAgent = "fleet"

// Config says which API a Client talks to and how. Only Token is required.
type Config struct {
	BaseURL     string            // "": DefaultBaseURL
	Token       string            // made at Account → Developers; never shown by this package
	TokenSource string            // where the token comes from, for hints; "": VPS_API_TOKEN
	UserAgent   string            // "": "fleet"
	Transport   http.RoundTripper // nil: NewTransport()
	Rate        float64           // requests a second, kept over any window; 0: no limit but what 429 answers teach
	Parallelism int               // reads under way at once, such as of a list's pages; 0: DefaultParallelism
	Timeout     time.Duration     // of one request from its sending to the end of the answer; 0: 30 s
	MaxWait     time.Duration     // the longest wait that the API may ask for, and how long a GET is repeated while it answers 429; 0: DefaultMaxWait
	Observe     func(Call)        // told of every request that was sent or tried, from many goroutines; may be nil
	Sending     func() func()     // told of every request that leaves; what it returns is called when that has ended. From many goroutines; may be nil
	Waiting     func(Wait)        // told of every Wait, from many goroutines; may be nil

	// BeforeQueue, if not nil, is called before a request queues for its turn, with
	// its method, path and body, and may hold it back. It is for simulations that
	// repeat exactly: with it the pauses between attempts are always the same.
	BeforeQueue func(ctx context.Context, request string) error
}

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

// ConfigError is a configuration that cannot be used. It never shows the token or
// the user information of a URL.
type ConfigError struct{ text, hint string }

func (e *ConfigError) Error() string { return e.text }

// Hint is what to do about it, in one line; "" where the error says it all.
func (e *ConfigError) Hint() string { return e.hint }

// New checks the configuration and returns a client; it sends nothing. Its errors
// are of type *ConfigError.
func New(cfg Config) (*Client, error) {
	base, err := parseBaseURL(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	cfg.TokenSource = cmp.Or(cfg.TokenSource, tokenVariable)
	if cfg.Token, err = parseToken(cfg.Token, cfg.TokenSource); err != nil {
		return nil, err
	}
	if err := cfg.checkNumbers(); err != nil {
		return nil, err
	}
	if cfg.Transport == nil {
		if err := checkProxy(base); err != nil {
			return nil, err
		}
		cfg.Transport = NewTransport()
	}
	cfg = cfg.complete()
	return &Client{cfg: cfg, base: base, limiter: newLimiter(cfg.Rate, cfg.MaxWait), budget: newBudget()}, nil
}

// complete puts defaults in the place of what is left out.
func (c Config) complete() Config {
	c.UserAgent = cmp.Or(c.UserAgent, defaultUserAgent)
	c.Parallelism = cmp.Or(c.Parallelism, DefaultParallelism)
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
	c.MaxWait = cmp.Or(c.MaxWait, DefaultMaxWait)
	if c.Observe == nil {
		c.Observe = func(Call) {}
	}
	if c.Sending == nil {
		c.Sending = func() func() { return func() {} }
	}
	if c.Waiting == nil {
		c.Waiting = func(Wait) {}
	}
	return c
}

// checkNumbers refuses numbers that no client can use.
func (c Config) checkNumbers() error {
	switch {
	case c.Rate < 0 || math.IsNaN(c.Rate) || math.IsInf(c.Rate, 0):
		return &ConfigError{text: fmt.Sprintf("the rate of %g requests a second is not a number from 0 up", c.Rate)}
	case c.Parallelism < 0:
		return &ConfigError{text: fmt.Sprintf("the parallelism of %d is negative", c.Parallelism)}
	case c.Timeout < 0:
		return &ConfigError{text: fmt.Sprintf("the time-out of %s is negative", c.Timeout)}
	case c.MaxWait < 0:
		return &ConfigError{text: fmt.Sprintf("the longest wait of %s is negative", c.MaxWait)}
	}
	return nil
}
