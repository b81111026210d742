package vpsorg

import (
	"context"
	"math"
	"net/http"
	"slices"
	"sync"
	"time"
)

// What a 429 teaches: the rate is halved, and the half that was cut is won back
// in about recovery of answered requests, and more after that.
const (
	recovery    = 10 * time.Second
	minRate     = 0.5 // requests a second below which no 429 brings the rate
	minObserved = 2   // taken for the rate that brought on a 429 when hardly anything was sent
)

type lowPriority struct{}

// LowPriority marks the requests of ctx as able to wait, as polls are: while the
// limiter holds requests back, all others go first.
func LowPriority(ctx context.Context) context.Context {
	return context.WithValue(ctx, lowPriority{}, true)
}

// limiter lets requests go one at a time, at least 1/rate apart, so the rate
// holds over any window. Requests queue here and only the first waits in time:
// a new rate or a pause binds at once all that wait, which reservations, as
// x/time/rate makes them, would not be moved by. With no rate and no pause it
// lets everything pass.
type limiter struct {
	mu     sync.Mutex
	max    float64 // requests a second that were configured; 0: none
	rate   float64 // requests a second in force; 0: none
	gain   float64 // what the rate gains in a second of answered requests
	turn   int     // how many times the rate has been cut
	last   time.Time
	paused time.Time // nothing goes before
	queues [2][]chan<- int
	timer  *time.Timer
	sent   meter
}

func newLimiter(rate float64) *limiter { return &limiter{max: rate, rate: rate} }

// wait returns when the caller may send, with the turn to hand back to learn, or
// the context's error.
func (l *limiter) wait(ctx context.Context) (turn int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	queue := 0
	if ctx.Value(lowPriority{}) != nil {
		queue = 1
	}
	ready := make(chan int, 1)
	l.mu.Lock()
	l.queues[queue] = append(l.queues[queue], ready)
	l.release()
	l.mu.Unlock()
	select {
	case turn = <-ready:
		return turn, nil
	case <-ctx.Done():
		l.leave(queue, ready)
		return 0, ctx.Err()
	}
}

// leave takes a caller that gave up out of its queue.
func (l *limiter) leave(queue int, ready chan<- int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.queues[queue], ready); i >= 0 {
		l.queues[queue] = slices.Delete(l.queues[queue], i, i+1)
	}
	l.release()
}

// release lets those go whose time has come and sets the timer for the next. It
// is called with the lock held, after anything has changed.
func (l *limiter) release() {
	if l.timer != nil {
		l.timer.Stop()
	}
	for i := range l.queues {
		for len(l.queues[i]) > 0 {
			now := time.Now()
			if wait := l.free().Sub(now); wait > 0 {
				l.timer = time.AfterFunc(wait, func() {
					l.mu.Lock()
					defer l.mu.Unlock()
					l.release()
				})
				return
			}
			l.queues[i][0] <- l.turn
			l.queues[i] = l.queues[i][1:]
			l.last = now
			l.sent.add(now)
		}
	}
}

// free is when the next request may go.
func (l *limiter) free() time.Time {
	if l.rate == 0 {
		return l.paused
	}
	next := l.last.Add(time.Duration(math.Ceil(float64(time.Second) / l.rate)))
	if l.paused.After(next) {
		return l.paused
	}
	return next
}

// learn is told how a request that went at turn was answered.
func (l *limiter) learn(turn int, failed *Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case failed == nil && l.rate > 0:
		l.rate += l.gain / l.rate
		if l.max > 0 {
			l.rate = min(l.rate, l.max)
		}
	case failed == nil:
		return
	case failed.Status == http.StatusTooManyRequests && turn == l.turn:
		l.cut() // once for all the requests that went before the cut
	}
	if failed != nil && failed.RetryAfter > 0 {
		if until := time.Now().Add(failed.RetryAfter); until.After(l.paused) {
			l.paused = until
		}
	}
	l.release()
}

// cut halves the rate in force or, if there is none, the one observed.
func (l *limiter) cut() {
	rate := l.rate
	if rate == 0 {
		rate = max(l.sent.rate(time.Now()), minObserved)
	}
	l.rate = max(rate/2, min(rate, minRate))
	l.gain = max(rate-l.rate, minRate/2) / recovery.Seconds()
	l.turn++
}

// meter counts what was sent in this second and in the one before.
type meter struct {
	second       time.Time
	now, earlier int
}

func (m *meter) add(now time.Time) {
	m.roll(now)
	m.now++
}

// rate is what was sent in the busier of the two seconds.
func (m *meter) rate(now time.Time) float64 {
	m.roll(now)
	return float64(max(m.now, m.earlier))
}

func (m *meter) roll(now time.Time) {
	switch age := now.Sub(m.second); {
	case age >= 2*time.Second:
		*m = meter{second: now}
	case age >= time.Second:
		*m = meter{second: m.second.Add(time.Second), earlier: m.now}
	}
}
