package apply_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/internal/race"
)

// bench is one case of the table.
type bench struct {
	what  string
	run   func(*testing.T) measured
	s     setting
	waits bool // servers are polled
}

// most is what a case may take: 1.05 times its bound, and where servers go through
// several waits, 1.10 times and a moment.
//
// Where servers are polled, the last of them may arrive just after a poll has left.
// That one is answered, a twentieth of the run's time goes by, and another is answered;
// a wait that follows another may lose such a time once more. A client that is not told
// the API's rate stays up to 10 % under what it has learned; a second 429 may come one
// answer late and ask for a second. That is much of a short run: it is 1.40 at most.
func (b bench) most(bound time.Duration) time.Duration {
	first, others := b.s.listing(1000)
	poll := time.Duration(first+min(others, 1)) * b.s.latency
	if !b.waits {
		poll = 0
	}
	most := (bound+poll)*105/100 + poll
	if b.what == mixed.name {
		most = (bound+poll)*110/100 + poll + 150*time.Millisecond
	}
	if b.s.takes > 0 {
		most = min(most*10/9+b.s.latency+time.Second, bound*140/100)
	}
	return most
}

// mostPolls is how many polls a case may take. Of several kinds of transition the
// first is polled alone, and so are the last.
func (b bench) mostPolls(changes int) int {
	most := max(40, changes/25)
	if b.what == mixed.name {
		most += 10
	}
	return most
}

var (
	atOnce     = provisioning{}
	short      = provisioning{3 * time.Second, 3 * time.Second}
	documented = provisioning{2 * time.Minute, 5 * time.Minute}
)

// covering are settings in which each value of one thing meets each of the others
// that it could quarrel with, in far fewer cases than all.
func covering() []setting {
	ms := time.Millisecond
	return []setting{
		{latency: 20 * ms, parallelism: 10, provisions: short},
		{latency: 20 * ms, parallelism: 1, provisions: documented},
		{latency: 20 * ms, parallelism: 50, provisions: atOnce},
		{latency: 200 * ms, parallelism: 10, provisions: documented},
		{latency: 200 * ms, parallelism: 1, provisions: atOnce},
		{latency: 200 * ms, parallelism: 50, provisions: short},
		{latency: 20 * ms, parallelism: 10, provisions: documented, rate: 5},
		{latency: 200 * ms, parallelism: 50, provisions: atOnce, rate: 5},
		{latency: 200 * ms, parallelism: 1, provisions: short, rate: 5},
		{latency: 20 * ms, parallelism: 50, provisions: documented, rate: 20},
		{latency: 20 * ms, parallelism: 1, provisions: atOnce, rate: 20},
		{latency: 200 * ms, parallelism: 10, provisions: short, rate: 20},
		{latency: 20 * ms, parallelism: 10, provisions: short, rate: 100},
		{latency: 200 * ms, parallelism: 50, provisions: documented, rate: 100},
		{latency: 20 * ms, parallelism: 10, provisions: short, takes: 5},
		{latency: 200 * ms, parallelism: 50, provisions: documented, takes: 5},
		{latency: 20 * ms, parallelism: 50, provisions: atOnce, takes: 20},
		{latency: 200 * ms, parallelism: 10, provisions: short, takes: 20},
		{latency: 20 * ms, parallelism: 10, provisions: documented, takes: 100},
		{latency: 200 * ms, parallelism: 50, provisions: short, takes: 100},
		{latency: 20 * ms, parallelism: 10, provisions: documented, pages: 100},
		{latency: 200 * ms, parallelism: 50, provisions: short, pages: 20, rate: 20},
	}
}

