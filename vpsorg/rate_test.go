package vpsorg_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// withoutRetryAfter is an API that refuses without saying for how long.
type withoutRetryAfter struct{ http.RoundTripper }

func (t withoutRetryAfter) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Header.Del("Retry-After")
	}
	return resp, err
}

// limited is an API with a rate, and a client that is not told of it.
type limited struct {
	rate        float64
	window      time.Duration
	told        bool // by Retry-After
	latency     time.Duration
	parallelism int
}

func (l limited) String() string {
	return fmt.Sprintf("%g a second in %s, Retry-After %t, latency %s, parallelism %d", l.rate, l.window, l.told, l.latency, l.parallelism)
}

// create creates servers, each as often as the API puts it off, and tells how long
// that took and how often it was put off.
func (l limited) create(t *testing.T, servers int) (took time.Duration, refused int) {
	e := &emulator.Emulator{Rate: l.rate, Window: l.window, Fault: func(*http.Request) *emulator.Fault {
		return &emulator.Fault{Delay: l.latency}
	}}
	transport := e.Transport()
	if !l.told {
		transport = withoutRetryAfter{transport}
	}
	c, err := vpsorg.New(vpsorg.Config{BaseURL: "http://127.0.0.1/api/v1", Token: "vps_test", Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	var put, started atomic.Int64
	var group sync.WaitGroup
	start := time.Now()
	for range l.parallelism {
		group.Go(func() {
			for n := started.Add(1); n <= int64(servers); n = started.Add(1) {
				err := create(context.Background(), c, fmt.Sprintf("s-%d", n), &put)
				if err != nil {
					t.Errorf("%s: %v", l, err)
				}
			}
		})
	}
	group.Wait()
	return time.Since(start), int(put.Load())
}

func create(ctx context.Context, c *vpsorg.Client, name string, refused *atomic.Int64) error {
	for {
		_, err := c.CreateServer(ctx, vpsorg.CreateRequest{Name: name, PlanID: "1", OSID: "5", Location: "us-west"})
		if !errors.Is(err, vpsorg.ErrRateLimited) {
			return err
		}
		refused.Add(1)
	}
}

// check creates servers and holds that against the API's rate, or that at which
// the latency lets requests follow each other where that is lower. What is put off
// is a first burst, as wide as the parallelism, and hardly any more.
func (l limited) check(t *testing.T, servers int) {
	t.Helper()
	rate := min(l.rate, float64(l.parallelism)/l.latency.Seconds())
	bound := time.Duration(float64(servers)/rate*float64(time.Second)) + l.latency
	took, refused := l.create(t, servers)
	if took > bound+bound/10 {
		t.Errorf("%s: took %s, more than 10%% over the %s that the rate allows", l, took, bound)
	}
	if refused > l.parallelism+25 {
		t.Errorf("%s: %d requests were put off", l, refused)
	}
}

func TestTheRateIsFound(t *testing.T) {
	for _, window := range []time.Duration{0, time.Second} {
		for _, rate := range []float64{5, 20, 100} {
			for _, latency := range []time.Duration{20 * time.Millisecond, 200 * time.Millisecond} {
				for _, parallelism := range []int{1, 10, 50} {
					for _, told := range []bool{true, false} {
						synctest.Test(t, func(t *testing.T) { limited{rate, window, told, latency, parallelism}.check(t, 1000) })
					}
				}
			}
		}
	}
}

// A limit on a minute lets all of it pass at once and then nothing for long.
func TestTheRateOfAMinuteIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { limited{5, time.Minute, true, 20 * time.Millisecond, 10}.check(t, 3000) })
}
