// Package estimate foresees how many requests carrying out a plan takes, and how long.
// It is pure, as planner is: what is known of the API, and of how it is asked, is an
// Options. What the steps of a plan are, package planner says.
package estimate

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// Options say what a plan's requests will meet.
type Options struct {
	Rate         float64       // requests a second; 0: not known, or any number
	Parallelism  int           // requests under way at a time, at least 1
	Latency      time.Duration // of an answer; 0: not known
	ListRequests int           // that a list of the account's servers takes
	Provisioning planner.Range // of a new server
	Transition   time.Duration // of a start, a stop or a reboot; 0: not known
}

// Estimate is what carrying a plan out will take.
type Estimate struct {
	Requests int           // changes, the read before each delete, and polls
	Duration time.Duration // until all is done, if new servers were ready at once; 0: not known
	Ready    planner.Range // until all is done, with their provisioning; zero where there are none
}

// Of foresees what carrying the plan out takes, if nobody else sends requests and
// nothing fails. It leaves out windows and freezes, the time that what runs on a server
// needs to start, and waits for a name that another server still has.
func Of(p *planner.Plan, o Options) Estimate {
	rules, groups := p.Rules(), make([]group, len(p.Rollouts))
	for i, g := range p.Rollouts {
		groups[i].Group = g
	}
	var jobs [][]planner.Step
	for _, j := range p.Jobs() {
		var steps []planner.Step
		for _, t := range p.Tasks(j, rules[j.Name], false) {
			steps = append(steps, t.Steps...)
		}
		jobs = append(jobs, steps)
		if rule := rules[j.Name]; rule != nil {
			add(groups, rule, steps)
		}
	}
	var e Estimate
	waits := make(map[waitKind]int)
	for _, s := range slices.Concat(jobs...) {
		e.Requests += planner.Requests(s)
		if a, ok := s.(planner.Await); ok {
			waits[kindOf(a)]++
		}
	}
	e.Requests += o.polls(waits)
	end := func(f forecast) time.Duration { return max(f.end(jobs), f.endOfRollouts(groups)) }
	e.Duration = end(forecast{Options: o})
	if waits[provisioned] > 0 {
		least, most := o.Provisioning.Min, o.Provisioning.Max
		e.Ready = planner.Range{Min: end(forecast{o, least, 0}), Max: end(forecast{o, most, most})}
	}
	return e
}

// waitKind is a kind of wait whose servers take about as long as each other.
type waitKind int

const (
	gone        waitKind = iota
	transition           // its start, stop or reboot is over
	provisioned          // it is active for the first time
)

func kindOf(a planner.Await) waitKind {
	switch {
	case a.Target == planner.TargetGone:
		return gone
	case a.Provisions():
		return provisioned
	}
	return transition
}

// polls is how many requests it takes to see everything reach its target: a poll is a
// list, or a request for each server where that takes fewer. The number of polls is
// experience: one where servers take no time, a few until it is known how long they
// take, and one for each twentieth of the time over which they are spread.
func (o Options) polls(waits map[waitKind]int) (requests int) {
	const first, spread = 16, 20 // polls of the first new server, and of all while they become ready
	times := map[waitKind]int{gone: 1, transition: 3, provisioned: 4}
	if o.Provisioning.Min < o.Provisioning.Max {
		times[provisioned] = spread
	}
	for kind, servers := range waits {
		requests += times[kind] * min(max(o.ListRequests, 1), servers)
		if kind == provisioned && times[kind] == spread {
			requests += first
		}
	}
	return requests
}

// forecast is what one estimate assumes.
type forecast struct {
	Options
	provisioning time.Duration // of a new server
	left         time.Duration // of one that an earlier run has left, which may be ready by now
}

// end is when the last of the jobs ends.
//
// The rest of a request is what its job needs from then on, the request included. As
// in apply, requests with the longest usual rest go first.
func (f forecast) end(jobs [][]planner.Step) (end time.Duration) {
	type rest struct{ usual, real time.Duration }
	var requests []rest
	for _, steps := range jobs {
		var r rest
		for _, s := range slices.Backward(steps) {
			if a, ok := s.(planner.Await); ok {
				r.usual += planner.Usual(s)
				r.real += f.waits(a)
			}
			for range planner.Requests(s) {
				r.usual += time.Second
				r.real += f.Latency
				requests = append(requests, r)
			}
		}
		end = max(end, r.real)
	}
	slices.SortFunc(requests, func(a, b rest) int { return cmp.Compare(b.usual, a.usual) })
	for i, r := range requests {
		end = max(end, f.leaves(i)+r.real)
	}
	return end
}

// waits is the time from an answer, or from the beginning, until a poll shows that a
// wait is over; a poll takes two answers where a list has pages. What the API begins
// it begins when the request arrives, and not when that is answered.
func (f forecast) waits(a planner.Await) time.Duration {
	var takes time.Duration
	switch kindOf(a) {
	case transition:
		takes = f.Transition
	case provisioned:
		takes = f.provisioning
		if a.ID != "" && a.From == "" {
			takes = f.left
		}
	}
	if a.Sent {
		takes = max(0, takes-f.Latency)
	}
	return takes + time.Duration(min(max(f.ListRequests, 1), 2))*f.Latency
}

// leaves is when the n-th request, from 0, can leave.
func (o Options) leaves(n int) time.Duration {
	at := time.Duration(n/max(o.Parallelism, 1)) * o.Latency
	if o.Rate > 0 {
		at = max(at, time.Duration(math.Round(float64(n)/o.Rate*float64(time.Second))))
	}
	return at
}
