package planner

import (
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// Group is the group of a rollout that a plan touches.
type Group struct {
	Policy  fleet.Rollout `json:"policy"`
	Servers []Member      `json:"servers"` // naturally ordered
}

// Member is a server of a group: one that is to be active after the plan, or one that
// the plan makes leave.
type Member struct {
	Name     string       `json:"name"` // of the entry
	ID       string       `json:"id,omitempty"`
	Location string       `json:"location,omitempty"`
	Labels   fleet.Labels `json:"labels,omitempty"`
	Status   Status       `json:"status,omitempty"`  // that it has, or is about to have, before the plan; "": it does not exist
	Off      bool         `json:"off,omitempty"`     // its entry wants it to be stopped or gone, or there is none
	Leaves   bool         `json:"leaves,omitempty"`  // the plan stops or deletes it, so it does not count any more
	Changes  bool         `json:"changes,omitempty"` // the plan changes it
}

// Readiness is by which probes of their own entries servers are ready.
type Readiness struct {
	Names []string      `json:"names"`
	Ready []fleet.Probe `json:"ready"`
}

// changes reports whether the plan changes a server of the group.
func (g Group) changes() bool {
	return slices.ContainsFunc(g.Servers, func(m Member) bool { return m.Changes })
}

// isOff reports whether a server is stopped, or gone, as it is to be.
func (m Member) isOff() bool { return m.Off && (m.Status == "" || m.Status == StatusStopped) }

// after is a member as its changes leave it.
func (m Member) after(changes []Change) Member {
	m.Changes = len(changes) > 0
	m.Leaves = slices.ContainsFunc(changes, func(c Change) bool {
		return c.Action() == ActionDelete || c.Action() == ActionStop
	})
	return m
}

// Size is how many servers count among the group's; a % is of these.
func (g Group) Size() (n int) {
	for _, m := range g.Servers {
		if !m.Leaves {
			n++
		}
	}
	return n
}

// Budget is how many of the group may be unavailable at once. Where all of them leave,
// a percentage is of those that leave, and at least one may go.
func (g Group) Budget() int {
	limit, size := g.Policy.MaxUnavailable, g.Size()
	if size == 0 && limit.N > 0 {
		return max(1, limit.Of(len(g.Servers)))
	}
	return limit.Of(size)
}

// Surge is how many new servers there may be at once beside those that they replace.
func (g Group) Surge() int { return g.Policy.MaxSurge.AtLeast(g.Size()) }

// Steps are how many of the changed servers are done by the end of each step.
func (g Group) Steps() []int {
	changed := 0
	for _, m := range g.Servers {
		if m.Changes {
			changed++
		}
	}
	return g.StepsOf(changed)
}

// StepsOf are how many of so many changed servers are done by the end of each step; the
// last is all of them. A step that adds none is left out.
func (g Group) StepsOf(changed int) (steps []int) {
	size := g.Size()
	for i, s := range g.Policy.Steps {
		n := min(s.AtLeast(size), changed)
		if i == len(g.Policy.Steps)-1 { // 100%, and whoever leaves
			n = changed
		}
		if len(steps) == 0 && n > 0 || len(steps) > 0 && n > steps[len(steps)-1] {
			steps = append(steps, n)
		}
	}
	if len(steps) == 0 || steps[len(steps)-1] < changed {
		steps = append(steps, changed)
	}
	return steps
}
