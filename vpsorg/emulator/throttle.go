package emulator

import (
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

// window counts the requests that were let pass in a time by the clock.
type window struct {
	start time.Time
	used  int
}

// throttle refuses a call beyond the rate, and says when to come again.
func (e *Emulator) throttle(c *call) *answer {
	delay := e.admit(c.now)
	if delay <= 0 {
		return nil
	}
	refusal := refuse(http.StatusTooManyRequests, "Request was throttled.")
	refusal.header = e.RetryAfter.Header(delay)
	return refusal
}

// admit takes a request in at the time now, or tells after how long one would be.
func (e *Emulator) admit(now time.Time) (delay time.Duration) {
	switch {
	case e.Rate <= 0:
		return 0
	case e.Window > 0:
		return e.window.take(now, e.Window, int(e.Rate*e.Window.Seconds()))
	case e.limiter == nil:
		e.limiter = rate.NewLimiter(rate.Limit(e.Rate), max(1, int(e.Rate)))
	}
	r := e.limiter.ReserveN(now, 1)
	if delay = r.DelayFrom(now); delay > 0 {
		r.CancelAt(now)
	}
	return delay
}

func (w *window) take(now time.Time, length time.Duration, most int) (delay time.Duration) {
	if start := now.Truncate(length); start != w.start {
		*w = window{start: start}
	}
	if w.used >= most {
		return w.start.Add(length).Sub(now)
	}
	w.used++
	return 0
}
