package planner

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// How long a new server takes by the API's documentation: its answer to a create
// says 2–5 minutes.
const (
	ProvisioningMin = 2 * time.Minute
	ProvisioningMax = 5 * time.Minute
)

// Range is a time between two limits.
type Range struct{ Min, Max time.Duration }

// EstimateOptions say what a plan's requests will meet.
type EstimateOptions struct {
	Rate         float64       // requests a second; 0: not known, or any number
	Parallelism  int           // requests under way at a time, at least 1
	Latency      time.Duration // of an answer; 0: not known
	ListRequests int           // that a list of the account's servers takes
	Provisioning Range         // of a new server
	Transition   time.Duration // of a start, a stop or a reboot; 0: not known
}

// Estimate is what carrying a plan out will take.
type Estimate struct {
	Requests int           // changes, the read before each delete, and polls
	Duration time.Duration // until all is done, if new servers were ready at once; 0: not known
	Ready    Range         // until all is done, with their provisioning; zero where there are none
}

// Estimate foresees what carrying the plan out takes, if nobody else sends requests
// and nothing fails. Windows and freezes are not in it, nor is what runs on the servers,
// but for the time for which it has to be ready. That one server waits for another's name is not in it.
func (p *Plan) Estimate(o EstimateOptions) Estimate {
	var jobs [][]Step
	rules, rollouts := p.Rules(), rolling{p.Rollouts, make([][]turnSteps, len(p.Rollouts))}
	for _, j := range p.Jobs() {
		var steps []Step
		for _, t := range p.Tasks(j, rules[j.Name], false) {
			steps = append(steps, t.Steps...)
		}
		jobs = append(jobs, steps)
		if rule := rules[j.Name]; rule != nil {
			rollouts.add(rule, steps)
		}
	}
	end := func(provisioning Range, longest bool) time.Duration {
		return max(o.end(jobs, provisioning, longest), rollouts.end(o, provisioning, longest))
	}
	e := Estimate{Duration: end(Range{}, false)}
	waits := make(map[waitKind]int)
	for _, steps := range jobs {
		for _, s := range steps {
			e.Requests += Requests(s)
			if a, ok := s.(Await); ok {
				waits[a.kind()]++
			}
		}
	}
	e.Requests += o.polls(waits)
	if waits[waitProvisioned] > 0 {
		e.Ready = Range{end(o.Provisioning, false), end(o.Provisioning, true)}
	}
	return e
}

// waitKind is a kind of wait whose servers take about as long as each other.
type waitKind int

const (
	waitGone        waitKind = iota
	waitTransition           // its start, stop or reboot is over
	waitProvisioned          // it is active for the first time
)

func (a Await) kind() waitKind {
	switch {
	case a.Target == TargetGone:
		return waitGone
	case a.Provisions():
		return waitProvisioned
	}
	return waitTransition
}

// polls is how many requests it takes to see everything reach its target: a poll is a
// list, or a request for each server where these are fewer. How many polls is from
// experience: one where servers take no time, a few until it is known how long they
// take, and one for each twentieth of the time over which they are spread.
func (o EstimateOptions) polls(waits map[waitKind]int) (requests int) {
	const first, spread = 16, 20 // looks at the first new server, and at all while they become ready
	times := map[waitKind]int{waitGone: 1, waitTransition: 3, waitProvisioned: 4}
	if o.Provisioning.Min < o.Provisioning.Max {
		times[waitProvisioned] = spread
	}
	for kind, servers := range waits {
		requests += times[kind] * min(max(o.ListRequests, 1), servers)
		if kind == waitProvisioned && times[kind] == spread {
			requests += first
		}
	}
	return requests
}

// end is when the last of the jobs ends, if new servers take the least or the most of
// a time. A replacement that an earlier run has left may be ready by now.
//
// From its leaving on, each request has a rest: what its job needs from there. As
// in apply, those go first whose rest is usually the longest.
func (o EstimateOptions) end(jobs [][]Step, provisioning Range, longest bool) (end time.Duration) {
	type rest struct{ usual, real time.Duration }
	var requests []rest
	for _, steps := range jobs {
		var r rest
		for _, s := range slices.Backward(steps) {
			if a, ok := s.(Await); ok {
				r.usual += Usual(s)
				r.real += o.waits(a, provisioning, longest)
			}
			for range Requests(s) {
				r.usual += time.Second
				r.real += o.Latency
				requests = append(requests, r)
			}
		}
		end = max(end, r.real)
	}
	slices.SortFunc(requests, func(a, b rest) int { return cmp.Compare(b.usual, a.usual) })
	for i, r := range requests {
		end = max(end, o.leaves(i)+r.real)
	}
	return end
}

// waits is the time from an answer, or from the beginning, until a poll shows that a
// wait is over; a poll takes two answers where a list has pages. What the API begins
// it begins when the request arrives, and not when that is answered.
func (o EstimateOptions) waits(a Await, provisioning Range, longest bool) time.Duration {
	poll := time.Duration(min(max(o.ListRequests, 1), 2)) * o.Latency
	var begun time.Duration
	if a.Sent {
		begun = o.Latency
	}
	switch a.kind() {
	case waitTransition:
		return max(0, o.Transition-begun) + poll
	case waitProvisioned:
		takes := provisioning.Min
		if longest {
			takes = provisioning.Max
		} else if a.ID != "" && a.From == "" {
			takes = 0
		}
		return max(0, takes-begun) + poll
	}
	return poll
}

// leaves is when the n-th request, from 0, can leave.
func (o EstimateOptions) leaves(n int) time.Duration {
	at := time.Duration(n/max(o.Parallelism, 1)) * o.Latency
	if o.Rate > 0 {
		at = max(at, time.Duration(math.Round(float64(n)/o.Rate*float64(time.Second))))
	}
	return at
}
