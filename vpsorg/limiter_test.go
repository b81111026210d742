package vpsorg

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// go1 waits for a turn in a goroutine of its own and then calls done.
func go1(t *testing.T, l *limiter, ctx context.Context, done func(turn int)) {
	t.Helper()
	go func() {
		if turn, err := l.wait(ctx); err == nil {
			done(turn)
		}
	}()
	synctest.Wait() // so that callers queue in the order of their calls
}

func TestLimiterKeepsTheRateOverAnyWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(3)
		var last time.Time
		for i := range 50 {
			if i == 20 {
				time.Sleep(time.Minute) // saves nothing up
			}
			if _, err := l.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			if gap := time.Since(last); gap*3 < time.Second {
				t.Fatalf("request %d came %s after the one before", i, gap)
			}
			last = time.Now()
		}
	})
}

func TestLimiterUnlimitedDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, start := newLimiter(0), time.Now()
		for range 1000 {
			if _, err := l.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			l.learn(0, nil)
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("waited %s", d)
		}
	})
}

func TestLimiterOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1)
		ctx := t.Context()
		went := make(chan string, 5)
		note := func(name string) func(int) { return func(int) { went <- name } }
		go1(t, l, ctx, note("first"))
		go1(t, l, LowPriority(ctx), note("poll 1"))
		go1(t, l, LowPriority(ctx), note("poll 2"))
		go1(t, l, ctx, note("change 1"))
		go1(t, l, ctx, note("change 2"))
		for _, want := range []string{"first", "change 1", "change 2", "poll 1", "poll 2"} {
			if got := <-went; got != want {
				t.Errorf("%s went where %s should have", got, want)
			}
		}
	})
}

func TestLimiterLetsGoOfCallersThatGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1)
		go1(t, l, t.Context(), func(int) {})
		ctx, cancel := context.WithCancel(t.Context())
		go1(t, l, ctx, func(int) { t.Error("went though it had given up") })
		start, waited := time.Now(), make(chan time.Duration, 1)
		go1(t, l, t.Context(), func(int) { waited <- time.Since(start) })
		cancel()
		if d := <-waited; d != time.Second {
			t.Errorf("the next went after %s: the one that gave up used a turn", d)
		}
		if _, err := l.wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func throttled(wait time.Duration) *Error {
	return &Error{Status: http.StatusTooManyRequests, RetryAfter: wait}
}

func TestLimiterPauseHoldsEveryone(t *testing.T) {
	for name, failed := range map[string]*Error{
		"429": throttled(30 * time.Second),
		"503": {Status: http.StatusServiceUnavailable, RetryAfter: 30 * time.Second},
	} {
		for _, rate := range []float64{0, 2} {
			synctest.Test(t, func(t *testing.T) {
				l, start := newLimiter(rate), time.Now()
				went := make(chan time.Duration, 2)
				arrive := func() { go1(t, l, t.Context(), func(int) { went <- time.Since(start) }) }
				turn, _ := l.wait(t.Context())
				if rate > 0 {
					arrive() // queued before the pause, and held by it all the same
				}
				l.learn(turn, failed)
				l.learn(turn, &Error{Status: http.StatusServiceUnavailable, RetryAfter: time.Second}) // shortens nothing
				arrive()
				if first := <-went; first != 30*time.Second {
					t.Errorf("%s at rate %g: went after %v", name, rate, first)
				}
				if rate > 0 {
					<-went
				}
			})
		}
	}
}

func TestLimiterRateFallsAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(20)
		for range 5 { // five refusals of one burst are one cut
			l.learn(0, throttled(time.Second))
		}
		if l.rate != 10 {
			t.Fatalf("rate is %g after one cut, want 10", l.rate)
		}
		turn, _ := l.wait(t.Context())
		l.learn(turn, throttled(time.Second))
		if l.rate != 5 {
			t.Fatalf("rate is %g after two cuts, want 5", l.rate)
		}
		start := time.Now()
		for l.rate < 10 {
			turn, _ := l.wait(t.Context())
			l.learn(turn, nil)
		}
		if d := time.Since(start); d < 8*time.Second || d > 15*time.Second {
			t.Errorf("half the rate was won back in %s", d)
		}
		for range 1000 {
			l.learn(turn, nil)
		}
		if l.rate != 20 {
			t.Errorf("rate is %g, want the configured 20", l.rate)
		}
		for range 100 {
			turn, _ := l.wait(t.Context())
			l.learn(turn, throttled(time.Second))
		}
		if l.rate != minRate {
			t.Errorf("rate is %g, want the least, %g", l.rate, minRate)
		}
	})
}

func TestLimiterLearnsARate(t *testing.T) {
	for _, tt := range []struct {
		sent int
		want float64
	}{{1, 1}, {40, 20}} {
		synctest.Test(t, func(t *testing.T) {
			l := newLimiter(0)
			for range tt.sent {
				l.wait(t.Context())
			}
			l.learn(0, throttled(time.Second))
			if l.rate != tt.want {
				t.Errorf("after %d in a second: rate is %g, want %g", tt.sent, l.rate, tt.want)
			}
		})
	}
	low := newLimiter(0.1)
	low.learn(0, throttled(time.Second))
	if low.rate != 0.1 {
		t.Errorf("a rate of 0.1 became %g", low.rate)
	}
}
