package poll_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply/poll"
	"github.com/vps-fleet/fleet/planner"
)

const (
	s  = time.Second
	ms = time.Millisecond
)

var zero = time.Unix(1e9, 0)

var (
	created = poll.Kind{Target: planner.TargetActive, Sent: true}
	started = poll.Kind{Target: planner.TargetActive, From: planner.StatusStopped, Sent: true}
	deleted = poll.Kind{Target: planner.TargetGone, From: planner.StatusActive, Sent: true}
	ordered = poll.Kind{Target: planner.TargetResolved}
)

// wait is a wait of a kind that began at a time and was last polled at an age; -1: never.
func wait(k poll.Kind, since, age time.Duration) *poll.Wait {
	w := &poll.Wait{Kind: k, Since: zero.Add(since), Until: zero.Add(since + 15*time.Minute)}
	if age >= 0 {
		w.Polled = w.Since.Add(age)
	}
	return w
}

func TestNext(t *testing.T) {
	const list = "list"
	took := func(k poll.Kind, least, most time.Duration) map[poll.Kind]planner.Range {
		return map[poll.Kind]planner.Range{k: {Min: least, Max: most}}
	}
	unseen := time.Duration(-1)
	for _, test := range []struct {
		name  string
		now   time.Duration
		run   poll.Run
		waits []*poll.Wait
		at    time.Duration
		what  string // list, or the indexes of the servers read alone
	}{
		{"a new server is polled at once", s, poll.Run{ListCost: 5}, []*poll.Wait{wait(created, s, unseen)}, s, "[0]"},
		{"and soon after", s, poll.Run{ListCost: 5}, []*poll.Wait{wait(created, 0, 3*s)}, 5 * s, "[0]"},
		{"then a tenth later", 20 * s, poll.Run{ListCost: 5}, []*poll.Wait{wait(created, 0, 20*s)}, 22 * s, "[0]"},
		{"but not until the documented time begins", 29 * s, poll.Run{ListCost: 5}, []*poll.Wait{wait(created, 0, 28*s)}, 120 * s, "[0]"},
		{"and then a tenth later again", 150 * s, poll.Run{ListCost: 5}, []*poll.Wait{wait(created, 0, 150*s)}, 165 * s, "[0]"},
		{"a start is not over at once", s, poll.Run{ListCost: 5}, []*poll.Wait{wait(started, s, unseen)}, 2 * s, "[0]"},
		{"only the oldest of an unknown kind is polled", 4 * s, poll.Run{ListCost: 5}, []*poll.Wait{wait(created, 2*s, unseen), wait(created, s, 3*s), wait(deleted, 4*s, unseen)}, 4 * s, "[2]"},
		{"a list tells more where it costs no more", s, poll.Run{ListCost: 1}, []*poll.Wait{wait(created, s, unseen)}, s, list},
		{"what one took the others take", 20 * s, poll.Run{Took: took(created, 12*s, 13*s), ListCost: 5}, []*poll.Wait{wait(created, 10*s, unseen)}, 22 * s, "[0]"},
		{"who is late is polled a twentieth later", 100 * s, poll.Run{Took: took(created, 40*s, 44*s), ListCost: 5}, []*poll.Wait{wait(created, 0, 100*s)}, 105 * s, "[0]"},
		{"and who is very late more seldom", 400 * s, poll.Run{Took: took(started, 10*s, 10*s), ListCost: 5}, []*poll.Wait{wait(started, 0, 310*s)}, 410 * s, "[0]"},
		{"a new server is not late before the documented time is over", 250 * s, poll.Run{Took: took(created, 100*s, 120*s), ListCost: 5}, []*poll.Wait{wait(created, 0, 240*s)}, 252 * s, "[0]"},
		{"between polls goes a twentieth of the run", 200 * s, poll.Run{Took: took(started, s, s), Last: zero.Add(198 * s), ListCost: 5}, []*poll.Wait{wait(started, 190*s, 2*s)}, 207900 * ms, "[0]"},
		{"of all that it is going to take", 100 * s, poll.Run{Took: took(started, s, s), Sending: 100 * s, Last: zero.Add(98 * s), ListCost: 1}, []*poll.Wait{wait(started, 90*s, 2*s)}, 107900 * ms, list},
		{"a second at least while changes are sent", 4 * s, poll.Run{Took: took(started, s, s), Sending: s, Last: zero.Add(4 * s), ListCost: 1}, []*poll.Wait{wait(started, 2*s, unseen)}, 5 * s, list},
		{"but once all are sent and expected, at once", 200 * s, poll.Run{Took: took(started, s, s), Last: zero.Add(198 * s), LastEarly: true, ListCost: 5}, []*poll.Wait{wait(started, 190*s, unseen)}, 200 * s, "[0]"},
		{"and when the last is expected", 200 * s, poll.Run{Took: took(started, s, s), Last: zero.Add(198 * s), LastEarly: true, ListCost: 5}, []*poll.Wait{wait(started, 199*s, unseen)}, 200 * s, "[0]"},
		{"not where one is late", 200 * s, poll.Run{Took: took(started, s, s), Last: zero.Add(198 * s), LastEarly: true, ListCost: 5}, []*poll.Wait{wait(started, 190*s, unseen), wait(started, 100*s, 2*s)}, 207900 * ms, "[0 1]"},
		{"no list in pages while changes are sent", 20 * s, poll.Run{Took: took(created, s, s), Sending: s, ListCost: 2}, []*poll.Wait{wait(created, 0, unseen), wait(created, s, unseen)}, 15 * time.Minute, "[0]"},
		{"a failed poll is made again a second later", s, poll.Run{Last: zero.Add(s), Failed: true, ListCost: 5}, []*poll.Wait{wait(created, 0, unseen)}, 2 * s, "[0]"},
		{"nobody is forgotten when the time is over", 890 * s, poll.Run{ListCost: 5}, []*poll.Wait{wait(created, 0, 880*s)}, 900 * s, "[0]"},
		{"at a given interval", 20 * s, poll.Run{Interval: 4 * s, ListCost: 5}, []*poll.Wait{wait(created, 0, 18*s)}, 22 * s, "[0]"},
		{"only a list tells what has no id", 40 * s, poll.Run{ListCost: 5}, []*poll.Wait{{Kind: ordered, Since: zero, Polled: zero.Add(40 * s), Until: zero.Add(120 * s), ListOnly: true}}, 50 * s, list},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.run.Began = zero
			p, ok := poll.Next(zero.Add(test.now), test.run, test.waits)
			what := list
			if p.Alone != nil {
				what = fmt.Sprint(p.Alone)
			}
			if got := p.At.Sub(zero); !ok || got != test.at || what != test.what {
				t.Errorf("%s after %s, want %s after %s", what, got, test.what, test.at)
			}
		})
	}
	if _, ok := poll.Next(zero, poll.Run{}, nil); ok {
		t.Error("there is a poll for nobody")
	}
}

func TestLearn(t *testing.T) {
	before := planner.Range{Min: 8 * s, Max: 12 * s}
	for _, test := range []struct {
		name            string
		known           bool
		missed, arrived time.Duration
		want            planner.Range
	}{
		{"the first tells all", false, 8 * s, 12 * s, before},
		{"also where it was never polled in vain", false, -1, 9 * s, planner.Range{Max: 9 * s}},
		{"a poll that had to queue tells no more than its last miss", true, 9 * s, 300 * s, before},
		{"one that was quicker", true, 5 * s, 8 * s, planner.Range{Min: 5 * s, Max: 8 * s}},
		{"one that was never polled in vain tells the most only", true, -1, 10 * s, planner.Range{Min: 8 * s, Max: 10 * s}},
	} {
		if got := wait(created, 0, test.missed).Learn(before, test.known, zero.Add(test.arrived)); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
