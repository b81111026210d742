package vpsorg

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2025, 1, 16, 12, 0, 0, 0, time.UTC)
	date := func(after time.Duration) string { return now.Add(after).Format(http.TimeFormat) }
	for text, want := range map[string]time.Duration{
		"":                         0,
		"0":                        0,
		"0.0":                      0,
		"3":                        3 * time.Second,
		" 3 ":                      3 * time.Second,
		"3.":                       3 * time.Second,
		"20.5":                     21 * time.Second,
		"0.2":                      time.Second,
		"60":                       time.Minute,
		"86400":                    24 * time.Hour,
		"99999999999999999999999":  longestTold,
		strings.Repeat("9", 400):   longestTold,
		"-3":                       0,
		"+3":                       0,
		"1e3":                      0,
		"0x10":                     0,
		"20,5":                     0,
		"NaN":                      0,
		"soon":                     0,
		date(9 * time.Second):      9 * time.Second,
		date(-9 * time.Second):     0,
		date(365 * 24 * time.Hour): 365 * 24 * time.Hour,
	} {
		for _, status := range []int{409, 423, 429, 500, 503} {
			if got := retryAfter(answer(status, "", "Retry-After", text), now); got != want {
				t.Errorf("%d with %q: got %s, want %s", status, text, got, want)
			}
		}
	}
}

// A date is by the server's clock, which the answer tells.
func TestRetryAfterByTheServersClock(t *testing.T) {
	now := time.Date(2025, 1, 16, 12, 0, 0, 0, time.UTC)
	for _, off := range []time.Duration{-time.Hour, 0, time.Hour, -50 * 365 * 24 * time.Hour} {
		there := now.Add(off)
		resp := answer(429, "", "Retry-After", there.Add(20*time.Second).Format(http.TimeFormat), "Date", there.Format(http.TimeFormat))
		if got := retryAfter(resp, now); got != 20*time.Second {
			t.Errorf("by a clock that is %s off: got %s", off, got)
		}
	}
	resp := answer(429, "", "Retry-After", now.Add(20*time.Second).Format(http.TimeFormat), "Date", "today")
	if got := retryAfter(resp, now); got != 20*time.Second {
		t.Errorf("with a Date that is none: got %s", got)
	}
}

func TestRateLimitReset(t *testing.T) {
	now := time.Unix(1737028800, 0).UTC()
	for text, want := range map[string]time.Duration{
		"":              0,
		"0":             0,
		"20":            20 * time.Second,
		"20.5":          21 * time.Second,
		"86400":         24 * time.Hour,
		"1737028820":    20 * time.Second,
		"1737028820.5":  21 * time.Second,
		"1737028820000": 20 * time.Second,
		"1737028800":    0,
		"1737028000":    0,
		"soon":          0,
		"-1":            0,
		now.Add(7 * time.Second).Format(http.TimeFormat): 7 * time.Second,
	} {
		for _, name := range []string{"RateLimit-Reset", "X-RateLimit-Reset"} {
			if got := retryAfter(answer(429, "", name, text), now); got != want {
				t.Errorf("%s %q: got %s, want %s", name, text, got, want)
			}
			if got := retryAfter(answer(429, "", name, text, "Retry-After", "5"), now); got != 5*time.Second {
				t.Errorf("%s %q beside Retry-After: got %s", name, text, got)
			}
			if got := retryAfter(answer(429, "", name, text, "Retry-After", "0"), now); got != want {
				t.Errorf("%s %q beside Retry-After 0: got %s, want %s", name, text, got, want)
			}
			if got := retryAfter(answer(503, "", name, text), now); got != 0 {
				t.Errorf("%s %q of a 503: got %s", name, text, got)
			}
		}
	}
	resp := answer(429, "", "X-RateLimit-Reset", "1737032420", "Date", now.Add(time.Hour).Format(http.TimeFormat))
	if got := retryAfter(resp, now); got != 20*time.Second {
		t.Errorf("an epoch by a clock that is an hour off: got %s", got)
	}
}

// throttling refuses every request until an instant, and tells how often it was asked.
func throttling(until time.Time, sent *[]time.Duration, headers ...string) transport {
	begin := time.Now()
	return func(*http.Request) (*http.Response, error) {
		*sent = append(*sent, time.Since(begin))
		if time.Now().Before(until) {
			return answer(429, "", headers...), nil
		}
		return answer(200, `{"id":7}`), nil
	}
}

