package simulator

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/internal/state"
)

// Two hosts at once.
const (
	storeGone kind = "the store of several hosts is gone for up to five minutes"
	asleep    kind = "a host sleeps, maybe longer than its lease lasts"
	cutOff    kind = "a run that has the lease is cut off"
)

// patience is how long a run waits for another: longer than a lease lasts.
const patience = 20 * time.Minute

// runHosts plays two hosts at once, round after round, and then the quiet.
func (s *simulation) runHosts() error {
	s.store = &sharedStore{sim: s, loses: pick(s.dice.of("loses"), 0, 0, 5, 20)}
	if err := state.InBackend(&s.store.memory).Init(context.Background()); err != nil {
		return err
	}
	for i := range 1 + s.dice.of("rounds").below(2) {
		d := s.dice.of("round").at(i)
		f := s.files[min(i, len(s.files)-1)]
		first := s.drawProcess(d, f)
		second := s.newProcess(f)
		second.asks = d.of("asks").percent(50)
		for n, p := range []*process{first, second} {
			s.drawHost(d.of("host").at(n), p)
		}
		if g := d.of("gone"); g.percent(35) {
			s.fire(storeGone)
			from := time.Now().Add(g.of("from").between(0, 3*time.Minute))
			s.store.gone = span{from, from.Add(g.of("for").between(0, 5*time.Minute))}
		}
		s.playAtOnce(first, second)
		if gap := d.of("gap"); gap.percent(60) {
			time.Sleep(gap.between(0, 4*time.Minute))
		}
	}
	s.store.gone = span{}
	s.calm()
	s.converge(s.files[len(s.files)-1])
	return nil
}

// drawHost draws how a process of several ends, and when its host sleeps.
func (s *simulation) drawHost(d dice, p *process) {
	p.crash = drawEnd(d.of("end"))
	p.crash.atWrite = 0 // a store's writes are lost by its own dice
	if z := d.of("asleep"); z.percent(30) {
		s.fire(asleep)
		from := time.Now().Add(z.of("from").between(0, 3*time.Minute))
		p.asleep = span{from, from.Add(z.of("for").between(time.Second, 6*time.Minute))}
	}
}

// TestHosts runs seed after seed with two hosts on one account and one state.
func TestHosts(t *testing.T) {
	seeds := max(1, *seedCount/hostShare)
	if *onlySeed >= 0 {
		seeds = 1
	}
	var next atomic.Int64
	var mu sync.Mutex
	fired := map[kind]int{}
	t.Run("all", func(t *testing.T) {
		for w := range runtime.GOMAXPROCS(0) {
			t.Run(fmt.Sprint(w), func(t *testing.T) {
				t.Parallel()
				for n := next.Add(1) - 1; n < int64(seeds) && !t.Failed(); n = next.Add(1) - 1 {
					s := playHosts(t, *firstSeed+uint64(max(n, *onlySeed)))
					mu.Lock()
					for k, n := range s.fired {
						fired[k] += n
					}
					mu.Unlock()
				}
			})
		}
	})
	for _, k := range []kind{storeGone, asleep, cutOff, crashed} {
		t.Logf("%6d  %s", fired[k], k)
		if fired[k] == 0 && seeds >= 100 {
			t.Errorf("%q never came up", k)
		}
	}
}

// hostShare is the share of the seeds that are played with several hosts.
const hostShare = 20

func playHosts(t *testing.T, seed uint64) *simulation {
	var s *simulation
	synctest.Test(t, func(t *testing.T) {
		s = newSimulation(seed, token)
		if err := s.draw(); err != nil {
			t.Fatal(err)
		}
		if err := s.runHosts(); err != nil {
			t.Fatal(err)
		}
		if len(s.broken) > 0 {
			t.Errorf("with several hosts seed %d broke\n  %s\nto see it again: go test ./internal/simulator -run 'TestHosts$' -seed %d\n%s",
				s.seed, strings.Join(s.broken, "\n  "), s.seed, s.story())
		}
	})
	return s
}
