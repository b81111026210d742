package apply

import (
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// GroupResult is how far the rollout of a group has come.
type GroupResult struct {
	Name       string         `json:"name"` // of the rollout
	State      GroupState     `json:"state"`
	Size       int            `json:"size"`       // members
	Changed    int            `json:"changed"`    // servers that the rollout disrupts, replaces or removes, in all of its runs
	Done       int            `json:"done"`       // of these
	Failed     int            `json:"failed"`     // of these
	Disrupting int            `json:"disrupting"` // of these, without those that only wait to be ready
	Readying   int            `json:"readying"`   // of these, those that only wait to be ready
	Budget     int            `json:"budget"`     // how many may be away at a time
	Away       int            `json:"away"`       // members that are unavailable, for whatever reason
	Step       int            `json:"step"`       // steps that are over
	Steps      int            `json:"steps"`
	Until      time.Time      `json:"until,omitzero"`   // when it can go on; zero: nobody knows, or nothing is left
	Why        planner.Reason `json:"why,omitzero"`     // why nothing more begins; zero where nothing is held back
	Probe      string         `json:"probe,omitempty"`  // what the probe of a server that is not ready has told last
	Server     string         `json:"server,omitempty"` // that Probe is about
}

// GroupState is how a group's rollout goes, or has ended.
type GroupState string

// The states of a group.
const (
	GroupRunning GroupState = "running"
	GroupDone    GroupState = "done"
	GroupStopped GroupState = "stopped" // for its failures, for want of progress, or because the run has stopped
	GroupPaused  GroupState = "paused"  // between two steps
	GroupWaiting GroupState = "waiting" // for a window, or for the end of a freeze
)

// GroupProgress tells how far a group's rollout has come, whenever that has changed.
type GroupProgress struct{ GroupResult }

func (GroupProgress) isEvent() {}

// Overrides are what a run may do beyond what a fleet file allows by itself.
type Overrides struct {
	AllowCommands  bool     // the commands of probes and rollouts are run
	AllowSelf      bool     // the host that fleet runs on, or its state, may be disrupted
	AllowUnready   []string // servers that may be destroyed although they are not ready
	OverrideFreeze string   // why freezes do not hold; "": they do
}
