package simulator

import (
	"crypto/sha256"
	"crypto/subtle"
	"flag"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/race"
	"github.com/vps-fleet/fleet/planner"
)

var (
	seedCount = flag.Int("seeds", normalSeeds(), "how many `seeds` to run")
	firstSeed = flag.Uint64("from", 0, "the first `seed`")
	onlySeed  = flag.Int64("seed", -1, "run one `seed` alone and tell its story")
	onlyFault = flag.String("only", "", "let nothing go wrong but the faults whose kind contains this `text`")
)

const (
	token      = "vps_0123456789abcdef"
	otherToken = "vps_a-token-of-another-length-altogether"
	sample     = 50 // one seed of so many is run twice
	normalRun  = 5_000
	wanted     = 12 // how often each fault comes up at least in a normal run
)

func normalSeeds() int {
	if race.Enabled {
		return normalRun / 10
	}
	return normalRun
}

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

// tally is what a number of seeds came to.
type tally struct {
	fired  map[kind]int
	digest [sha256.Size]byte // of all their stories, in whatever order they were played
}

func (t *tally) add(s *simulation) {
	for k, n := range s.fired {
		t.fired[k] += n
	}
	one := sha256.Sum256(fmt.Appendf(nil, "%d %s", s.seed, s.hash()))
	subtle.XORBytes(t.digest[:], t.digest[:], one[:])
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
	whole := tally{fired: map[kind]int{}}
	var mu sync.Mutex
	workers := runtime.GOMAXPROCS(0)
	t.Run("all", func(t *testing.T) {
		for w := range workers {
			t.Run(fmt.Sprint(w), func(t *testing.T) {
				t.Parallel()
				mine := playMany(t, w, workers)
				mu.Lock()
				defer mu.Unlock()
				for k, n := range mine.fired {
					whole.fired[k] += n
				}
				subtle.XORBytes(whole.digest[:], whole.digest[:], mine.digest[:])
			})
		}
	})
	if !t.Failed() { // it ended early
		checkFired(t, whole.fired)
		t.Logf("digest of the %d seeds from %d: %x", *seedCount, *firstSeed, whole.digest[:16])
	}
}

// playMany runs one worker's share of the seeds.
func playMany(t *testing.T, worker, workers int) tally {
	mine := tally{fired: map[kind]int{}}
	for n := worker; n < *seedCount && !t.Failed(); n += workers {
		seed := *firstSeed + uint64(n)
		s := playSeed(t, seed, token)
		s.report(t)
		mine.add(s)
		if n%sample == 0 {
			if again := playSeed(t, seed, otherToken); again.hash() != s.hash() {
				t.Errorf("seed %d did not repeat:\n%s\nand then\n%s", seed, s.story(), again.story())
			}
		}
	}
	return mine
}

// updateOf is no fault: it is counted so that no field is left out of the seeds.
func updateOf(f fleet.Field) kind { return kind("an update of " + string(f)) }

// checkFired wants everything to have gone wrong often enough.
func checkFired(t *testing.T, fired map[kind]int) {
	enough := max(1, wanted**seedCount/normalRun)
	for _, f := range slices.Concat(requestFaults, rebootFaults, listFaults) {
		fired[f.kind] += 0
	}
	for _, k := range slices.Concat(otherKinds, conditions, policyKinds) {
		fired[k] += 0
	}
	for _, f := range planner.MutableFields { // which drawFile and addServer draw
		fired[updateOf(f)] += 0
	}
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(fired)) {
		fmt.Fprintf(&b, "%8d  %s\n", fired[k], k)
		if fired[k] < enough && *seedCount >= 1000 && *onlyFault == "" {
			t.Errorf("%q came up %d times in %d seeds, fewer than %d", k, fired[k], *seedCount, enough)
		}
	}
	t.Logf("in %d seeds, from %d, came up\n%s", *seedCount, *firstSeed, b.String())
}
