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

func TestWaitingNotice(t *testing.T) {
	slow := &vpsorg.Error{Err: context.DeadlineExceeded}
	for name, tt := range map[string]struct {
		wait vpsorg.Wait
		want string
	}{
		"down":                 {vpsorg.Wait{Status: 503, Attempt: 3, Pause: time.Second}, "waiting for the API (503, third try)\n"},
		"down for long":        {vpsorg.Wait{Status: 520, Attempt: 11, Pause: 8700 * time.Millisecond}, "waiting for the API (520, 11th try) for 9s\n"},
		"since when":           {vpsorg.Wait{Status: 503, Attempt: 3, Since: time.Date(2025, 1, 10, 14, 30, 5, 0, time.Local)}, "waiting for the API (503, third try), since 14:30:05\n"},
		"no network":           {vpsorg.Wait{Err: errors.New("reset"), Attempt: 2}, "waiting for the API (no answer, second try)\n"},
		"slow":                 {vpsorg.Wait{Err: slow, Attempt: 2}, "waiting for the API (no answer in time, second try)\n"},
		"a page as a success":  {vpsorg.Wait{Status: 200, Attempt: 2}, "waiting for the API (no usable answer, second try)\n"},
		"ordinary throttling":  {vpsorg.Wait{Status: 429, Attempt: 3, Pause: time.Second}, ""},
		"throttled for long":   {vpsorg.Wait{Status: 429, Attempt: 2, Pause: time.Minute}, "waiting for the API (429, second try) for 1m0s\n"},
		"throttled many times": {vpsorg.Wait{Status: 429, Attempt: 4, Pause: time.Second}, "waiting for the API (429, fourth try)\n"},
	} {
		var b strings.Builder
		newWaitingNotice(&b).tell(tt.wait)
		if b.String() != tt.want {
			t.Errorf("%s: got %q, want %q", name, b.String(), tt.want)
		}
	}
}

func TestWaitingNoticeIsOneLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		n := newWaitingNotice(&b)
		for range 10 {
			n.tell(vpsorg.Wait{Status: 503, Attempt: 2})
		}
		time.Sleep(sayAgain)
		n.tell(vpsorg.Wait{Status: 503, Attempt: 2})
		if lines := strings.Count(b.String(), "\n"); lines != 2 {
			t.Errorf("%d lines:\n%s", lines, b.String())
		}
	})
}
