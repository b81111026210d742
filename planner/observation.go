package planner

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/fleet"
)

// Observation is what the API told when all of it was read. Only a complete one
// may be planned on: a server that it lacks does not exist.
type Observation struct {
	Account  string   // e-mail of the token's account; "" where the API does not tell
	Endpoint string   // base URL of the API
	Servers  []Server // every server of the account, in any order
	Offers   []Offer  // the plans the API sells; nil when it was not asked

	Sent      []SentReboot // reboots that earlier runs of the same approved plan have sent
	Owed      []Owed       // reboots that earlier runs have not come to
	Disturbed []Disturbed  // servers that rollouts of earlier runs have left drained, or not known to be ready
	Unshown   []Unshown    // what was done a moment ago and the API does not show yet; Servers are as if it did
}

// SentReboot is a reboot that an earlier run of the same approved plan has sent.
type SentReboot struct {
	ID      string    // of the server
	At      time.Time // when it was sent
	Unclear bool      // nobody knows whether the API took it
}

// Owed is a reboot that an update has brought and that has not followed since.
type Owed struct {
	ID      string    // of the server
	Since   time.Time // when the update was sent
	Unclear bool      // the reboot was sent, and nobody knows whether the API took it
}

// Unshown is a change of a moment ago that the API does not show yet.
type Unshown struct {
	Name, ID string
	Action   Action
	At       time.Time // when it was answered
}

// owed indexes the owed reboots by the server's id.
func (o Observation) owed() map[string]Owed {
	return byKey(o.Owed, func(x Owed) string { return x.ID })
}

// Server is a live server as it was observed, or with the status that it is about to have.
type Server struct {
	ID             string  `json:"id"`
	Name           string  `json:"name"`
	Hostname       *string `json:"hostname"`
	Status         Status  `json:"status"`
	Location       string  `json:"location"`
	Plan           Named   `json:"plan"`
	OS             Named   `json:"os"`
	BackupsEnabled *bool   `json:"backups_enabled,omitempty"` // nil when no detail was read

	// The addresses are for lists and results. No plan is about an address, so a
	// plan's document has none.
	IPAddress   *string `json:"-"`
	IPv6Address *string `json:"-"` // nil when no detail was read

	// UpdatedAt is when the server was last changed, by the API's own clock: of two
	// answers that differ in it, the later is newer. "": the API did not tell.
	UpdatedAt string `json:"-"`
}

// Value is a server's value of a field; known is false for backups_enabled where no
// detail was read.
func (s Server) Value(f fleet.Field) (v Value, known bool) {
	switch f {
	case fleet.FieldName:
		return Text(s.Name), true
	case fleet.FieldPlan:
		return Reference(s.Plan), true
	case fleet.FieldOS:
		return Reference(s.OS), true
	case fleet.FieldLocation:
		return Text(s.Location), true
	case fleet.FieldHostname:
		return textOrNull(s.Hostname), true
	case fleet.FieldBackupsEnabled:
		return boolOrNull(s.BackupsEnabled), s.BackupsEnabled != nil
	case fleet.FieldStatus:
		return Text(string(s.Status)), true
	}
	return Value{}, false
}

// Set gives a server's field a value, as an update does. A field that no update can
// change is a mistake of the caller, and panics.
func (s *Server) Set(f fleet.Field, v Value) {
	text, _ := v.AsText()
	on, _ := v.AsBool()
	switch f {
	case fleet.FieldName:
		s.Name = text
	case fleet.FieldHostname:
		s.Hostname = &text
	case fleet.FieldBackupsEnabled:
		s.BackupsEnabled = &on
	default:
		panic("no update sets a server's " + string(f))
	}
}

// Named is the id of a plan, an operating system or an SSH key, with its name
// where one is known. The id alone tells two apart.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

func (n Named) String() string {
	if n.Name == "" {
		return n.ID
	}
	return n.Name + " (" + n.ID + ")"
}

// Offer is a plan that the API sells.
type Offer struct {
	ID, Name, Slug string
	Available      bool
	Locations      []string     // nil: the API does not tell, so everywhere
	Monthly        *fleet.Money // price a month; nil: the API does not tell
	Hourly         *fleet.Money // price an hour; nil: the API does not tell
}

// Status is what a live server is doing, in the API's words.
type Status string

// The statuses that the API's documentation names.
const (
	StatusActive       Status = "active"
	StatusStopped      Status = "stopped"
	StatusSuspended    Status = "suspended"
	StatusProvisioning Status = "provisioning"
	StatusStarting     Status = "starting"
	StatusStopping     Status = "stopping"
	StatusRebooting    Status = "rebooting"
)

// The statuses of servers that could not be made, as APIs call them that have one.
const (
	statusError  Status = "error"
	statusFailed Status = "failed"
)

// Ended reports whether a status is final and its server of no use: it was suspended,
// or could not be made. A status that is unknown to us may pass.
func (s Status) Ended() bool {
	return s == StatusSuspended || s == statusError || s == statusFailed
}

// Target is the status that a server reaches by itself: active and stopped last, and
// each transition leads to one of them. ok is false where nothing may be done to the
// server, because it is suspended or its status is unknown to us.
func (s Status) Target() (target Status, ok bool) {
	switch s {
	case StatusActive, StatusStopped:
		return s, true
	case StatusProvisioning, StatusStarting, StatusRebooting:
		return StatusActive, true
	case StatusStopping:
		return StatusStopped, true
	}
	return s, false
}

// Selection narrows a plan to some names: those that match a target, where there
// are any, and no exclude, and whose entries have the labels. It never widens what
// a plan does.
type Selection struct {
	Targets  []string // patterns as fleet.Match reads them
	Excludes []string
	Labels   fleet.Selector
	Asked    Asked
}

// Includes reports whether an entry is selected.
func (s Selection) Includes(e *fleet.Server) bool {
	return s.includesName(e.Name) && s.Labels.Matches(e.Labels)
}

// IncludesUnlisted reports whether a live server that no entry lists is selected.
// It has no labels, so that no condition on labels selects it.
func (s Selection) IncludesUnlisted(name string) bool {
	return s.includesName(name) && s.Labels.IsZero()
}

func (s Selection) includesName(name string) bool {
	matches := func(pattern string) bool { return fleet.Match(pattern, name) }
	return !slices.ContainsFunc(s.Excludes, matches) && (len(s.Targets) == 0 || slices.ContainsFunc(s.Targets, matches))
}
