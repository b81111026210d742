package vpsorg

import (
	"sync"
	"time"
)

// The retry budget of a client: 50 retries at once, two more a second, and one more
// for every five requests that succeed. So an outage costs the API few requests on
// top, whatever the number of workers.
const (
	budgetMax    = 50
	budgetRefill = 2 // a second
	budgetEarned = 0.2
)

// budget is how many retries a client has left; below 0 some have been promised to
// requests that wait for them.
type budget struct {
	mu   sync.Mutex
	left float64
	at   time.Time // when left was true
}

func newBudget() *budget { return &budget{left: budgetMax} }

// take spends one retry and returns how long to wait for it.
func (b *budget) take() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.add(now.Sub(b.at).Seconds() * budgetRefill)
	b.at = now
	b.left--
	return time.Duration(max(-b.left, 0) / budgetRefill * float64(time.Second))
}

// earn is told of every success.
func (b *budget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.add(budgetEarned)
}

// giveBack takes back a retry that is not used after all.
func (b *budget) giveBack() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.add(1)
}

func (b *budget) add(retries float64) { b.left = min(b.left+retries, budgetMax) }
