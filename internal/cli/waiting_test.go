package cli

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
)

func TestWaitingText(t *testing.T) {
	began := time.Date(2025, 1, 10, 14, 30, 5, 0, time.Local)
	slow := &vpsorg.Error{Err: context.DeadlineExceeded}
	for name, tt := range map[string]struct {
		wait vpsorg.Wait
		want string
	}{
		"down":                {vpsorg.Wait{Status: 503, Attempt: 3, Pause: time.Second}, "waiting for the API (503 Service Unavailable); third try in 1s"},
		"down for long":       {vpsorg.Wait{Status: 520, Attempt: 11, Pause: 8700 * time.Millisecond}, "waiting for the API (520); 11th try in 9s"},
		"since when":          {vpsorg.Wait{Status: 503, Attempt: 3, Since: began}, "waiting for the API since 14:30:05 (503 Service Unavailable); third try"},
		"no network":          {vpsorg.Wait{Err: errors.New("reset"), Attempt: 2}, "waiting for the API (no answer); second try"},
		"slow":                {vpsorg.Wait{Err: slow, Attempt: 2}, "waiting for the API (no answer in time, --request-timeout gives it longer); second try"},
		"a page as a success": {vpsorg.Wait{Status: 200, Attempt: 2}, "waiting for the API (no usable answer); second try"},
		"a change throttled":  {vpsorg.Wait{Status: 429, Pause: 20500 * time.Millisecond}, "waiting for the API (429 Too Many Requests); next try in 21s"},
		"throttled":           {vpsorg.Wait{Status: 429, Attempt: 2, Pause: time.Minute}, "waiting for the API (429 Too Many Requests); second try in 1m0s"},
	} {
		now := began.Add(3 * time.Second)
		if tt.wait.Since.IsZero() {
			tt.wait.Since = now
		}
		if got := waitingText(tt.wait, now); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

// A wait is told before it lasts two seconds and every ten seconds after that, whatever
// the number of the attempt and of the requests that meet it.
func TestWaitingNotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		n := newWaitingNotice(&b)
		lines := func() int {
			synctest.Wait()
			n.mu.Lock()
			defer n.mu.Unlock()
			return strings.Count(b.String(), "\n")
		}
		began := time.Now()
		for attempt := 2; time.Since(began) < 35*time.Second; attempt++ {
			pause := min(time.Duration(attempt-1)*500*time.Millisecond, 4*time.Second)
			for range 10 {
				n.tell(vpsorg.Wait{Status: 503, Attempt: attempt, Pause: pause, Since: began})
			}
			if passed := time.Since(began); passed+pause >= sayWithin && lines() == 0 {
				t.Errorf("it has lasted %s and lasts %s more, and nothing was said", passed, pause)
			}
			time.Sleep(pause)
		}
		if n := lines(); n != 4 {
			t.Errorf("a wait of 35s is told %d times, want 4:\n%s", n, b.String())
		}
		b.Reset()
		n.tell(vpsorg.Wait{Status: 429, Attempt: 2, Pause: time.Second, Since: time.Now()})
		time.Sleep(time.Second)
		if lines() != 0 {
			t.Errorf("of a short wait it is told %q", b.String())
		}
	})
}

// A long pause is told of while it lasts, with what is left of it, and not after that.
func TestLongPauseIsToldAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		n := newWaitingNotice(&b)
		n.tell(vpsorg.Wait{Status: 429, Attempt: 2, Pause: 25 * time.Second, Since: time.Now()})
		time.Sleep(25 * time.Second)
		time.Sleep(time.Minute)
		synctest.Wait()
		var tries []string
		for line := range strings.Lines(b.String()) {
			_, try, _ := strings.Cut(line, "; ")
			tries = append(tries, strings.TrimSpace(try))
		}
		if got, want := strings.Join(tries, ", "), "second try in 25s, second try in 15s, second try in 5s"; got != want {
			t.Errorf("told were %q, want %q, in\n%s", got, want, b.String())
		}
	})
}

// Requests that have no answer are told of after two seconds and every ten seconds after
// that, once for all of them, until they end.
func TestHangIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		n := newWaitingNotice(&b)
		began := time.Now()
		var ended []func()
		for range 5 {
			ended = append(ended, n.sending())
		}
		quick := n.sending()
		time.Sleep(time.Second)
		quick()
		time.Sleep(24 * time.Second)
		for _, end := range ended {
			end()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		line := "waiting for the API since " + began.Local().Format(time.TimeOnly) + " (no answer yet)\n"
		if got, want := b.String(), strings.Repeat(line, 3); got != want { // after 2, 12 and 22 seconds
			t.Errorf("told was\n%s\nwant\n%s", got, want)
		}
	})
}
