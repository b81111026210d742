package vpsorg

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// A change that is throttled is told with the pause that the API asks for, whatever
// form that has, and nothing is sent before it is over.
func TestAChangeThatIsThrottledIsTold(t *testing.T) {
	hourAhead := func(after time.Duration) []string {
		there := time.Now().Add(time.Hour)
		return []string{"Retry-After", there.Add(after).Format(http.TimeFormat), "Date", there.Format(http.TimeFormat)}
	}
	for name, test := range map[string]struct {
		headers func() []string
		want    time.Duration
	}{
		"nothing":                   {func() []string { return nil }, time.Second},
		"nought":                    {func() []string { return []string{"Retry-After", "0"} }, time.Second},
		"a fraction":                {func() []string { return []string{"Retry-After", "20.5"} }, 21 * time.Second},
		"a date by a clock ahead":   {func() []string { return hourAhead(8 * time.Second) }, 8 * time.Second},
		"the reset of a rate limit": {func() []string { return []string{"X-RateLimit-Reset", "40"} }, 40 * time.Second},
	} {
		for change := range changes(nil) {
			t.Run(name+", "+change, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var sent []time.Duration
					var told []Wait
					c := newTestClient(t, Config{
						Transport: throttling(time.Now().Add(time.Millisecond), &sent, test.headers()...),
						Waiting:   func(w Wait) { told = append(told, w) },
					})
					if err := changes(c)[change](t.Context()); !errors.Is(err, ErrRateLimited) {
						t.Fatal(err)
					}
					if len(told) != 1 || told[0].Pause != test.want || told[0].Attempt != 0 {
						t.Errorf("told %+v", told)
					}
					_, _ = c.GetServer(t.Context(), "7")
					if len(sent) != 2 || sent[1] != test.want {
						t.Errorf("asked at %v", sent)
					}
				})
			})
		}
	}
}

// A change that the API puts off for a day ends at once with that text.
func TestAChangePutOffForADayEndsAtOnce(t *testing.T) {
	for change := range changes(nil) {
		synctest.Test(t, func(t *testing.T) {
			var sent []time.Duration
			start := time.Now()
			c := newTestClient(t, Config{
				Transport: throttling(start.Add(time.Hour), &sent, "Retry-After", "86400"),
				Waiting:   func(w Wait) { t.Errorf("%s: waits %+v", change, w) },
			})
			for range 2 {
				err := changes(c)[change](context.Background())
				checkTooLong(t, err, start.Add(24*time.Hour))
				if Ambiguous(err) {
					t.Errorf("%s: ambiguous: %v", change, err)
				}
			}
			if len(sent) != 1 || time.Since(start) != 0 {
				t.Errorf("%s: asked at %v", change, sent)
			}
		})
	}
}
