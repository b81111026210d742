package emulator

import (
	"cmp"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
)

// Lag is how old the state is that reads show, as those of a replica do. Changes
// always find, and answer with, the newest state. The zero Lag is none.
type Lag struct {
	// List and Get are how old the state is that a list and a server's own GET show.
	// What existed before the first request all reads show.
	List, Get time.Duration

	// Monotonic never lets a client, which is one token, read an older state than
	// it has read before, in a list or in a GET.
	Monotonic bool

	// Young leaves servers out of lists that were created by a request less than
	// this ago, and Every does so in one list of so many: the second, the fourth
	// and so on with 2. Zero and 1 are every list. The pages of one list agree.
	Young time.Duration
	Every int
}

// MaxLag is the longest lag that a Fault may set.
const MaxLag = 5 * time.Minute

// version is a record as it was until a change of it.
type version struct {
	until  time.Time
	id     vpsorg.ID
	serial int
	before *record // nil: it was not there
}

// keep remembers what a record is until the time at, when it changes. The lock is
// held. Versions of one record are in order of time, those of several need not be:
// a transition that is over is noticed late.
func (e *Emulator) keep(r *record, at time.Time) {
	before := *r
	before.Then = "" // what is past goes nowhere
	e.remember(version{at, r.ID, r.Serial, &before})
}

// remember adds a version and forgets those that no read can see any more.
func (e *Emulator) remember(v version) {
	longest := max(e.Lag.List, e.Lag.Get)
	if e.Fault != nil {
		longest = max(longest, MaxLag)
	}
	if longest <= 0 {
		return
	}
	forgotten := 0
	for forgotten < len(e.past) && e.past[forgotten].until.Before(v.until.Add(-longest)) {
		forgotten++
	}
	e.past = append(slices.Delete(e.past, 0, forgotten), v)
}

// insert puts a record in place, as of the time at.
func (e *Emulator) insert(r *record, at time.Time) {
	e.world.insert(r)
	e.dirty = true
	e.remember(version{at, r.ID, r.Serial, nil})
}

// remove takes a record away, as of the time at.
func (e *Emulator) remove(r *record, at time.Time) {
	e.settle(r, at)
	e.keep(r, at)
	e.world.remove(r)
	e.dirty = true
}

// seenAt is the time whose state a read tells.
func (e *Emulator) seenAt(c *call) time.Time {
	lag := e.Lag.List
	if c.id != "" {
		lag = e.Lag.Get
	}
	if c.lag != 0 {
		lag = min(max(c.lag, 0), MaxLag)
	}
	at := c.now.Add(-lag)
	if at.Before(e.began) {
		at = e.began
	}
	if !e.Lag.Monotonic {
		return at
	}
	client := c.header.Get("Authorization")
	if seen := e.seen[client]; at.Before(seen) {
		at = seen
	}
	if e.seen == nil {
		e.seen = map[string]time.Time{}
	}
	e.seen[client] = at
	return at
}

// recordAt is the record of an id as it was at a time, or nil.
func (e *Emulator) recordAt(id vpsorg.ID, at, now time.Time) *record {
	r := e.find(id, now)
	if !at.Before(now) {
		return r
	}
	for _, v := range slices.Backward(e.past) {
		if v.id == id && v.until.After(at) {
			r = v.before
		}
	}
	return r
}

// recordsAt are the records as they were at a time.
func (e *Emulator) recordsAt(at, now time.Time) []*record {
	if !at.Before(now) {
		return e.world.Servers
	}
	for _, r := range e.world.Servers {
		e.settle(r, now)
	}
	then := map[int]*record{}
	for _, v := range slices.Backward(e.past) {
		if v.until.After(at) {
			then[v.serial] = v.before
		}
	}
	if len(then) == 0 {
		return e.world.Servers
	}
	var all []*record
	for _, r := range e.world.Servers {
		if _, changed := then[r.Serial]; !changed {
			all = append(all, r)
		}
	}
	for _, r := range then {
		if r != nil {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *record) int { return cmp.Compare(a.Serial, b.Serial) })
	return all
}

// leavesOut reports whether the list that a call asks for leaves young servers out.
func (e *Emulator) leavesOut(c *call) bool {
	if e.Lag.Young <= 0 {
		return false
	}
	if !c.values.Has("page") {
		e.lists++
	}
	return e.lists%max(1, e.Lag.Every) == 0
}
