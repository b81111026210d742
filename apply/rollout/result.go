package rollout

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

// Results are how far the groups have come by a decision, but for what probes tell.
func (w *World) Results(d Decision) (list []GroupResult) {
	for i := range w.Groups {
		g := &w.Groups[i]
		r := GroupResult{
			Name: g.Policy.Name, Size: g.Planned.Size(), Changed: len(g.Wanted), Done: g.Disrupted, Budget: g.MaxUnavailable, Away: d.Away[i],
			Step: g.StepsOver, Steps: len(g.Steps), State: GroupDone, Why: g.why, Until: g.why.Until,
		}
		for n, t := range w.Turns {
			if !t.IsIn(i) {
				continue
			}
			r.count(t)
			if h, held := d.Held[n]; held && t.State == Pending && r.Why.Code == "" {
				r.Why, r.Until = h.Reason, h.Until
			}
		}
		switch {
		case w.Active(i):
			r.State = GroupRunning
		case g.rest != "":
			r.State = g.rest
		case r.Failed > g.Policy.MaxFailures:
			r.State = GroupStopped
		}
		list = append(list, r)
	}
	return list
}

func (r *GroupResult) count(t *Turn) {
	switch {
	case t.State == Failed:
		r.Failed++
	case t.State == Done:
		r.Done++
	case t.State == InFlight && t.Readying:
		r.Readying++
	case t.State == InFlight:
		r.Disrupting++
	}
}
