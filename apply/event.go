package apply

import (
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// Event is something that happened during a run: a ChangeStarted, a ChangePutOff, a
// WaitStarted, a Progress, a ChangeFinished or a GroupProgress, and nothing else. Events come one at a time, in order.
type Event interface{ isEvent() }

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
