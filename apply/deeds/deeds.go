// Package deeds has what runs have done to servers, and what that says about answers which
// may be from before it. It reads nothing and keeps nothing: the state keeps deeds, and
// package observe corrects observations by them.
package deeds

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// Deed is something that a run has done to a server, and the API has answered so; or
// a reboot that is still to come. Reads of the API may lag behind, so for a while
// they are corrected by the deeds.
type Deed struct {
	Endpoint string                `json:"endpoint"`
	Account  string                `json:"account"`
	Action   planner.Action        `json:"action"` // any but a replacement, which is several
	Reboot   RebootStage           `json:"reboot,omitempty"`
	ID       string                `json:"id"`
	Name     string                `json:"name"` // as the deed has left it
	Spec     *planner.Spec         `json:"spec,omitempty"`
	Fields   []planner.FieldChange `json:"fields,omitempty"`
	At       time.Time             `json:"at"`             // when it was answered, or noted
	Since    time.Time             `json:"since,omitzero"` // of a reboot to come
	Plan     string                `json:"plan,omitempty"` // the digest of the approved plan that a reboot is from; "": of none that can be resumed
}

// RebootStage is how far a reboot has come that an update brings.
type RebootStage string

// The stages of a reboot; "" is that it was answered, or is not needed any more.
const (
	RebootOwed RebootStage = "owed" // the update is about to be sent, or was, and no reboot was taken since
	RebootSent RebootStage = "sent" // it is about to be sent, or was, and nobody knows whether it was taken

	// It was sent because it was asked for, and certainly not taken. Nobody owes it.
	RebootRefused RebootStage = "refused"
)

// Keep is how long a deed is kept. An owed reboot is kept until it is not owed, and
// that of an approved plan for KeepPlanned, since the plan may be resumed until then.
const (
	Keep        = 24 * time.Hour
	KeepPlanned = 90 * 24 * time.Hour
)

// Prune are some of all deeds, oldest first, without those that are over.
func Prune(some, all []Deed, now time.Time) []Deed {
	open := Reboots(all)
	return slices.DeleteFunc(slices.Clone(some), func(d Deed) bool {
		if d.Reboot == RebootOwed {
			last := open[d.ID]
			return last.Reboot != RebootOwed || !last.At.Equal(d.At)
		}
		keep := Keep
		if d.Plan != "" {
			keep = KeepPlanned
		}
		return now.Sub(d.At) >= keep
	})
}

// Reboots are, by id, those that are owed, or that nobody knows to have been taken. A
// start is a boot as well, and a server that is gone owes nothing.
func Reboots(deeds []Deed) map[string]Deed {
	open := make(map[string]Deed)
	for _, d := range deeds {
		switch {
		case d.Action == planner.ActionReboot && d.Reboot != "" && d.Reboot != RebootRefused:
			open[d.ID] = d
		case d.Action == planner.ActionReboot, d.Action == planner.ActionStart, d.Action == planner.ActionDelete:
			delete(open, d.ID)
		}
	}
	return open
}

// Owed are the reboots to come as the planner wants them.
// A doubt is over after Keep.
func Owed(deeds []Deed) (list []planner.Owed) {
	for _, d := range Reboots(deeds) {
		if d.Reboot == RebootSent && time.Since(d.At) >= Keep {
			continue
		}
		list = append(list, planner.Owed{ID: d.ID, Since: d.Since, Unclear: d.Reboot == RebootSent})
	}
	return list
}

// SentReboots are the reboots that earlier runs of an approved plan have sent, without those
// that certainly did not happen. kept is when the plan was kept; zero: it was not, or has
// come to its end. Only reboots since then count, or those of the last Keep: an older one
// was asked for by another plan with the same digest.
func SentReboots(deeds []Deed, plan string, kept time.Time) (list []planner.SentReboot) {
	last := make(map[string]Deed)
	var newest time.Time
	for _, d := range deeds {
		if d.Action == planner.ActionReboot && d.Plan == plan && plan != "" {
			last[d.ID], newest = d, d.At
		}
	}
	for id, d := range last {
		counts := time.Since(newest) < Keep || !kept.IsZero() && d.At.After(kept.Add(-apartClocks))
		if counts && (d.Reboot == "" || d.Reboot == RebootSent) {
			list = append(list, planner.SentReboot{ID: id, At: d.At, Unclear: d.Reboot == RebootSent})
		}
	}
	return list
}

// apartClocks is how far the clocks of two hosts may be apart.
const apartClocks = time.Hour