// A GET outlasts minutes of throttling; without a time to wait for, the pause grows.
func TestThrottlingIsOutlasted(t *testing.T) {
	grows := []time.Duration{0, 1, 3, 7, 15, 31, 61, 91}
	for name, headers := range map[string][]string{
		"nothing":       nil,
		"nought":        {"Retry-After", "0"},
		"nonsense":      {"Retry-After", "soon"},
		"a former date": {"Retry-After", "Thu, 16 Jan 1997 12:00:00 GMT"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sent []time.Duration
				c := newTestClient(t, Config{Transport: throttling(time.Now().Add(70*time.Second), &sent, headers...)})
				if _, err := c.GetServer(t.Context(), "7"); err != nil {
					t.Fatal(err)
				}
				if len(sent) != len(grows) {
					t.Fatalf("asked at %v", sent)
				}
				for i, at := range grows {
					if sent[i] != at*time.Second {
						t.Errorf("request %d was sent after %s, want %s", i, sent[i], at*time.Second)
					}
				}
			})
		})
	}
}

func TestThrottlingEndsAtLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent []time.Duration
		c := newTestClient(t, Config{Transport: throttling(time.Now().Add(24*time.Hour), &sent), MaxWait: 10 * time.Minute})
		start := time.Now()
		_, err := c.GetServer(t.Context(), "7")
		if took := time.Since(start); !errors.Is(err, ErrRateLimited) || took < 9*time.Minute || took > 10*time.Minute {
			t.Errorf("gave up after %s: %v", took, err)
		}
		if len(sent) > 30 {
			t.Errorf("asked %d times", len(sent))
		}
	})
}

// What is told is kept to: never earlier, and for everybody.
func TestNobodyAsksEarlierThanTold(t *testing.T) {
	for text, want := range map[string]time.Duration{"20.5": 21, "60": 60, "299": 299} {
		synctest.Test(t, func(t *testing.T) {
			var sent []time.Duration
			c := newTestClient(t, Config{Transport: throttling(time.Now().Add(time.Second), &sent, "Retry-After", text)})
			if err := c.DeleteServer(t.Context(), "7"); !errors.Is(err, ErrRateLimited) || Ambiguous(err) {
				t.Fatalf("got %v", err)
			}
			if _, err := c.GetServer(t.Context(), "7"); err != nil {
				t.Fatal(err)
			}
			if len(sent) != 2 || sent[1] != want*time.Second {
				t.Errorf("Retry-After %s: asked at %v", text, sent)
			}
		})
	}
}

// A wait that is longer than anybody has time for ends all requests at once, with
// the time, and no other is sent before it is over.
func TestAWaitTooLongIsSaidAtOnce(t *testing.T) {
	for name, status := range map[string]int{"429": 429, "503": 503} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sent []time.Duration
				start := time.Now()
				inner := throttling(start.Add(time.Hour), &sent, "Retry-After", "86400")
				c := newTestClient(t, Config{Rate: 1, Transport: transport(func(r *http.Request) (*http.Response, error) {
					resp, err := inner(r)
					if resp.StatusCode == 429 {
						resp.StatusCode = status
					}
					return resp, err
				})})
				errs := make(chan error, 3)
				for range 3 { // two of them queue for the rate
					go func() { _, err := c.GetServer(t.Context(), "7"); errs <- err }()
				}
				for range 3 {
					checkTooLong(t, <-errs, start.Add(24*time.Hour))
				}
				_, err := c.CreateServer(t.Context(), CreateRequest{})
				checkTooLong(t, err, start.Add(24*time.Hour))
				if Ambiguous(err) {
					t.Errorf("the create was not sent, and yet: %v", err)
				}
				if time.Since(start) != 0 || len(sent) != 1 {
					t.Errorf("after %s, asked at %v", time.Since(start), sent)
				}
				time.Sleep(24 * time.Hour)
				if _, err := c.GetServer(t.Context(), "7"); err != nil {
					t.Errorf("a day later: %v", err)
				}
			})
		})
	}
}

func checkTooLong(t *testing.T, err error, until time.Time) {
	t.Helper()
	var long *WaitError
	if !errors.As(err, &long) || !long.Until.Equal(until) || errors.Is(err, ErrRateLimited) {
		t.Fatalf("got %v", err)
	}
	if want := "the API asks to wait 24h0m0s, until 2000-01-02 00:00:00 UTC"; !strings.Contains(err.Error(), want) {
		t.Errorf("got %q, want %q in it", err, want)
	}
}

// A request whose time ends earlier than the wait does not wait for nothing.
func TestAWaitBeyondTheDeadlineIsSaidAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent []time.Duration
		start := time.Now()
		c := newTestClient(t, Config{Transport: throttling(start.Add(time.Second), &sent, "Retry-After", "60")})
		ctx, cancel := context.WithTimeout(t.Context(), 59*time.Second)
		defer cancel()
		for range 2 {
			_, err := c.GetServer(ctx, "7")
			if !endsInWait(err) || time.Since(start) != 0 {
				t.Errorf("after %s: %v", time.Since(start), err)
			}
		}
		if _, err := c.GetServer(t.Context(), "7"); err != nil || len(sent) != 2 {
			t.Errorf("asked at %v: %v", sent, err)
		}
	})
}
