package apply

import (
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// Event is something that happened during a run: one of the types below, or a
// LockAwaited, and nothing else. Those down to Warning are an Engine's, the others a
// Runner's. Events come one at a time, in order.
type Event interface{ isEvent() }

// Planned has the plan that is about to be approved, or was approved earlier.
type Planned struct {
	Plan        *planner.Plan
	Observation *planner.Observation // that it was made from; nil where the plan was saved
}

// Rechecked has what is left of an approved plan by now.
type Rechecked struct {
	Plan, Left *planner.Plan
	Refused    []planner.Refused // is among what Left has blocked
}

// Starting has what is about to be carried out. It may be nothing.
type Starting struct {
	Plan *planner.Plan
	Open []Intent // creates of earlier runs that may have made a server
}

// UnshownAwaited says that the run waits because the API does not show yet what was done
// a moment ago. It comes each time that the API was asked again.
type UnshownAwaited struct {
	Servers []planner.Unshown
	Until   time.Time // when the API is believed, whatever it shows
}

// Warning says that something did not work, which does not stop a run.
type Warning struct {
	What   WarningKind
	Server string // with CacheWrong and NotRestored
	Err    error
}

// WarningKind is what did not work.
type WarningKind int

// The kinds of warnings.
const (
	CacheUnread  WarningKind = iota // the cached details cannot be used, so all are read
	CacheUnsaved                    // details cannot be cached
	CacheWrong                      // a server's backups_enabled has changed and its updated_at has not
	StateUnsaved                    // something for the next run could not be kept
	NotRestored                     // the restore command of a server that was drained in vain has failed
	StateUnread                     // what earlier runs have done is not known, so the API is believed
)

func (Planned) isEvent()        {}
func (Rechecked) isEvent()      {}
func (Starting) isEvent()       {}
func (UnshownAwaited) isEvent() {}
func (Warning) isEvent()        {}

// ChangeStarted says that the first request of a change is about to be sent.
type ChangeStarted struct{ Change planner.Change }

// ChangePutOff says that a change will be sent again after a pause, because the API
// is at work on its server or cannot be reached. It is told now and then.
type ChangePutOff struct {
	Change planner.Change
	Err    error // what the API or the network said
	Pause  time.Duration
}

// WaitStarted says that a server is waited for from now on.
type WaitStarted struct {
	Name   string
	ID     string // "" where it is not known yet
	Target planner.Target
}

// Progress tells, every ten seconds, which servers are waited for.
type Progress struct {
	Servers []InTransit // sorted by name
}

// InTransit is one server that is waited for.
type InTransit struct {
	Name   string
	Status planner.Status // as last seen; "" where it was not seen yet
	Age    time.Duration  // since its change was sent, or else since the wait began
}

// ChangeFinished says what became of a change or of a wait.
type ChangeFinished struct {
	Report Report
	Left   int // changes and waits that have not finished yet
}

// GroupProgress tells how far a group's rollout has come, whenever that has changed.
type GroupProgress struct{ rollout.GroupResult }

func (ChangeStarted) isEvent()  {}
func (ChangePutOff) isEvent()   {}
func (WaitStarted) isEvent()    {}
func (Progress) isEvent()       {}
func (ChangeFinished) isEvent() {}
func (GroupProgress) isEvent()  {}
