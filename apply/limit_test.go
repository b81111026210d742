package apply_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// bench is one case of the table.
type bench struct {
	what  string
	run   func(setting, *testing.T) measured
	s     setting
	looks bool // it ends with a look at what can be over before its request is answered
}

// most is what a case may take: 1.05 times its bound, but for two sorts of cases.
//
// A client that is not told the API's rate learns it from a 429, which asks for a
// pause of at least the one second that is its unit, and stays up to 10 % under it
// from then on.
//
// And a delete can be over, and so can the provisioning of a server, before its own
// request is answered. Only a list that was asked for in between could show that so
// early. As nobody knows which request is the last, there would have to be one
// behind every request, far beyond the polls that are allowed. So the look comes
// after the answer, which is one answer later than the bound has it.
func (b bench) most(bound time.Duration) time.Duration {
	most := bound * 105 / 100
	if b.s.takes > 0 {
		most = bound*10/9 + time.Second
	}
	if b.looks {
		most += b.s.latency
	}
	return most
}

var (
	atOnce = provisioning{}
	short  = provisioning{3 * time.Second, 3 * time.Second}
	real   = provisioning{2 * time.Minute, 5 * time.Minute} // as the API documents it
)

// settings are a table that has every pair of what can differ.
func settings() []setting {
	ms := time.Millisecond
	return []setting{
		{latency: 20 * ms, parallelism: 10, provisions: short},
		{latency: 20 * ms, parallelism: 1, provisions: real},
		{latency: 20 * ms, parallelism: 50, provisions: atOnce},
		{latency: 200 * ms, parallelism: 10, provisions: real},
		{latency: 200 * ms, parallelism: 1, provisions: atOnce},
		{latency: 200 * ms, parallelism: 50, provisions: short},
		{latency: 20 * ms, parallelism: 10, provisions: real, rate: 5},
		{latency: 200 * ms, parallelism: 50, provisions: atOnce, rate: 5},
		{latency: 200 * ms, parallelism: 1, provisions: short, rate: 5},
		{latency: 20 * ms, parallelism: 50, provisions: real, rate: 20},
		{latency: 20 * ms, parallelism: 1, provisions: atOnce, rate: 20},
		{latency: 200 * ms, parallelism: 10, provisions: short, rate: 20},
		{latency: 20 * ms, parallelism: 10, provisions: short, rate: 100},
		{latency: 200 * ms, parallelism: 50, provisions: real, rate: 100},
		{latency: 20 * ms, parallelism: 10, provisions: short, takes: 5},
		{latency: 200 * ms, parallelism: 50, provisions: real, takes: 5},
		{latency: 20 * ms, parallelism: 50, provisions: atOnce, takes: 20},
		{latency: 200 * ms, parallelism: 10, provisions: short, takes: 20},
		{latency: 20 * ms, parallelism: 10, provisions: real, takes: 100},
		{latency: 200 * ms, parallelism: 50, provisions: short, takes: 100},
		{latency: 20 * ms, parallelism: 10, provisions: real, pages: 100},
		{latency: 200 * ms, parallelism: 50, provisions: short, pages: 20, rate: 20},
	}
}

// benches are all cases: each scenario in each setting.
func benches() []bench {
	var all []bench
	for _, s := range settings() {
		for _, c := range applies {
			looks := c.name == deleting.name || c.name == creating.name && s.provisions == atOnce
			all = append(all, bench{what: c.name, s: s, looks: looks, run: func(s setting, t *testing.T) measured { return s.applied(t, c) }})
		}
		for _, k := range []kind{quiet, told} {
			all = append(all, bench{what: "no change, " + k.name, s: s, run: func(s setting, t *testing.T) measured { return s.planned(t, k, 1000) }})
		}
	}
	return all
}

// TestBound holds each case against its bound, and its polls against their budget.
func TestBound(t *testing.T) {
	table := &strings.Builder{}
	fmt.Fprintln(table, bench{}.heading())
	for _, b := range benches() {
		m := b.run(b.s, t)
		if most := b.most(m.bound); m.took > most {
			t.Errorf("%s took %s, %.3f × its bound of %s, and may take %s", b.title(), m.took, m.times(), m.bound, most)
		}
		if m.polls > m.budget {
			t.Errorf("%s: %d polls, more than %d", b.title(), m.polls, m.budget)
		}
		fmt.Fprintln(table, b.row(m))
	}
	t.Logf("\n%s", table)
}

func (b bench) title() string {
	return fmt.Sprintf("%s at %s, %d at a time, %s, provisioning %s, pages of %d", b.what, b.s.latency, b.s.parallelism, b.s.limits(), b.s.provisions, b.s.pages)
}

func (s setting) limits() string {
	switch {
	case s.rate > 0:
		return fmt.Sprintf("--rate %g", s.rate)
	case s.takes > 0:
		return fmt.Sprintf("learns %g/s", s.takes)
	}
	return "no rate"
}

func (bench) heading() string {
	return "| case | latency | at a time | rate | provisioning | pages | bound | took | x-bound | requests | 429 | polls |\n" +
		"|---|---|---|---|---|---|---|---|---|---|---|---|"
}

func (b bench) row(m measured) string {
	pages := "whole"
	if b.s.pages > 0 {
		pages = fmt.Sprint(b.s.pages)
	}
	return fmt.Sprintf("| %s | %s | %d | %s | %s | %s | %.2f s | %.2f s | %.3f | %d | %d | %d |", b.what, b.s.latency, b.s.parallelism, b.s.limits(), b.s.provisions, pages,
		m.bound.Seconds(), m.took.Seconds(), m.times(), m.requests, m.refused, m.polls)
}
