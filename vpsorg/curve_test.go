package vpsorg

import (
	"math"
	"testing"
	"time"
)

// busy lets seconds pass in which somebody always waits for the rate.
func (c *curve) busy(seconds float64) {
	for end := c.age + seconds; c.age < end; {
		c.grow()
	}
}

func TestCurve(t *testing.T) {
	cut := func(at, again float64) func(*curve) { return func(c *curve) { c.cut(at, again) } }
	busy := func(seconds float64) func(*curve) { return func(c *curve) { c.busy(seconds) } }
	for name, tt := range map[string]struct {
		max      float64
		steps    []func(*curve)
		rate     float64
		patience float64
	}{
		"nobody was refused":              {0, []func(*curve){(*curve).grow}, 0, 0},
		"a configured rate stands":        {20, []func(*curve){(*curve).grow}, 20, 0},
		"just refused":                    {0, []func(*curve){cut(100, 10)}, 90, 10},
		"to be back there soon":           {0, []func(*curve){cut(100, 3)}, 90, 3},
		"back at the ceiling":             {0, []func(*curve){cut(100, 10), busy(10)}, 100, 10},
		"a little above it":               {0, []func(*curve){cut(100, 10), busy(15)}, 101.25, 10},
		"the limit has moved":             {0, []func(*curve){cut(100, 10), busy(23)}, 880, 10},
		"not above what was configured":   {20, []func(*curve){cut(20, 10), busy(100)}, 20, 10},
		"confirmed":                       {0, []func(*curve){cut(100, 10), busy(15), cut(101, 10)}, 90.9, 20},
		"refused below the ceiling":       {0, []func(*curve){cut(100, 10), busy(5), cut(98, 10)}, 83.79, 10},
		"refused far above":               {0, []func(*curve){cut(100, 10), busy(25), cut(900, 10)}, 810, 10},
		"refused far below, soon retried": {0, []func(*curve){cut(100, 10), cut(10, 2)}, 9, 2},
		"never none at all":               {0, []func(*curve){cut(0, 1)}, 0.015, 1},
		"refused ever so often": {0, []func(*curve){cut(100, 10), busy(15), cut(100, 1), busy(25), cut(100, 1), busy(50), cut(100, 1),
			busy(90), cut(100, 1), busy(130), cut(100, 1)}, 90, 120},
	} {
		c := curve{max: tt.max, rate: tt.max}
		for _, step := range tt.steps {
			step(&c)
		}
		if math.Abs(c.rate-tt.rate) > tt.rate/50 || c.patience != tt.patience {
			t.Errorf("%s: rate %g with patience %g, want %g and %g", name, c.rate, c.patience, tt.rate, tt.patience)
		}
	}
}

// A rate may be so low that its gap is longer than any Duration. It is no rate without
// a limit then.
func TestGapOfTheLowestRates(t *testing.T) {
	for _, rate := range []float64{0.001, 1e-9, 1e-10, 1e-300} {
		c := curve{max: rate, rate: rate}
		if got := c.gap(); got < 1000*time.Second {
			t.Errorf("at %g requests a second the gap is %s", rate, got)
		}
	}
}
