// Package estimate_test foresees plans of small fleets.
package estimate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/planner/estimate"
)

const web = "plan: 1, os: 5, location: us-west"

// plan plans a fleet file for live servers, each written as "ID NAME STATUS", and
// "plan=2" where it has not plan 1.
func plan(t *testing.T, body string, live ...string) *planner.Plan {
	t.Helper()
	f, err := fleet.Parse(fleet.Text{Name: "f.yaml", Data: []byte("version: 1\ncatalog: {plans: {performance: 2}}\n" + body)})
	if err != nil {
		t.Fatal(err)
	}
	var o planner.Observation
	for _, line := range live {
		words := append(strings.Fields(line), "plan=1")
		o.Servers = append(o.Servers, planner.Server{ID: words[0], Name: words[1], Status: planner.Status(words[2]), Location: "us-west",
			Plan: planner.Named{ID: strings.TrimPrefix(words[3], "plan=")}, OS: planner.Named{ID: "5"}})
	}
	return planner.Diff(f, o, planner.Selection{})
}

func TestEstimate(t *testing.T) {
	at := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	one := estimate.Options{Parallelism: 1, Latency: time.Second, ListRequests: 1, Transition: at(4), Provisioning: planner.Range{Min: at(120), Max: at(300)}}
	ten, slow, paged, fixed, unknown := one, one, one, one, one
	ten.Parallelism, slow.Rate, paged.ListRequests = 10, 0.5, 30
	fixed.Provisioning = planner.Range{Min: at(10), Max: at(10)}
	unknown.Latency, unknown.Transition = 0, 0
	updates := "servers: {'a-[1:5]': {hostname: x}}"
	active := []string{"1 a-1 active", "2 a-2 active", "3 a-3 active", "4 a-4 active", "5 a-5 active"}
	ready := func(from, to float64) planner.Range { return planner.Range{Min: at(from), Max: at(to)} }
	rolled := func(policy string) string {
		return "guards: {max_deletes: 5}\nservers: {'a-[1:5]': {hostname: x, reboot_on: [hostname]}}\nrollouts: {all: {names: ['a-*'], " + policy + "}}"
	}
	for _, test := range []struct {
		what, file string
		live       []string
		o          estimate.Options
		want       estimate.Estimate
	}{
		{"nothing takes nothing", "servers: {a-1: {}}", active[:1], one, estimate.Estimate{}},
		{"updates go one after another", updates, active, one, estimate.Estimate{Requests: 5, Duration: at(5)}},
		{"or all at a time", updates, active, ten, estimate.Estimate{Requests: 5, Duration: at(1)}},
		{"or when the rate lets them", updates, active, slow, estimate.Estimate{Requests: 5, Duration: at(9)}},
		{"or in no time that is known", updates, active, unknown, estimate.Estimate{Requests: 5}},
		{"a delete is read before and polled after", "servers: {a-1: {absent: true}}", active[:1], one, estimate.Estimate{Requests: 3, Duration: at(3)}},
		{"a stop is polled a few times", "servers: {a-1: {status: stopped}}", active[:1], one, estimate.Estimate{Requests: 4, Duration: at(5)}},
		{"servers are polled one by one where the list is longer", "servers: {'a-[1:5]': {status: stopped}}", active, paged, estimate.Estimate{Requests: 20, Duration: at(10)}},
		{"new servers take as long as the API says", "servers: {a: {" + web + "}}", nil, one, estimate.Estimate{Requests: 37, Duration: at(2), Ready: ready(121, 301)}},
		{"fewer polls tell of those that all take as long", "servers: {a: {" + web + "}}", nil, fixed, estimate.Estimate{Requests: 5, Duration: at(2), Ready: ready(11, 11)}},
		{"a list has pages", "servers: {'a-[1:30]': {" + web + "}}", nil, paged, estimate.Estimate{Requests: 646, Duration: at(32), Ready: ready(151, 331)}},
		{"updates go while a server is made", "servers: {a: {" + web + "}, 'a-[1:5]': {hostname: x}}", active, fixed, estimate.Estimate{Requests: 10, Duration: at(6), Ready: ready(11, 11)}},
		{"a stop follows a create", "servers: {a: {" + web + ", status: stopped}}", nil, fixed, estimate.Estimate{Requests: 9, Duration: at(7), Ready: ready(16, 16)}},
		{"a replacement is made, takes the place and the name", "guards: {max_deletes: 1}\nservers: {a-1: {plan: performance, replace: create-first}}", active[:1], fixed,
			estimate.Estimate{Requests: 9, Duration: at(6), Ready: ready(15, 15)}},
		{"or is made when the old one is gone", "guards: {max_deletes: 1}\nservers: {a-1: {plan: performance, replace: delete-first}}", active[:1], fixed,
			estimate.Estimate{Requests: 8, Duration: at(5), Ready: ready(14, 14)}},
		{"a new server that an earlier run has left may be ready, or take as long as any", "guards: {max_deletes: 1}\nservers: {a-1: {plan: performance, replace: create-first}}",
			[]string{"1 a-1 active", "2 a-1--next active plan=2"}, one, estimate.Estimate{Requests: 40, Duration: at(5), Ready: ready(5, 305)}},
		{"a server may be in transition already", "servers: {a: {hostname: x}}", []string{"1 a provisioning"}, fixed, estimate.Estimate{Requests: 5, Duration: at(2), Ready: ready(12, 12)}},
		{"a rollout goes on in rounds", rolled("max_unavailable: 2"), active, one, estimate.Estimate{Requests: 13, Duration: at(3 * 6)}},
		{"or all at once", rolled("max_unavailable: 5"), active, ten, estimate.Estimate{Requests: 13, Duration: at(6)}},
		{"each of which has to be ready for a while", rolled("max_unavailable: 2, ready: [{tcp: 22}], ready_for: 30s"), active, one, estimate.Estimate{Requests: 13, Duration: at(3 * 36)}},
		{"with a canary and pauses", rolled("max_unavailable: 2, steps: [1, 3, 100%], pause: 1m"), active, one, estimate.Estimate{Requests: 13, Duration: at(3*6 + 2*60)}},
	} {
		if got := estimate.Of(plan(t, test.file, test.live...), test.o); got != test.want {
			t.Errorf("%s:\n got %+v\nwant %+v", test.what, got, test.want)
		}
	}
}
