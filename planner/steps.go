package planner

import (
	"time"

	"github.com/vps-fleet/fleet/fleet"
)

// How long a new server takes by the API's documentation: its answer to a create
// says 2–5 minutes.
const (
	ProvisioningMin = 2 * time.Minute
	ProvisioningMax = 5 * time.Minute
)

// Range is a time between two limits.
type Range struct{ Min, Max time.Duration }

// Step is one thing that carrying a change out takes: a Request, an Await, a Resolve, a
// Turn, a Drain, a Ready or a Restore, and nothing else. Whoever carries out, foresees or
// shows what a change takes goes by its steps.
type Step interface{ isStep() }

// Request sends one elementary change: a *Create, *Update, *Power or *Delete. Where
// its id is empty it is about the server that the job has created. A delete takes two
// requests, because the server is read once more just before.
type Request struct{ Change Change }

// Await waits until a server has reached a target.
type Await struct {
	ID     string // "": the server that the job has created
	Target Target
	From   Status // as it was seen before; "": it has not been seen
	Sent   bool   // the step before it has begun what is waited for
}

// Resolve finds out whether earlier creates, whose answers are not known, have made
// the server. Steps has none: whether one is needed shows in the state, or in a run.
type Resolve struct{ Create *Create }

// Turn waits until the plan's policies allow the server to be disrupted.
type Turn struct{}

// Drain runs the drain commands of a server's rollouts.
type Drain struct{ ID string }

// Ready waits until a server passes its probes.
type Ready struct {
	ID       string    // "": the server that the job has created
	Rebooted bool      // the old boot may go on answering for a while
	Since    time.Time // when it was disrupted by an earlier run; zero: by this one
}

// Restore runs the restore commands of a server's rollouts, where it is drained or
// takes the place of one that is to be.
type Restore struct {
	ID  string // "": the server that the job has created
	New bool
}

func (Request) isStep() {}
func (Await) isStep()   {}
func (Resolve) isStep() {}
func (Turn) isStep()    {}
func (Drain) isStep()   {}
func (Ready) isStep()   {}
func (Restore) isStep() {}

// Target is what a wait waits for.
type Target string

// The targets. A new server has been provisioned when it is active.
const (
	TargetActive   Target = "active"
	TargetStopped  Target = "stopped"
	TargetGone     Target = "gone"
	TargetResolved Target = "resolved" // of a Resolve
	TargetReady    Target = "ready"    // of a Ready
	TargetRestored Target = "restored" // of a Restore
)

// Requests is how many requests a step takes, beside those of waits.
func Requests(s Step) int {
	r, ok := s.(Request)
	switch {
	case !ok:
		return 0
	case r.Change.Action() == ActionDelete:
		return 2
	}
	return 1
}

// Provisions reports whether the wait is for a server to be provisioned, or may be.
func (a Await) Provisions() bool {
	return a.Target == TargetActive && (a.From == "" || a.From == StatusProvisioning)
}

// Usual is about how long a step takes, by the API's documentation and by experience.
// It decides what begins first, and nothing else.
func Usual(s Step) time.Duration {
	a, ok := s.(Await)
	switch {
	case !ok:
		return time.Duration(Requests(s)) * time.Second
	case a.Target == TargetGone:
		return time.Second
	case a.Provisions():
		return ProvisioningMax
	}
	return 10 * time.Second
}

// Steps are the steps of a change, in order, where no policy has a say in it.
func Steps(c Change) []Step { return (*Rule)(nil).steps(c, false) }

// steps are those of a change with what the policies ask for, if any. A server that is
// to be stopped at once need not be ready first.
func (r *Rule) steps(c Change, stops bool) []Step {
	switch c := c.(type) {
	case *Create:
		return append(createSteps(c), r.comeBack("", false, stops)...)
	case *Power:
		steps := []Step{Request{c}, Await{c.ID, Target(c.Goal()), c.From, true}}
		return append(steps, r.comeBack(c.ID, c.Verb == ActionReboot, c.Verb == ActionStop)...)
	case *Replace:
		if c.Mode == fleet.ReplaceDeleteFirst {
			steps := append(deleteSteps(c.Subject, c.Old), createSteps(&Create{Subject{Name: c.Name}, c.Spec})...)
			return append(steps, r.comeBack("", false, stops)...)
		}
		return r.createFirstSteps(c, stops)
	case *Delete:
		return deleteSteps(c.Subject, c.Old)
	}
	return []Step{Request{c}}
}

func createSteps(c *Create) []Step {
	return []Step{Request{c}, Await{Target: TargetActive, Sent: true}}
}

func deleteSteps(about Subject, old Server) []Step {
	return []Step{Request{&Delete{about, old}}, Await{about.ID, TargetGone, old.Status, true}}
}

// createFirstSteps rest on names: wherever the run is stopped, a new plan finds the
// rest by them. The new server takes over before the old one leaves.
func (r *Rule) createFirstSteps(c *Replace, stops bool) (steps []Step) {
	next, finish := c.Name+fleet.NextSuffix, c.Finish
	if c.NextID == "" {
		steps = createSteps(&Create{Subject{Name: next}, c.Spec})
		finish = []FieldChange{finishName(c.Name)}
	} else {
		steps = []Step{Await{ID: c.NextID, Target: TargetActive}}
	}
	steps = append(steps, r.takeOver(c, stops)...)
	steps = append(steps, deleteSteps(c.Subject, c.Old)...)
	if len(finish) == 0 {
		return steps
	}
	return append(steps, Request{&Update{Subject: Subject{Name: c.Name, ID: c.NextID}, Fields: finish}})
}

// comeBack are the steps until a server serves again.
func (r *Rule) comeBack(id string, rebooted, stops bool) (steps []Step) {
	if r == nil || stops {
		return nil
	}
	if r.awaitsReady() {
		steps = append(steps, Ready{ID: id, Rebooted: rebooted})
	}
	if len(r.Groups) > 0 {
		steps = append(steps, Restore{ID: id})
	}
	return steps
}

// takeOver are the steps between a new server that is active and the end of the old one.
// One that stops at once serves never, but it may have been restored by an earlier run.
func (r *Rule) takeOver(c *Replace, stops bool) (steps []Step) {
	if r == nil {
		return nil
	}
	if !stops && r.awaitsReady() {
		steps = append(steps, Ready{})
	}
	if !stops && len(r.Restore) > 0 {
		steps = append(steps, Restore{New: true}, Ready{})
	}
	if len(r.Drain) == 0 {
		return steps
	}
	if stops && c.NextID != "" {
		steps = append(steps, Drain{c.NextID})
	}
	return append(steps, Drain{c.ID}) // last: who was drained last is restored if the delete fails
}
