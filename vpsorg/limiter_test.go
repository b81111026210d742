package vpsorg

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/internal/race"
	"pgregory.net/rapid"
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
		l := newLimiter(3, DefaultMaxWait)
		var last time.Time
		for i := range 50 {
			if i == 20 {
				time.Sleep(time.Minute) // saves nothing up
			}
			if i == 30 {
				time.Sleep(340 * time.Millisecond) // nor does being a little late
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
		l, start := newLimiter(0, DefaultMaxWait), time.Now()
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
		l := newLimiter(1, DefaultMaxWait)
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
		l := newLimiter(1, DefaultMaxWait)
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
				l, start := newLimiter(rate, DefaultMaxWait), time.Now()
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

// Whatever waits, gives up, is refused or pauses: between any two requests is time
// enough for a configured rate, so it holds over any window.
func TestConfiguredRateHolds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rate := rapid.Float64Range(0.5, 200).Draw(rt, "rate")
		steps := rapid.SliceOfN(rapid.SampledFrom([]string{"change", "poll", "give up", "accepted", "refused", "told to wait", "pass"}), 1, 200).Draw(rt, "steps")
		pause := rapid.SliceOfN(rapid.IntRange(0, 3000), len(steps), len(steps)).Draw(rt, "pauses")
		synctest.Test(t, func(t *testing.T) {
			sent := play(t, newLimiter(rate, DefaultMaxWait), steps, pause)
			for i := 1; i < len(sent); i++ {
				if gap := sent[i].Sub(sent[i-1]); gap.Seconds()*rate < 1 {
					t.Errorf("at %g a second a request came %s after the one before", rate, gap)
				}
			}
		})
	})
}

// play does to a limiter what steps say, each after a pause in milliseconds, and
// answers when requests went.
func play(t *testing.T, l *limiter, steps []string, pause []int) (sent []time.Time) {
	var mu sync.Mutex
	turn := 0
	ctx, cancel := context.WithCancel(t.Context())
	went := func(at int) {
		mu.Lock()
		defer mu.Unlock()
		turn, sent = at, append(sent, time.Now())
	}
	last := func() int {
		mu.Lock()
		defer mu.Unlock()
		return turn
	}
	for i, step := range steps {
		switch step {
		case "change":
			go1(t, l, ctx, went)
		case "poll":
			go1(t, l, LowPriority(ctx), went)
		case "give up":
			cancel()
			ctx, cancel = context.WithCancel(t.Context())
		case "accepted":
			l.learn(last(), nil)
		case "refused":
			l.learn(last(), throttled(0))
		case "told to wait":
			l.learn(last(), throttled(3*time.Second))
		case "pass":
			time.Sleep(time.Duration(pause[i]) * time.Millisecond)
		}
	}
	cancel()
	synctest.Wait()
	return sent
}

// A hundred thousand that wait, half of whom give up, cost no more than their number.
func TestLimiterHoldsManyCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		callers := int64(100_000)
		if race.Enabled {
			callers = 10_000
		}
		l := newLimiter(float64(callers), DefaultMaxWait)
		leaving, leave := context.WithCancel(t.Context())
		l.pause(time.Now().Add(time.Minute))
		var went, left atomic.Int64
		for i := range callers {
			ctx := t.Context()
			if i%2 == 0 {
				ctx = leaving
			}
			go func() {
				if _, err := l.wait(ctx); err != nil {
					left.Add(1)
				} else {
					went.Add(1)
				}
			}()
		}
		synctest.Wait()
		leave()
		synctest.Wait()
		time.Sleep(2 * time.Minute)
		if went.Load() != callers/2 || left.Load() != callers/2 {
			t.Errorf("%d went and %d gave up, of %d", went.Load(), left.Load(), callers)
		}
	})
}

// A refusal after which nothing is accepted says that its pause was too short, and
// nothing of the rate.
func TestRefusalsInARowAreOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, start := newLimiter(20, DefaultMaxWait), time.Now()
		turn, _ := l.wait(t.Context())
		l.learn(turn, nil)
		for range 4 {
			turn, _ = l.wait(t.Context())
			l.learn(turn, throttled(0))
		}
		rate := l.curve.rate
		l.wait(t.Context())
		if took := time.Since(start).Round(time.Second); took != (1+2+4+8)*time.Second {
			t.Errorf("four refusals paused for %s", took)
		}
		if l.curve.rate != rate {
			t.Errorf("the rate fell from %g to %g, though nothing was accepted", rate, l.curve.rate)
		}
	})
}

// After the first pause that the API has told, a second's worth goes at once, and the
// next goes when the rate allows it.
func TestASecondsWorthGoesAfterTheFirstPause(t *testing.T) {
	const accepted, rate = 20, 18 // requests until the first refusal, and a second after it
	for name, tt := range map[string]struct {
		configured float64
		told       time.Duration
		refusals   int
		early      int
	}{
		"told":          {0, time.Second, 1, rate},
		"not told":      {0, 0, 1, 1},
		"the second":    {0, time.Second, 2, 1},
		"with a --rate": {1000, time.Second, 1, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newLimiter(tt.configured, DefaultMaxWait)
			send := func(n int) (turn int) {
				for range n {
					turn, _ = l.wait(t.Context())
				}
				return turn
			}
			for range tt.refusals {
				turn := send(accepted)
				for range accepted {
					l.learn(turn, nil)
				}
				l.learn(turn, throttled(tt.told))
			}
			send(1)
			start, early := time.Now(), 1
			for send(1); time.Since(start) == 0; send(1) {
				early++
			}
			if early != tt.early {
				t.Errorf("%s: %d went at once, want %d", name, early, tt.early)
			}
			if tt.early == rate && time.Since(start) < time.Second {
				t.Errorf("%s: the next went after %s", name, time.Since(start))
			}
		})
	}
}
