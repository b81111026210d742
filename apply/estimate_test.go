package apply_test

import (
	"math"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// outlook is what a plan's estimate is told of a setting: what flags say, what the
// plan's own requests have shown, and what the API documents.
func (s setting) outlook(listRequests int) planner.EstimateOptions {
	return planner.EstimateOptions{
		Rate: s.rate, Parallelism: s.parallelism, Latency: s.latency, ListRequests: listRequests,
		Provisioning: planner.Range{Min: s.provisions.from, Max: s.provisions.to}, Transition: transition,
	}
}

// wantForeseen holds what a plan has foreseen of its apply against how that went:
// both the requests and the time are to be within a tenth.
//
// A rate that the client has to learn is not known when the plan is made, so no time
// can be foreseen then, and requests that are refused come on top.
func (b bench) wantForeseen(t *testing.T, m measured) {
	t.Helper()
	if m.estimate == (planner.Estimate{}) || b.s.takes > 0 {
		return
	}
	if got, want := m.estimate.Requests, m.requests; !within(0.1, got, want) {
		t.Errorf("%s took %d requests, and %d were foreseen", b, want, got)
	}
	end := m.estimate.Duration
	if m.estimate.Ready.Max > 0 {
		end = m.estimate.Ready.Max // where the times are spread, one of so many takes nearly the longest
	}
	if !within(0.1, end, m.took) {
		t.Errorf("%s took %s, and %s was foreseen", b, m.took, end)
	}
}

// within reports whether a guess is as near to the truth as the share of it says.
func within[T int | time.Duration](share float64, guess, truth T) bool {
	return math.Abs(float64(guess-truth)) <= share*float64(truth)
}
