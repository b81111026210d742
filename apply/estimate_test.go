package apply_test

import (
	"math"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/planner/estimate"
)

// outlook is what a plan's estimate is told of a setting: what flags say, what the
// plan's own requests have shown, and what the API documents.
func (s setting) outlook(listRequests int) estimate.Options {
	return estimate.Options{
		Rate: s.rate, Parallelism: s.parallelism, Latency: s.latency, ListRequests: listRequests,
		Provisioning: planner.Range{Min: s.provisions.from, Max: s.provisions.to}, Transition: transition,
	}
}

// wantForeseen holds what a plan has foreseen of its apply against how that went:
// the requests are to be within a tenth, and the time within a seventh or a moment.
//
// A rate that the client has to learn is not known when the plan is made, so no time
// can be foreseen then, and requests that are refused come on top.
func (b bench) wantForeseen(t *testing.T, m measured) {
	t.Helper()
	if m.estimate == (estimate.Estimate{}) || b.s.takes > 0 {
		return
	}
	share := 0.1
	if b.s.pages > 0 {
		share = 0.2 // that the list will have pages is not known while there are few servers
	}
	if got, want := m.estimate.Requests, m.requests; !within(share, got, want) {
		t.Errorf("%s took %d requests, and %d were foreseen", b, want, got)
	}
	end := m.estimate.Duration
	if m.estimate.Ready.Max > 0 {
		end = m.estimate.Ready.Max // where the times are spread, one of so many takes nearly the longest
	}
	if !within(1./7, end, m.took) && m.took-end > 300*time.Millisecond {
		t.Errorf("%s took %s, and %s was foreseen", b, m.took, end)
	}
}

// within reports whether a guess is as near to the truth as the share of it says.
func within[T int | time.Duration](share float64, guess, truth T) bool {
	return math.Abs(float64(guess-truth)) <= share*float64(truth)
}
