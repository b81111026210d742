// Package rollout says what may be disrupted now. It is the only place that decides
// so: a pure function of a World, which is the groups and their policies, the state of
// their members, and what the plan still has to do. A World also keeps the books of a
// run: how far its groups have come, and what later runs have to know of that. It sends
// and asks nothing and knows no clock, so a table of worlds is all that a test needs.
//
// What a probe is, how a server comes back and what a command does is not its concern:
// it is told who is ready, and says who may go.
package rollout

import (
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// World is all that a decision depends on.
type World struct {
	Now            time.Time
	Groups         []Group
	Members        map[string]Member // the servers of all groups, and those that are leaving them, by the entry's name
	Turns          []*Turn           // of one server each
	Moving         int               // jobs that go on, and wait neither for their turn nor for other jobs
	AllowSelf      bool              // the host that this runs on may be disrupted
	OverrideFreeze bool              // freezes do not count
}

// Group is some servers that stand in for each other, and how far its rollout has come.
type Group struct {
	Policy         *fleet.Rollout
	Planned        planner.Group // of which the limits of the policy are these numbers
	Members        []string      // that are to be active after the plan
	MaxUnavailable int
	MaxSurge       int
	Steps          []int // how many servers may have been disrupted at the end of each; rising; none: no steps

	Gate       time.Time // since when the gate holds without a break; zero: it does not, or was not asked since the last turn began
	Progressed time.Time // when a turn last began, went on or ended
	Progress
	Wanted []string       // the identities of its turns, in all of its runs
	Begun  []string       // of these
	rest   GroupState     // of turns that do not begin in this run; "": of none
	why    planner.Reason // of that
}

// Progress is what earlier runs, and this one, have left of a group's rollout.
type Progress struct {
	Disrupted int       `json:"disrupted"`         // servers whose turns are over, beside those among the turns; 0 in a mark
	StepsOver int       `json:"steps_over"`        // steps that are over
	OverAt    time.Time `json:"over_at,omitzero"`  // when the last of these was
	Released  int       `json:"released,omitzero"` // steps after which somebody has let it go on
}

// Member is how a server of a group is.
type Member struct {
	New      bool // it has never been ready: it counts neither way
	Active   bool // by the API's status
	Health   Health
	Drained  bool      // its drain command was begun, and its restore command has not succeeded since
	Recovers time.Time // until when one that served a moment ago has the time to serve again; zero: it did not
}

// Available reports whether a member serves.
func (m Member) Available() bool { return m.Active && m.Health == Ready && !m.Drained }

// Health is what the probes of a server tell. Its zero value is that nobody knows yet.
type Health int

// The kinds of health. A probe that cannot tell has not told that a server is ready.
const (
	Unchecked Health = iota
	Ready
	Unready
)

// Turn is what the plan does to one server, from the first disruption until it is ready
// again, or gone.
type Turn struct {
	Name         string
	Identity     string  // is the same for what is left of it in a later run; "": it only goes on with what an earlier run has disrupted
	In           []Place // the groups of the server; none: only windows and freezes hold it back
	Kind         Kind
	Destroys     bool // the server's data is lost
	Self         bool // this runs on the server, or its state is there
	AllowUnready bool // it may be destroyed although it is not ready
	Surging      bool // of Surges: its new server exists
	Early        bool // its job has not come to it yet, and goes on or needs others
	Blocked      bool // it awaits something that no rollout has a say in, such as that its server is started
	Estimate     time.Duration
	Windows      []fleet.Window // that are about the server
	Freezes      []fleet.Freeze
	State        State
	Readying     bool // under way, it only waits until its server is ready
}

// Over reports whether a turn has ended, or is not to begin.
func (t *Turn) Over() bool { return t.State != Pending && t.State != InFlight }

// Waits reports whether a turn could begin, as far as its job is concerned.
func (t *Turn) Waits() bool { return t.State == Pending && !t.Early }

// Place is a server's place in a group.
type Place struct {
	Group  int    // index in World.Groups
	Domain string // where disruptions are kept apart; "": anywhere
}

// Kind is how a turn disrupts.
type Kind int

// The kinds of turns.
const (
	Restarts Kind = iota // the server is away, and comes back: a reboot, or a replacement that deletes first
	Leaves               // the server is stopped or deleted, and no member any more
	Surges               // a new server takes over before the old one goes
)

// State is how far a turn is.
type State int

// The states of a turn.
const (
	Pending State = iota
	InFlight
	Done
	Failed  // or nobody knows
	Dropped // it came to nothing before it began, or the run stops: no decision is about it any more
)

// Decision is what may be done now.
type Decision struct {
	Begin []int        // indexes of turns, in the order in which they begin
	Held  map[int]Hold // why each of the other pending turns does not begin
	Steps []int        // for each group, how many of its steps are over
	Away  []int        // for each group, how many of its members are known to be unavailable before anything begins
	Wake  time.Time    // when the decision may be another one by the clock alone; zero: never
	Over  bool         // only time or people can change that nothing begins
}

// Hold is why a turn does not begin, and what it awaits.
type Hold struct {
	planner.Reason
	Awaits Awaited
}

// Awaited is what has to happen before a turn that is held can begin.
type Awaited int

// What a turn may await.
const (
	AwaitsTurns   Awaited = iota // that other turns go on or end
	AwaitsHealth                 // that servers or gates become healthy, or are asked
	AwaitsTime                   // a time, or that somebody lets it go on
	AwaitsNothing                // it does not begin in this plan
)

// Sooner is the first of two times, of which zero is never.
func Sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
