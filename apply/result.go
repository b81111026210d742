package apply

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// Outcome is what became of a change.
type Outcome string

// The outcomes. Every change of a plan has exactly one.
const (
	Done       Outcome = "done"
	Failed     Outcome = "failed"      // the API refused it, or the world had changed: nothing was done
	Unknown    Outcome = "unknown"     // a request may have taken effect, or a wait did not end
	NotStarted Outcome = "not started" // nothing was sent for it, or it was only put off by a 429
)

// Report is what became of one change, or of one wait.
type Report struct {
	Change    planner.Change // nil for a wait
	Wait      *planner.Wait  // nil for a change
	Outcome   Outcome
	ID        string        // the server's id where it is known by now
	Err       error         // why: an *Error, or nil where it is Done
	IPAddress string        // of a server that was made; "" where nobody has told it yet
	Started   time.Time     // zero when nothing was sent
	Duration  time.Duration // from the first request to the arrival
	Spans     []Span        // what took that time, in order; empty when nothing was sent
}

// Span is a stretch of a report's time: a step's requests, which may have been held
// back by the rate, or a wait.
type Span struct {
	Waiting  planner.Target // what was waited for; "" for requests
	From, To time.Time
}

// begin begins a span, and reports whether it is the first.
func (rep *Report) begin(waiting planner.Target) (first bool) {
	now := time.Now()
	if first = rep.Started.IsZero(); first {
		rep.Started = now
	}
	rep.Spans = append(rep.Spans, Span{waiting, now, now})
	return first
}

// passed ends the span that was begun last.
func (rep *Report) passed() { rep.Spans[len(rep.Spans)-1].To = time.Now() }

// Result is what became of a whole plan: one report for each change, then one
// for each wait, both in the plan's order.
type Result struct {
	Reports     []Report
	Blocked     []planner.Blocked // entries of the plan that nothing was done to
	Interrupted bool
	Groups      []rollout.GroupResult // the rollouts, in the plan's order
	Overridden  string                // why freezes did not hold; "": they did
	StateErr    error                 // the first failure to note what became of an intent; the next run resolves it anew
	Started     time.Time
	Duration    time.Duration
}

// Count tells how many changes ended so. Over the four outcomes the counts add
// up to the plan's changes.
func (r *Result) Count(o Outcome) int {
	n := 0
	for _, rep := range r.Reports {
		if rep.Change != nil && rep.Outcome == o {
			n++
		}
	}
	return n
}

// restores reports whether it is of a server that an earlier run has disturbed.
func (rep *Report) restores() bool {
	return rep.Wait != nil && (!rep.Wait.Drained.IsZero() || !rep.Wait.Disrupted.IsZero())
}

// Complete reports whether everything was done, every server has arrived and
// nothing was blocked.
func (r *Result) Complete() bool {
	for _, rep := range r.Reports {
		if rep.Outcome != Done {
			return false
		}
	}
	return len(r.Blocked) == 0
}

// exhausted reports whether nothing is left that the approved plan could still do: it
// is complete, or only lacks to know whether reboots were taken.
func (r *Result) exhausted() bool {
	rest := *r
	rest.Blocked = slices.DeleteFunc(slices.Clone(r.Blocked), func(b planner.Blocked) bool {
		return b.Reason.Code == planner.CodeRebootUnclear
	})
	return rest.Complete()
}

// done are the changes that a run has made.
func done(r *Result) (changes []planner.Change) {
	for _, rep := range r.Reports {
		if rep.Change != nil && rep.Outcome == Done {
			changes = append(changes, rep.Change)
		}
	}
	return changes
}
