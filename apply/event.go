package apply

import (
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// Event is something that happened during an apply: a Begun, a Waiting, a Still or
// an Ended, and nothing else. Events come one at a time, in order.
type Event interface{ isEvent() }

// Begun says that the first request of a change is about to be sent.
type Begun struct{ Change planner.Change }

// Waiting says that a server was changed and is now waited for.
type Waiting struct {
	Name string
	ID   string
	For  string // what is waited for: "active", "stopped", "gone", or "settled" after an unclear create
}

// Still tells, every ten seconds, who is being waited for.
type Still struct {
	Servers []InTransit // sorted by name
}

// InTransit is one server that is being waited for.
type InTransit struct {
	Name   string
	Status planner.Status // as last seen; "" when it was not seen yet
	Age    time.Duration  // since the wait began
}

// Ended says what became of a change or of a wait.
type Ended struct {
	Report Report
	Left   int // changes and waits that have not ended yet
}

func (Begun) isEvent()   {}
func (Waiting) isEvent() {}
func (Still) isEvent()   {}
func (Ended) isEvent()   {}
