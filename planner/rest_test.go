package planner_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// partly carries out some of a plan, in an order in which an apply may: each job
// up to some change, replacements also to their middle.
func partly(t *rapid.T, f *fleet.Fleet, p *planner.Plan, o planner.Observation) planner.Observation {
	jobs := p.Jobs()
	ended := make([]int, len(jobs)) // changes that each job has made
	for i, j := range jobs {
		ended[i] = rapid.IntRange(0, len(j.Changes)).Draw(t, "made in "+j.Name)
	}
	waits := func(j planner.Job) bool {
		return slices.ContainsFunc(j.Needs, func(other int) bool { return ended[other] < len(jobs[other].Changes) })
	}
	for range jobs { // what holds a job up may be held up itself
		for i, j := range jobs {
			if waits(j) {
				ended[i] = 0
			}
		}
	}
	some := planner.Plan{}
	for i, j := range jobs {
		if j.Wait >= 0 && (ended[i] > 0 || rapid.Bool().Draw(t, "waited")) {
			some.Waits = append(some.Waits, p.Waits[j.Wait])
		}
		for _, c := range j.Changes[:ended[i]] {
			some.Changes = append(some.Changes, p.Changes[c])
		}
		if ended[i] < len(j.Changes) && !waits(j) {
			if r, ok := p.Changes[j.Changes[ended[i]]].(*planner.Replace); ok {
				steps := beginnings(f, r, o)
				some.Changes = append(some.Changes, steps[:rapid.IntRange(0, len(steps)).Draw(t, "steps")]...)
			}
		}
	}
	return applyPlan(t, &some, o)
}

// beginnings are the first steps of a replacement, those after which a new plan
// has the rest of it. Once the old server is gone, it has not where the entry
// leaves out what the new one was to keep, or speaks of another server as well.
func beginnings(f *fleet.Fleet, r *planner.Replace, o planner.Observation) (steps []planner.Change) {
	if r.Mode == fleet.ReplaceCreateFirst && r.NextID == "" {
		steps = append(steps, &planner.Create{Subject: planner.Subject{Name: r.Name + fleet.NextSuffix}, Spec: r.Spec})
	}
	e, _ := f.Lookup(r.Name)
	former := slices.ContainsFunc(o.Servers, func(s planner.Server) bool { return s.Name == e.RenamedFrom })
	if e.Hostname != nil && !former {
		steps = append(steps, &planner.Delete{Subject: r.Subject, Old: r.Old})
	}
	return steps
}

// TestApprovalCoversTheRest checks, on drawn fleets and worlds: however far an
// apply came, what is left of its plan approves what a new plan still has to do,
// and nothing that differs from it.
func TestApprovalCoversTheRest(t *testing.T) {
	for range 10 { // hundreds of draws a time
		rapid.Check(t, checkApproval)
	}
}

func checkApproval(t *rapid.T) {
	f, o, p := drawPlan(t)
	now := partly(t, f, p, o)
	rest := planner.Diff(f, now, planner.Selection{})
	left, conflicts := p.Remaining(now)
	if got := unapproved(left, rest); got != "" {
		t.Fatalf("not approved is %s; reviewed were\n%sleft is\n%snew is\n%sconflicts are %v", got, describe(p), describe(left), describe(rest), conflicts)
	}
	if len(rest.Changes) == 0 {
		return
	}
	i := rapid.IntRange(0, len(rest.Changes)-1).Draw(t, "altered")
	altered := *rest
	altered.Changes = slices.Clone(rest.Changes)
	altered.Changes[i] = alter(t, rest.Changes[i])
	if got := altered.Unapproved(left); len(got) != 1 || got[0] != altered.Changes[i] {
		t.Fatalf("altered to %#v, not approved is %v", altered.Changes[i], got)
	}
}

// alter makes a change another one, in one thing.
func alter(t *rapid.T, c planner.Change) planner.Change {
	const other = "other"
	pick := func(alterations ...func()) {
		alterations[rapid.IntRange(0, len(alterations)-1).Draw(t, "alteration")]()
	}
	spec := func(s *planner.Spec) func() {
		return func() {
			pick(func() { s.Plan.ID = other }, func() { s.OS.ID = other }, func() { s.Location = other },
				func() { h := other; s.Hostname = &h }, func() { s.SSHKey = &planner.Named{ID: other} })
		}
	}
	old := func(s *planner.Server) func() {
		return func() {
			pick(func() { s.Name = other }, func() { h := other; s.Hostname = &h }, func() { s.Status = other },
				func() { s.Location = other }, func() { s.Plan.ID = other }, func() { s.OS.ID = other })
		}
	}
	switch c := c.(type) {
	case *planner.Create:
		x := *c
		pick(func() { x.Name = other }, spec(&x.Spec))
		return &x
	case *planner.Update:
		x := *c
		x.Fields = slices.Clone(c.Fields)
		pick(func() { x.Name = other }, func() { x.Fields[0].From = planner.Text(other) }, func() { x.Fields[0].To = planner.Text(other) })
		return &x
	case *planner.Power:
		x := *c
		pick(func() { x.Name = other }, func() { x.From = other }, func() { x.Verb = other })
		return &x
	case *planner.Replace:
		x := *c
		pick(func() { x.ID = other }, func() { x.Mode = other }, spec(&x.Spec), old(&x.Old))
		return &x
	case *planner.Delete:
		x := *c
		pick(func() { x.ID = other }, old(&x.Old))
		return &x
	}
	t.Fatalf("unknown change %T", c)
	return nil
}
