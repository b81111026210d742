package simulator

import (
	"flag"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

var (
	seedCount = flag.Int("seeds", normalSeeds, "how many `seeds` to run")
	firstSeed = flag.Uint64("from", 0, "the first `seed`")
	onlySeed  = flag.Int64("seed", -1, "run one `seed` alone and tell its story")
	onlyFault = flag.String("only", "", "let nothing go wrong but the faults whose kind contains this `text`")
)

const (
	token      = "vps_0123456789abcdef"
	otherToken = "vps_a-token-of-another-length-altogether"
	sample     = 50 // one seed of so many is run twice
	normalRun  = 20_000
	wanted     = 100 // how often each fault comes up at least in a normal run
)

// playSeed runs one seed in a bubble of its own.
func playSeed(t *testing.T, seed uint64, token string) *simulation {
	var s *simulation
	synctest.Test(t, func(t *testing.T) {
		s = newSimulation(seed, token)
		if err := s.draw(); err != nil {
			t.Fatalf("seed %d: %s\n%s", seed, err, strings.Join(s.texts, "\n"))
		}
		s.run()
	})
	return s
}

// report fails the test for what a seed has broken.
func (s *simulation) report(t *testing.T) {
	if len(s.broken) > 0 {
		t.Errorf("seed %d broke\n  %s\nto see it again: go test ./internal/simulator -run 'TestSeeds$' -seed %d -v\n%s",
			s.seed, strings.Join(s.broken, "\n  "), s.seed, s.story())
	}
}

// TestSeeds runs seed after seed and wants no promise broken, every fault to have
// fired, and those seeds that are run twice, the second time with another token,
// to repeat to the byte.
func TestSeeds(t *testing.T) {
	if *onlySeed >= 0 {
		s := playSeed(t, uint64(*onlySeed), token)
		s.report(t)
		if len(s.broken) == 0 {
			t.Logf("seed %d, %s:\n%s", s.seed, s.hash(), s.story())
		}
		return
	}
	fired := map[kind]int{}
	var mu sync.Mutex
	workers := runtime.GOMAXPROCS(0)
	t.Run("all", func(t *testing.T) {
		for w := range workers {
			t.Run(fmt.Sprint(w), func(t *testing.T) {
				t.Parallel()
				mine := playMany(t, w, workers)
				mu.Lock()
				defer mu.Unlock()
				for k, n := range mine {
					fired[k] += n
				}
			})
		}
	})
	if !t.Failed() { // it ended early
		checkFired(t, fired)
	}
}

// playMany runs one worker's share of the seeds.
func playMany(t *testing.T, worker, workers int) map[kind]int {
	fired := map[kind]int{}
	for n := worker; n < *seedCount && !t.Failed(); n += workers {
		seed := *firstSeed + uint64(n)
		s := playSeed(t, seed, token)
		s.report(t)
		for k, n := range s.fired {
			fired[k] += n
		}
		if n%sample == 0 {
			if again := playSeed(t, seed, otherToken); again.hash() != s.hash() {
				t.Errorf("seed %d did not repeat:\n%s\nand then\n%s", seed, s.story(), again.story())
			}
		}
	}
	return fired
}

// checkFired wants everything to have gone wrong often enough.
func checkFired(t *testing.T, fired map[kind]int) {
	enough := max(1, wanted**seedCount/normalRun)
	for _, f := range slices.Concat(requestFaults, rebootFaults, listFaults) {
		fired[f.kind] += 0
	}
	for _, k := range otherKinds {
		fired[k] += 0
	}
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(fired)) {
		fmt.Fprintf(&b, "%8d  %s\n", fired[k], k)
		if fired[k] < enough && *seedCount >= 1000 {
			t.Errorf("%q came up %d times in %d seeds, fewer than %d", k, fired[k], *seedCount, enough)
		}
	}
	t.Logf("in %d seeds, from %d, came up\n%s", *seedCount, *firstSeed, b.String())
}
