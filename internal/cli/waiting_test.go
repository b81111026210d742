package cli

import (
	"context"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/vpsorg"
)

func TestTroubleOf(t *testing.T) {
	for name, tt := range map[string]struct {
		wait vpsorg.Wait
		want render.Trouble
	}{
		"down":                {vpsorg.Wait{Status: 503}, render.Trouble{Answer: render.Refused, Status: "503 Service Unavailable"}},
		"of no known name":    {vpsorg.Wait{Status: 520}, render.Trouble{Answer: render.Refused, Status: "520"}},
		"no network":          {vpsorg.Wait{Err: &vpsorg.Error{Err: &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}}}, render.Trouble{Answer: render.NoAnswer, Cause: "connection refused"}},
		"nobody knows why":    {vpsorg.Wait{}, render.Trouble{Answer: render.NoAnswer}},
		"slow":                {vpsorg.Wait{Err: &vpsorg.Error{Err: context.DeadlineExceeded}}, render.Trouble{Answer: render.TooLate}},
		"a page as a success": {vpsorg.Wait{Status: 200}, render.Trouble{Answer: render.Unusable}},
	} {
		if got := troubleOf(tt.wait); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
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
