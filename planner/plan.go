package planner

import (
	"time"

	"github.com/vps-fleet/fleet/fleet"
)

// Plan is what has to happen for the live servers to be what the fleet says.
type Plan struct {
	Account  string         `json:"account"`  // the account it was made for; "" where the API does not tell
	Endpoint string         `json:"endpoint"` // the API it was made for
	Scope    Scope          `json:"scope"`
	Cost     Cost           `json:"cost"`
	Guards   fleet.Guards   `json:"guards"`   // with what the command line allows beyond them
	Waits    []Wait         `json:"waits"`    // servers in transition, to wait for before anything else is done to them
	Unlisted []Server       `json:"unlisted"` // owned live servers that no entry lists, to be reported
	Blocked  []Blocked      `json:"blocked"`
	Excluded []Excluded     `json:"excluded"` // changes that Only has excluded
	Notes    []Note         `json:"notes"`
	Rollouts []Group        `json:"rollouts,omitempty"` // whose servers the plan changes
	Windows  []fleet.Window `json:"windows,omitempty"`  // of servers that the plan disrupts
	Freezes  []fleet.Freeze `json:"freezes,omitempty"`  // likewise
	Ready    []Readiness    `json:"ready,omitempty"`    // of servers that the plan changes, and of all in its groups
	Changes  []Change       `json:"-"`                  // Encode writes them, one a line
}

// Wait is a server in a passing status, or one that an earlier run has drained or
// disrupted, so that it is to be ready and restored first.
type Wait struct {
	Name string `json:"name"`
	ID   string `json:"id"`
	From Status `json:"from"`
	To   Status `json:"to"` // active or stopped

	// Since when an earlier run has left it so, for a rollout; see Disturbed.
	Drained   time.Time `json:"drained,omitzero"`
	Disrupted time.Time `json:"disrupted,omitzero"`
}

// Blocked is an entry, or a live server, that nothing is done to. An entry may be
// blocked for several reasons, one after the other.
type Blocked struct {
	Name   string   `json:"name"`
	IDs    []string `json:"ids,omitempty"` // the live servers concerned
	Reason Reason   `json:"reason"`
}

// same reports whether the same is blocked for the same reason.
func (b Blocked) same(other Blocked) bool {
	return b.Name == other.Name && b.Reason.Code == other.Reason.Code
}

// About is the entry, or the server, with why it is blocked.
func (b Blocked) About() Subject { return Subject{Name: b.Name, Reason: b.Reason} }

// Note is something worth knowing about a server that changes nothing.
type Note struct {
	Name   string `json:"name"`
	Reason Reason `json:"reason"`
}

// About is the server with what is noted.
func (n Note) About() Subject { return Subject{Name: n.Name, Reason: n.Reason} }

// Scope is how many servers the fleet speaks for; the guards' percentages are
// of its Total.
type Scope struct {
	Listed   int `json:"listed"`   // entries that are not absent
	Selected int `json:"selected"` // of these, those that the selection includes
	Live     int `json:"live"`     // live servers that are listed or owned
	Total    int `json:"total"`    // distinct servers among both
}

// Count tells how many changes of each kind there are.
func (p *Plan) Count() map[Action]int {
	n := make(map[Action]int)
	for _, c := range p.Changes {
		n[c.Action()]++
	}
	return n
}

// Names are the names of what the plan changes or waits for.
func (p *Plan) Names() map[string]bool {
	names := make(map[string]bool, len(p.Changes)+len(p.Waits))
	for _, c := range p.Changes {
		names[c.About().Name] = true
	}
	for _, w := range p.Waits {
		names[w.Name] = true
	}
	return names
}

// Empty reports whether there is nothing to change. Servers may still be waited for.
func (p *Plan) Empty() bool { return len(p.Changes) == 0 }
