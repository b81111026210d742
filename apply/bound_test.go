package apply_test

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// No client can be done before its bound. This file computes it, from nothing but
// what the API and the flags allow, and from the requests that nobody can do without.

// setting is what an apply runs against, and with.
type setting struct {
	latency     time.Duration // of each answer
	parallelism int
	rate        float64      // requests a second that --rate allows; 0: any number
	takes       float64      // requests a second that the API takes, after a burst of one second's; 0: any number
	provisions  provisioning // from create to active
	pages       int          // servers in one page of a list; 0: all of them
	lost        bool         // the first server that is created never arrives
}

// provisioning is how long new servers take: from and up to a time, evenly spread.
type provisioning struct{ from, to time.Duration }

const transition = time.Second // of a start, a stop or a reboot

// of is the time that the n-th server takes. Turning the bits of n round spreads
// any few servers in a row over the whole range.
func (p provisioning) of(n int) time.Duration {
	share := float64(bits.Reverse32(uint32(n))) / (1 << 32)
	return p.from + time.Duration(share*float64(p.to-p.from))
}

func (p provisioning) String() string {
	if p.from == p.to {
		return p.from.String()
	}
	return fmt.Sprintf("%s–%s", p.from, p.to)
}

// leaves is when the n-th request, from 0, can leave at the earliest: a worker has
// one under way at a time, and the rate binds all of them.
func (s setting) leaves(n int) time.Duration {
	at := time.Duration(n/s.parallelism) * s.latency
	if s.rate > 0 {
		at = max(at, seconds(float64(n)/s.rate))
	}
	if s.takes > 0 {
		at = max(at, s.refilled(n))
	}
	return at
}

// refilled is when the API takes the n-th request at the earliest.
func (s setting) refilled(n int) time.Duration {
	burst := math.Floor(max(1, s.takes))
	return seconds((float64(n) + 1 - burst) / s.takes)
}

// learned is leaves for a client that is not told the rate, and obeys. It has no reason
// to be slow until it hears of its first 429: a request that finds the burst used up, and
// the answer to it. Then nothing leaves for a second, the least that Retry-After can ask.
func (s setting) learned(n int) time.Duration {
	if s.takes == 0 {
		return s.leaves(n)
	}
	unlimited := s
	unlimited.takes = 0
	refused := 0 // the first request that is
	for refused <= n && unlimited.leaves(refused) >= s.refilled(refused) {
		refused++
	}
	told := unlimited.leaves(refused) + s.latency
	taken := refused // until then
	for s.refilled(taken) <= told {
		taken++
	}
	if n < taken {
		return s.leaves(n)
	}
	return max(told+time.Second+unlimited.leaves(n-taken), s.refilled(n))
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// jobSteps are the steps of each job of a plan, in order.
func jobSteps(p *planner.Plan) (jobs [][]planner.Step) {
	for _, j := range p.Jobs() {
		var steps []planner.Step
		for _, c := range j.Changes {
			steps = append(steps, planner.Steps(p.Changes[c])...)
		}
		jobs = append(jobs, steps)
	}
	return jobs
}

// waits is the shortest time that a wait takes after the answer to its request. What
// the API begins, it begins when the request leaves, so a poll can follow at once.
func waits(a planner.Await, provisioned time.Duration) time.Duration {
	switch {
	case a.Target == planner.TargetGone:
		return 0
	case a.Provisions():
		return provisioned
	}
	return transition
}

// bound is the shortest time in which jobs can be carried out. live is how many
// servers there were before.
//
// After its leaving, each request has a rest: what its job needs from there on.
// Where requests leave one by one at given times, no order ends sooner than that
// with the longest rest first, so the bound is the latest of leaving and rest in
// that order. Nobody can know how long servers will take, so what decides is the
// time that the API documents. Who provisions for how long depends on the order in
// which creates arrive; so where the times differ, that order is taken for the
// creates alone, and the rests count the shortest time.
func (s setting) bound(jobs [][]planner.Step, live int) time.Duration {
	type rest struct{ foreseen, real time.Duration }
	var rests []rest
	made := 0
	for _, steps := range jobs {
		var r rest
		for _, step := range slices.Backward(steps) {
			if a, ok := step.(planner.Await); ok {
				r.foreseen += waits(a, documented.from)
				r.real += waits(a, s.provisions.from)
				if a.Provisions() {
					made++
				}
			}
			for range planner.Requests(step) {
				r.foreseen += s.latency
				r.real += s.latency
				rests = append(rests, r)
			}
		}
	}
	slices.SortFunc(rests, func(a, b rest) int { return cmp.Compare(b.foreseen, a.foreseen) })
	var end time.Duration
	for i, r := range rests {
		end = max(end, s.learned(i)+r.real)
	}
	for i := range made {
		end = max(end, s.learned(i)+s.provisions.of(live+i)+s.latency)
	}
	if s.lost {
		end = max(end, apply.DefaultTimeout+s.latency)
	}
	return end
}

// listing is how a list of n servers is read: first so many requests one after
// another, then the others at once. The first page tells how many there are; where it
// is a small one, the first of the large ones is read alone, too.
func (s setting) listing(n int) (first, others int) {
	if s.pages == 0 || s.pages >= n {
		return 1, 0
	}
	size := max(s.pages, 100)
	others = (n+size-1)/size - 1
	if s.pages < size {
		return 2, others
	}
	return 1, others
}

// readingBound is the shortest time in which a list of n servers and so many details
// can be read, ten requests at a time, with one for the account and one for the plans.
func (s setting) readingBound(n, details int) time.Duration {
	s.parallelism = 10
	first, others := s.listing(n)
	rest := others + details
	requests := 2 + first + rest
	least := time.Duration(first) * s.latency
	if rest > 0 {
		least += s.leaves(rest-1) + s.latency
	}
	return max(least, s.leaves(requests-1)+s.latency)
}

// TestBoundsByHand holds bounds that can be worked out on paper.
func TestBoundsByHand(t *testing.T) {
	one := setting{latency: time.Second, parallelism: 1, provisions: provisioning{3 * time.Second, 3 * time.Second}}
	two, slow, full := one, one, one
	two.parallelism, slow.rate = 2, 0.5
	full.takes, full.parallelism = 2, 10
	create, update := planner.Steps(&planner.Create{}), planner.Steps(&planner.Update{})
	four := [][]planner.Step{create, create, create, create}
	for _, test := range []struct {
		what string
		s    setting
		jobs [][]planner.Step
		want time.Duration
	}{
		{"no requests", one, nil, 0},
		{"the last create leaves after three answers", one, four, 3*time.Second + 4*time.Second},
		{"or after one, two at a time", two, four, 1*time.Second + 4*time.Second},
		{"or when the rate lets it", slow, four, 6*time.Second + 4*time.Second},
		{"or when the burst is over", full, four, 1*time.Second + 4*time.Second},
		{"or after the second that a 429 asks for", full, append(four, create), 2*time.Second + 4*time.Second},
		{"updates go while a server provisions", one, [][]planner.Step{update, update, create}, 4 * time.Second},
		{"a stop follows a create", one, [][]planner.Step{append(create, planner.Steps(&planner.Power{Verb: planner.ActionStop, From: planner.StatusActive})...)}, 4*time.Second + 2*time.Second},
		{"a delete is a read and a delete, and a poll", one, [][]planner.Step{planner.Steps(&planner.Delete{})}, 2 * time.Second},
	} {
		if got := test.s.bound(test.jobs, 0); got != test.want {
			t.Errorf("%s: %s, want %s", test.what, got, test.want)
		}
	}
}
