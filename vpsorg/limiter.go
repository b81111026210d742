package vpsorg

import (
	linked "container/list"
	"context"
	"net/http"
	"sync"
	"time"
)

const (
	firstPause  = time.Second           // after a 429 that does not say for how long; twice as long each time that nothing was accepted since
	longestOwn  = 30 * time.Second      // of those pauses
	lateAtMost  = 10 * time.Millisecond // that a timer's delay is made up for, where the rate was found and not asked for
	wholeSecond = 2 * time.Second       // pauses below may just be a Retry-After that was rounded up
)

// limiter lets requests go one at a time, at least 1/rate apart, so a configured
// rate holds over any window. Requests queue here and only the first waits in
// time: a new rate or a pause binds at once all that wait, which reservations, as
// x/time/rate makes them, would not be moved by. With no rate and no pause it
// lets everything pass.
type limiter struct {
	mu     sync.Mutex
	curve  curve
	queues [2]linked.List // of waiter; the first goes before the second
	timer  *time.Timer
	next   time.Time     // what the rate allows next
	paused time.Time     // nothing goes before
	told   time.Time     // nor before this, which the API has said
	most   time.Duration // that anybody waits for it

	turn     int           // how many times the API has said that it was too much
	judging  bool          // the last time is not judged yet
	refused  time.Time     // when it was
	since    time.Time     // when the rate was last cut
	held     time.Duration // paused since then
	own      time.Duration // the last pause that was not told by the API
	accepted int           // since the rate was last cut
	meter    meter
	early    int // requests that may go before the rate allows them
}

func newLimiter(rate float64, most time.Duration) *limiter {
	return &limiter{curve: curve{max: rate, rate: rate}, most: most}
}

// waiter is a request in a queue. Its channel takes one place.
type waiter struct {
	ctx   context.Context
	ready chan place
}

// place is what became of a waiter: its turn, or why it has none.
type place struct {
	turn int
	err  error
}

// wait returns when the caller may send, with the turn to hand back to learn, or
// the context's error, or a WaitError.
func (l *limiter) wait(ctx context.Context) (turn int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	queue := 0
	if isLowPriority(ctx) {
		queue = 1
	}
	w := waiter{ctx, make(chan place, 1)}
	l.mu.Lock()
	if long := waitsTooLong(ctx, l.told, l.most); long != nil {
		l.mu.Unlock()
		return 0, long
	}
	element := l.queues[queue].PushBack(w)
	l.release()
	l.mu.Unlock()
	select {
	case p := <-w.ready:
		return p.turn, p.err
	case <-ctx.Done():
		l.mu.Lock()
		defer l.mu.Unlock()
		l.queues[queue].Remove(element)
		return 0, ctx.Err()
	}
}

// dismiss lets those go, with an error, who cannot wait for as long as the API asks.
func (l *limiter) dismiss() {
	for i := range l.queues {
		for e := l.queues[i].Front(); e != nil; {
			w, next := e.Value.(waiter), e.Next()
			if long := waitsTooLong(w.ctx, l.told, l.most); long != nil {
				l.queues[i].Remove(e)
				w.ready <- place{err: long}
			}
			e = next
		}
	}
}

// release lets those go whose time has come and sets the timer for the next. It
// is called with the lock held, after anything has changed.
func (l *limiter) release() {
	for i := range l.queues {
		for first := l.queues[i].Front(); first != nil; first = l.queues[i].Front() {
			now := time.Now()
			l.judge(now)
			if wait := l.free().Sub(now); wait > 0 {
				l.wake(wait)
				return
			}
			l.queues[i].Remove(first).(waiter).ready <- place{turn: l.turn}
			l.sent(now)
		}
	}
}

// wake has release called after a while.
func (l *limiter) wake(after time.Duration) {
	if l.timer != nil {
		l.timer.Reset(after)
		return
	}
	l.timer = time.AfterFunc(after, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.next.After(l.paused) { // somebody had to wait for the rate, so a higher one would be used
			l.curve.grow()
		}
		l.release()
	})
}

