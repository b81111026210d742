package apply

import (
	"testing"
	"time"
)

// glance is an age at which a server was looked at; had says whether it had arrived,
// and before is when it was looked at last.
type glance struct {
	age    time.Duration
	had    bool
	before time.Duration
}

func TestPaceExpects(t *testing.T) {
	const s = time.Second
	for _, test := range []struct {
		name    string
		new     bool // a server that this run has made
		seen    []glance
		missed  time.Duration
		dear    bool
		from    time.Duration
		to      time.Duration
		unknown bool
	}{
		{name: "a scout is looked at at once", missed: unseen, from: 0, to: 0, unknown: true},
		{name: "and a little later", seen: []glance{{age: 0}}, missed: 0, from: roundly(1 * s), to: roundly(1 * s), unknown: true},
		{name: "what an older one has shown counts for all", seen: []glance{{age: 4 * s}}, missed: 1 * s, from: roundly(5 * s), to: roundly(5 * s), unknown: true},
		{name: "where nothing is documented it goes on so", seen: []glance{{age: 64 * s}}, missed: 64 * s, from: 80 * s, to: 80 * s, unknown: true},
		{name: "what one took the others take", seen: []glance{{age: 2 * s}, {3 * s, true, 2 * s}}, missed: unseen, from: roundly(3 * s), to: roundly(3 * s)},
		{name: "the shortest counts", seen: []glance{{9 * s, true, unseen}, {4 * s, true, unseen}}, missed: unseen, from: roundly(4 * s), to: roundly(4 * s)},
		{name: "one that is late gets more", seen: []glance{{10 * s, true, unseen}}, missed: 20 * s, from: 22 * s, to: 22 * s},
		{name: "but a moment at least", seen: []glance{{0, true, unseen}}, missed: 0, from: s / 10, to: s / 10},
		{name: "a new server takes as long as documented", new: true, seen: []glance{{age: 120 * s}}, missed: unseen, from: 120 * s, to: 300 * s},
		{name: "and longer", new: true, seen: []glance{{age: 120 * s}}, missed: 300 * s, from: 330 * s, to: 330 * s},
		{name: "unless the API is quick", new: true, seen: []glance{{3 * s, true, 2 * s}}, missed: unseen, from: roundly(3 * s), to: roundly(3 * s)},
		{name: "that the first came late does not make it slow", new: true, seen: []glance{{200 * s, true, unseen}}, missed: unseen, from: roundly(200 * s), to: roundly(200 * s)},
		{name: "all may take what the first took", new: true, seen: []glance{{age: 120 * s}, {180 * s, true, 120 * s}}, missed: 120 * s, from: roundly(180 * s), to: roundly(180 * s)},
		{name: "until one does not", new: true, seen: []glance{{age: 120 * s}, {180 * s, true, 120 * s}, {age: 190 * s}}, missed: 190 * s, from: 190 * s, to: 300 * s},
		{name: "which is not tried where looking is dear", new: true, seen: []glance{{age: 120 * s}, {180 * s, true, 120 * s}}, missed: 120 * s, dear: true, from: 120 * s, to: 300 * s},
	} {
		t.Run(test.name, func(t *testing.T) {
			kind := transition{goal: goalActive, from: "stopped", ours: true}
			if test.new {
				kind.from = ""
			}
			p := newPace(kind)
			for _, g := range test.seen {
				if g.had {
					p.arrived(g.age, g.before)
				} else {
					p.missed(g.age)
				}
			}
			if p.known() == test.unknown {
				t.Errorf("known: %t", p.known())
			}
			if from, to := p.expected(test.missed, test.dear, 1.1); from != test.from || to != test.to {
				t.Errorf("expected from %s to %s, want %s to %s", from, to, test.from, test.to)
			}
		})
	}
}

func TestNextLook(t *testing.T) {
	zero := time.Unix(1e9, 0)
	at := func(seconds float64) time.Time { return zero.Add(time.Duration(seconds * 1e9)) }
	for _, test := range []struct {
		name string
		forecast
		want float64 // seconds; -1: when all changes have been sent
	}{
		{"when the first is expected that something waits for", forecast{now: at(1), last: at(1), urgent: at(5), first: at(4), full: at(30), looks: 10}, 5},
		{"not before a share of the time has passed", forecast{now: at(10), last: at(10), urgent: at(10), first: at(10), full: at(40), looks: 2}, 20},
		{"seldom where nothing waits", forecast{now: at(10), last: at(10), first: at(11), full: at(60), looks: 10}, 20},
		{"all at once at the end", forecast{now: at(10), last: at(10), urgent: at(11), first: at(11), full: at(12), looks: 1}, 12},
		{"all at once where no look is to spare", forecast{urgent: at(5), first: at(5), full: at(30)}, 30},
		{"what is still to be sent counts too", forecast{now: at(10), last: at(10), urgent: at(10), first: at(10), full: at(10), sending: 30 * time.Second, looks: 2}, 20},
		{"none to spare while changes are sent", forecast{urgent: at(5), first: at(5), full: at(30), sending: time.Second}, -1},
		{"not just before the last is sent", forecast{urgent: at(5), first: at(5), full: at(30), sending: time.Second, took: time.Second, looks: 10}, -1},
		{"what is overdue", forecast{now: at(50), last: at(49), first: at(20), full: at(20), looks: 5}, 20},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.began = zero
			got, ok := test.next()
			if test.want < 0 {
				if ok {
					t.Errorf("at %s", got.Sub(zero))
				}
			} else if !ok || !got.Equal(at(test.want)) {
				t.Errorf("after %s (%t), want %gs", got.Sub(zero), ok, test.want)
			}
		})
	}
}
