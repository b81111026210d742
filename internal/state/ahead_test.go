package state_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state/statetest"
)

// coming are the intents of creates to come.
func coming(n int) (list []apply.Intent) {
	for i := range n {
		x := intent(fmt.Sprintf("s%04d", i))
		x.At = time.Time{}
		list = append(list, x)
	}
	return list
}

// sendAll sends creates, ten at a time, which take so long each.
func sendAll(t *testing.T, b *statetest.Memory, s apply.LockedState, creates []apply.Intent, latency time.Duration) {
	queue := make(chan apply.Intent)
	var workers sync.WaitGroup
	for range 10 {
		workers.Go(func() {
			for i := range queue {
				i.At = time.Now()
				if err := s.Begin(ctx, i); err != nil {
					t.Error(err)
				}
				if strings.HasSuffix(i.Name, "0") && !strings.Contains(openIn(t, b), i.Name) {
					t.Errorf("%s is sent and not noted", i.Name)
				}
				time.Sleep(latency)
				if err := s.Resolve(ctx, i, apply.Resolution{Made: "7"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, i := range creates {
		queue <- i
	}
	close(queue)
	workers.Wait()
}

// A thousand creates take a write a second and five beside, whether the API takes ten a
// second, or as many as come; and hardly longer than without a state.
func TestWritesOfAThousandCreates(t *testing.T) {
	for _, latency := range []time.Duration{time.Millisecond, 50 * time.Millisecond, time.Second} {
		t.Run(latency.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var writes atomic.Int64
				b := &statetest.Memory{}
				shared(t, b)
				b.Before = func(op, _ string) error {
					time.Sleep(20 * time.Millisecond)
					if op != "read" && op != "list" {
						writes.Add(1)
					}
					return nil
				}
				began := time.Now()
				s := lease(t, b)
				creates := coming(1000)
				if err := s.Announce(ctx, creates); err != nil {
					t.Fatal(err)
				}
				sendAll(t, b, s, creates, latency)
				took := time.Since(began)
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				if most := int64(took/time.Second) + 5; writes.Load() > most {
					t.Errorf("%d writes in %s", writes.Load(), took)
				}
				if least := latency * 100; took > least+least/10+time.Second {
					t.Errorf("it took %s, without a state %s", took, least)
				}
				if got := openIn(t, b); got != "" {
					t.Errorf("open are %q", got)
				}
			})
		})
	}
}

// A run that is killed leaves in doubt what was announced, and no more; one that ends
// leaves what it has begun.
func TestOnlyWhatWasAnnouncedIsInDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &statetest.Memory{}
		shared(t, b)
		s := lease(t, b)
		creates := coming(1000)
		if err := s.Announce(ctx, creates); err != nil {
			t.Fatal(err)
		}
		creates[0].At = time.Now()
		if err := s.Begin(ctx, creates[0]); err != nil {
			t.Error(err)
		}
		time.Sleep(5 * time.Second)
		if open := strings.Fields(openIn(t, b)); len(open) < 2 || len(open) > 51 || open[0] != "s0000" {
			t.Errorf("in doubt would be %q", open)
		}
		if open, err := s.Intents(ctx); err != nil || len(open) != 1 {
			t.Errorf("%v: for the run itself open are %v", err, open)
		}
		if err := s.Close(); err != nil || openIn(t, b) != "s0000" {
			t.Errorf("%v: when it has ended open are %q", err, openIn(t, b))
		}
	})
}

// What nobody has announced waits for a write.
func TestBeginThatWasNotAnnounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &statetest.Memory{}
		shared(t, b)
		s := lease(t, b)
		if err := s.Announce(ctx, coming(3)); err != nil {
			t.Fatal(err)
		}
		other := coming(2)[1]
		other.Plan, other.At = "another", time.Now()
		for _, i := range []apply.Intent{intent("new"), other} {
			if err := s.Begin(ctx, i); err != nil || !strings.Contains(openIn(t, b), i.Name) {
				t.Errorf("%v: open are %q", err, openIn(t, b))
			}
		}
		if err := s.Close(); err != nil || openIn(t, b) != "new s0001" {
			t.Errorf("%v: open are %q", err, openIn(t, b))
		}
	})
}
