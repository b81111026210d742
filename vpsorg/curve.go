package vpsorg

import (
	"math"
	"time"
)

// How the rate moves after the API has refused a request (a 429). It is cut a
// little below what was refused, is back there soon, dwells, and then feels its way
// above: a cubic curve, as TCP's CUBIC has it. Where nothing is refused there
// either, the limit is no longer what it was, and the rate doubles again and again.
const (
	cutBy        = 0.1   // of the refused rate; as far above it the curve ends
	patience     = 10.0  // seconds from a cut until the refused rate is tried again; it doubles with each refusal there
	longPatience = 120.0 // to which it does
	doublings    = 10.0  // above the curve, in the time that it takes back to the refused rate
	moving       = 1.5   // times as much, or as little, is another limit than the last
	minRate      = 1.0 / 60
)

// curve is the rate in force and what is known of the one that the API bears. It
// knows no clock: time is that in which requests had to wait for the rate, so a
// rate that nobody uses does not rise.
type curve struct {
	max      float64 // requests a second that were configured; 0: none
	rate     float64 // requests a second in force; 0: none
	ceiling  float64 // the rate that was refused last; 0: none was
	age      float64 // seconds at the rate since
	patience float64 // seconds until the rate is at the ceiling again
}

// gap is the time between two requests, at most longestTold.
func (c *curve) gap() time.Duration {
	if c.rate == 0 {
		return 0
	}
	return time.Duration(math.Ceil(min(float64(time.Second)/c.rate, float64(longestTold))))
}

// guessed reports whether the rate is one that the API has not come near to
// refusing before, so that it may be far too high.
func (c *curve) guessed() bool { return c.ceiling == 0 || c.age > 2*c.patience }

// cut lowers the rate below one that was refused. Where that is another than the
// last, it is back there after so many seconds as are given.
func (c *curve) cut(refused, again float64) {
	switch moved := refused / c.ceiling; {
	case c.ceiling == 0 || moved < 1/moving || moved > moving:
		c.patience = again
	case c.age < c.patience:
		refused *= 1 - cutBy/2 // the ceiling was too high
	default:
		c.patience = max(c.patience, min(2*c.patience, longPatience))
	}
	c.ceiling, c.age = max(refused, minRate), 0
	c.settle()
}

// grow is told of each request that had to wait for the rate.
func (c *curve) grow() {
	if c.ceiling == 0 {
		return
	}
	before := c.rate
	c.age += 1 / c.rate
	c.settle()
	c.rate = min(c.rate, 2*before) // where a few requests are all that the patience takes
}

// settle sets the rate by the age.
func (c *curve) settle() {
	x := c.age/c.patience - 1
	c.rate = c.ceiling * (1 + cutBy*math.Pow(min(x, 1), 3))
	if x > 1 {
		c.rate *= math.Exp2(doublings * (x - 1))
	}
	if c.max > 0 {
		c.rate = min(c.rate, c.max)
	}
}
