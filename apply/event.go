package apply

import (
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// Event is something that happened during a run: a ChangeStarted, a WaitStarted, a
// Progress or a ChangeFinished, and nothing else. Events come one at a time, in order.
type Event interface{ isEvent() }

// ChangeStarted says that the first request of a change is about to be sent.
type ChangeStarted struct{ Change planner.Change }

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

func (ChangeStarted) isEvent()  {}
func (WaitStarted) isEvent()    {}
func (Progress) isEvent()       {}
func (ChangeFinished) isEvent() {}