// everySetting is each value of each thing with all of the others.
func everySetting() []setting {
	var all []setting
	for _, latency := range []time.Duration{20 * time.Millisecond, 200 * time.Millisecond} {
		for _, parallelism := range []int{1, 10, 50} {
			for _, provisions := range []provisioning{atOnce, short, documented} {
				s := setting{latency: latency, parallelism: parallelism, provisions: provisions}
				all = append(all, s)
				for _, rate := range []float64{5, 20, 100} {
					given, learned := s, s
					given.rate, learned.takes = rate, rate
					all = append(all, given, learned)
				}
			}
		}
	}
	return all
}

// benches are all cases: each scenario in each setting.
func benches(settings []setting) []bench {
	var all []bench
	for _, s := range settings {
		for _, c := range []scenario{creating, drifted, deleting, mixed} {
			all = append(all, bench{c.name, func(t *testing.T) measured { return s.applied(t, c) }, s, c.name != drifted.name})
		}
		for _, k := range []kind{quiet, detailed} {
			all = append(all, bench{"no change, " + k.name, func(t *testing.T) measured { return s.planned(t, k, 1000) }, s, false})
		}
	}
	return all
}

// TestBound holds each case against its bound, its polls against what they may be,
// and what its plan has foreseen against both.
// With -v it prints a table in Markdown.
func TestBound(t *testing.T) {
	table := &strings.Builder{}
	table.WriteString(heading)
	settings := covering()
	if race.Enabled {
		settings = settings[:2]
	}
	for _, s := range settings {
		fmt.Fprintf(table, "| %s | %d | %s | %s | %s |", s.latency, s.parallelism, s.limits(), s.provisions, s.paging())
		for _, b := range benches([]setting{s}) {
			m := b.run(t)
			if most := b.most(m.bound); m.took > most {
				t.Errorf("%s took %s, %.3f times its bound of %s, and may take %s", b, m.took, m.times(), m.bound, most)
			}
			if most := b.mostPolls(m.changes); m.polls > most {
				t.Errorf("%s took %d polls, and may take %d", b, m.polls, most)
			}
			b.wantForeseen(t, m)
			fmt.Fprintf(table, " %.3f · %d |", m.times(), m.polls)
		}
		table.WriteByte('\n')
	}
	t.Logf("\n%s", table)
}

// heading is that of the table; its cells are x-bound and polls.
const heading = `| latency | at a time | rate | provisioning | lists | create 1,000 | drift of 10 % | delete 10 % | mixed | no change | with details |
|---|--:|---|---|---|--:|--:|--:|--:|--:|--:|
`

// BenchmarkBound measures every scenario in every setting. The times are virtual, so
// once is enough: -benchtime 1x.
func BenchmarkBound(b *testing.B) {
	for _, c := range benches(everySetting()) {
		b.Run(c.String(), func(b *testing.B) {
			var m measured
			for b.Loop() {
				asTest(b, func(t *testing.T) { m = c.run(t) })
			}
			b.ReportMetric(m.times(), "x-bound")
			b.ReportMetric(float64(m.requests), "requests")
			b.ReportMetric(float64(m.polls), "polls")
		})
	}
}

// asTest runs what needs a test, in virtual time.
func asTest(b *testing.B, f func(*testing.T)) {
	one := testing.InternalTest{Name: b.Name(), F: f}
	if !testing.RunTests(func(_, _ string) (bool, error) { return true, nil }, []testing.InternalTest{one}) {
		b.Fatal("it failed")
	}
}

func (b bench) String() string { return b.what + ", " + b.s.String() }

func (s setting) String() string {
	return fmt.Sprintf("%s, %d at a time, %s, provisioning %s, %s", s.latency, s.parallelism, s.limits(), s.provisions, s.paging())
}

func (s setting) limits() string {
	switch {
	case s.rate > 0:
		return fmt.Sprintf("--rate %g", s.rate)
	case s.takes > 0:
		return fmt.Sprintf("%g/s, learned", s.takes)
	}
	return "no limit"
}

func (s setting) paging() string {
	if s.pages == 0 {
		return "whole lists"
	}
	return fmt.Sprintf("pages of %d", s.pages)
}
