package planner

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/fleet"
)

// How long a new server takes by the API's documentation: its answer to a create
// says 2–5 minutes.
const (
	ProvisioningMin = 2 * time.Minute
	ProvisioningMax = 5 * time.Minute
)

// Range is a time between two limits.
type Range struct{ Min, Max time.Duration }

// Outlook is what a plan's requests will meet.
type Outlook struct {
	Rate         float64       // requests a second; 0: not known, or any number
	Parallelism  int           // requests under way at a time, at least 1
	Latency      time.Duration // of an answer; 0: not known
	ListRequests int           // that a list of the account's servers takes
	Provisioning Range         // of a new server
	Transition   time.Duration // of a start, a stop or a reboot; 0: not known
}

// Estimate is what carrying a plan out will take.
type Estimate struct {
	Requests int           // changes, the look before each delete, and looks at servers on their way
	Duration time.Duration // until all is done, if new servers were there at once; 0: not known
	Ready    Range         // until all is done, with their provisioning; zero where there are none
}

// LookBudget is how many requests may be spent on looking at servers on their way,
// beside the one before each delete: 2 % of the changes, or 20.
func LookBudget(changes int) int { return max(20, changes/50) }

// Estimate foresees what carrying the plan out takes, if nobody else sends requests
// and nothing fails. That one server waits for another's name is not in it.
func (p *Plan) Estimate(o Outlook) Estimate {
	var lanes [][]leg
	for _, l := range p.Lanes() {
		var legs []leg
		if l.Wait >= 0 {
			legs = append(legs, leg{then: p.Waits[l.Wait].awaited()})
		}
		for _, i := range l.Changes {
			legs = append(legs, legsOf(p.Changes[i])...)
		}
		lanes = append(lanes, legs)
	}
	changes, waits := tallyLegs(lanes)
	e := Estimate{Requests: changes + o.looks(waits, LookBudget(len(p.Changes))), Duration: o.end(lanes, 0)}
	if waits[awaitProvisioned] > 0 {
		e.Ready = Range{o.end(lanes, o.Provisioning.Min), o.end(lanes, o.Provisioning.Max)}
	}
	return e
}

// awaited is what a look has to show of a server before its lane goes on.
type awaited int

const (
	awaitNothing     awaited = iota
	awaitGone                // it is not there any more
	awaitSettled             // its start, stop or reboot is over
	awaitProvisioned         // it is active for the first time
)

// leg is a request, or just a wait that is under way already, and what has to be
// seen before the next leg.
type leg struct {
	request bool
	then    awaited
}

// awaited takes a server that is still being provisioned for one just created.
func (w Wait) awaited() awaited {
	if w.From == StatusProvisioning {
		return awaitProvisioned
	}
	return awaitSettled
}

func legsOf(c Change) []leg {
	create, reread, remove := leg{true, awaitProvisioned}, leg{true, awaitNothing}, leg{true, awaitGone}
	switch c := c.(type) {
	case *Create:
		return []leg{create}
	case *Power:
		return []leg{{true, awaitSettled}}
	case *Delete:
		return []leg{reread, remove}
	case *Replace:
		switch {
		case c.Mode == fleet.ReplaceDeleteFirst:
			return []leg{reread, remove, create}
		case c.NextID != "" && len(c.Finish) == 0:
			return []leg{reread, remove}
		case c.NextID != "":
			return []leg{reread, remove, {true, awaitNothing}}
		}
		return []leg{create, reread, remove, {true, awaitNothing}}
	}
	return []leg{{true, awaitNothing}}
}

// tallyLegs counts the requests, and the waits by what they wait for.
func tallyLegs(lanes [][]leg) (requests int, waits map[awaited]int) {
	waits = make(map[awaited]int)
	for _, legs := range lanes {
		for _, l := range legs {
			if l.request {
				requests++
			}
			if l.then != awaitNothing {
				waits[l.then]++
			}
		}
	}
	return requests, waits
}

// looks is how many requests it takes to see everything arrive: a look is a list of
// all, or one request for each server where these are fewer. How many looks is from
// experience: most go to servers that take long, each at a time of its own, and then
// as many as the budget allows.
func (o Outlook) looks(waits map[awaited]int, budget int) (requests int) {
	times := map[awaited]int{awaitGone: 1, awaitSettled: 2, awaitProvisioned: 4}
	if o.Provisioning.Min < o.Provisioning.Max {
		times[awaitProvisioned] = 16
	}
	least := 0 // what the budget may not forbid
	for what, servers := range waits {
		one := min(max(o.ListRequests, 1), servers)
		requests += times[what] * one
		least = max(least, one)
	}
	return min(requests, max(budget, least))
}

// end is when the last of the lanes ends, if new servers take as long as given.
//
// From its leaving on, each request has a rest: what its lane needs from there. As
// in apply, those go first whose rest is the longest by what the API documents.
func (o Outlook) end(lanes [][]leg, provisioning time.Duration) (end time.Duration) {
	type rest struct{ foreseen, real time.Duration }
	var rests []rest
	for _, legs := range lanes {
		var r rest
		for _, l := range slices.Backward(legs) {
			r.foreseen += o.takes(l.then, ProvisioningMax)
			r.real += o.takes(l.then, provisioning)
			if l.request {
				rests = append(rests, r)
			}
		}
		end = max(end, r.real)
	}
	slices.SortFunc(rests, func(a, b rest) int { return cmp.Compare(b.foreseen, a.foreseen) })
	for i, r := range rests {
		end = max(end, o.leaves(i)+r.real)
	}
	return end
}

// takes is the time from a request's leaving until what it waits for is seen: in an
// answer of its own, or in that of a look, which is two where a list has pages.
func (o Outlook) takes(what awaited, provisioning time.Duration) time.Duration {
	look := time.Duration(min(max(o.ListRequests, 1), 2)) * o.Latency
	switch what {
	case awaitGone:
		return o.Latency + look
	case awaitSettled:
		return max(o.Latency, o.Transition) + look
	case awaitProvisioned:
		return max(o.Latency, provisioning) + look
	}
	return o.Latency
}

// leaves is when the n-th request, from 0, can leave.
func (o Outlook) leaves(n int) time.Duration {
	at := time.Duration(n/max(o.Parallelism, 1)) * o.Latency
	if o.Rate > 0 {
		at = max(at, time.Duration(math.Round(float64(n)/o.Rate*float64(time.Second))))
	}
	return at
}