// free is when the next request may go.
func (l *limiter) free() time.Time {
	if l.curve.rate > 0 && l.early == 0 && l.next.After(l.paused) {
		return l.next
	}
	return l.paused
}

// sent notes when the next may go after one that has gone now. A timer's delay is
// made up for only where nobody has asked for a rate over any window.
func (l *limiter) sent(now time.Time) {
	l.early = max(l.early-1, 0)
	if l.curve.max > 0 || now.Sub(l.next) > lateAtMost {
		l.next = now
	}
	l.next = l.next.Add(l.curve.gap())
}

// learn is told how a request that went at turn was answered.
func (l *limiter) learn(turn int, failed *Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	switch {
	case failed == nil:
		l.accepted++
		l.own = 0
		l.meter.add(now)
		return
	case failed.Status == http.StatusTooManyRequests && turn == l.turn: // once for all that went before
		l.turn++
		l.judging, l.refused = true, now
		if l.own = min(max(2*l.own, firstPause), longestOwn); failed.RetryAfter == 0 {
			l.pause(now.Add(l.own))
		}
	}
	everybody := failed.Status == http.StatusTooManyRequests || failed.Status == http.StatusServiceUnavailable
	if until := now.Add(failed.RetryAfter); everybody && until.After(l.told) {
		l.told = until
		l.pause(until)
		l.dismiss()
	}
	l.release()
}

// pausedFor is how long nothing is sent yet.
func (l *limiter) pausedFor() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(time.Until(l.paused), 0)
}

func (l *limiter) pause(until time.Time) {
	if until.After(l.paused) {
		l.paused = until
	}
}

// judge cuts the rate for a refusal when its pause is over, since by then the
// requests that were under way have been answered too. Where nothing was accepted
// since the last time, it tells only that the pause was too short.
//
// After the first pause, where the API has told how long it is, a second's worth goes
// at once, and then nothing until the rate allows the next: an API that counts by the
// second takes it, and what is left to send may be no more than that.
func (l *limiter) judge(now time.Time) {
	if !l.judging || now.Before(l.paused) {
		return
	}
	l.judging = false
	pause := l.paused.Sub(l.refused)
	if l.accepted == 0 {
		l.held += pause
		return
	}
	first := l.curve.ceiling == 0 && l.curve.max == 0
	l.curve.cut(l.bearable(), max(min(float64(l.accepted), patience), l.held.Seconds()))
	if first && !l.told.Before(l.paused) {
		l.early = int(l.curve.rate)
	}
	l.since, l.held, l.accepted = l.refused, pause, 0
}

// bearable is the rate that the API is taken to refuse no more than just: the one
// in force, or what was seen to be accepted where that tells more. Behind a long
// pause is a limit on as long a time, so there the mean counts.
func (l *limiter) bearable() float64 {
	rate := l.curve.rate
	if busiest := l.meter.busiest(); l.curve.guessed() && (rate == 0 || busiest < rate) {
		rate = busiest
	}
	if l.held >= wholeSecond && (l.curve.guessed() || l.curve.age < l.held.Seconds()) {
		rate = min(rate, float64(l.accepted)/l.refused.Sub(l.since).Seconds())
	}
	return rate
}

// meter counts what was accepted in this second and in the one before.
type meter struct {
	second       time.Time
	now, earlier int
}

func (m *meter) add(now time.Time) {
	switch age := now.Sub(m.second); {
	case age >= 2*time.Second:
		*m = meter{second: now}
	case age >= time.Second:
		*m = meter{second: m.second.Add(time.Second), earlier: m.now}
	}
	m.now++
}

// busiest is what was accepted in the busier of the two seconds.
func (m *meter) busiest() float64 { return float64(max(m.now, m.earlier)) }
