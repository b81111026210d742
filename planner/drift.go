package planner

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// DriftKind names a way in which live servers are not as the file says.
type DriftKind string

// The kinds of drift. That a server is in transition is none: it counts as what it
// is about to be.
const (
	DriftMissing  DriftKind = "missing"  // listed, and does not exist
	DriftChanged  DriftKind = "changed"  // a field has another value
	DriftPower    DriftKind = "power"    // stopped where the file says active, or the reverse
	DriftStatus   DriftKind = "status"   // suspended, or in a status that is unknown to us
	DriftUnwanted DriftKind = "unwanted" // exists, and the file says absent
	DriftUnlisted DriftKind = "unlisted" // owned, and no entry lists it
	DriftUnclear  DriftKind = "unclear"  // which server is meant, or what a field's value is, cannot be told
)

// DriftKinds are all kinds of drift, in the order in which they are counted.
var DriftKinds = []DriftKind{DriftMissing, DriftChanged, DriftPower, DriftStatus, DriftUnwanted, DriftUnlisted, DriftUnclear}

// Drift is how live servers differ from a fleet file, whatever may be done about it.
type Drift struct {
	Account     string
	Endpoint    string
	Selected    int          // entries that were compared
	Differences []Difference // what was not written just now
	Pending     []Difference // what only the current file says, and nobody has applied yet, and what waits for its turn in a rollout
}

// Difference is one way in which one server is not as the file says. Is and Want
// are null where the kind says it all.
type Difference struct {
	Kind   DriftKind   `json:"kind"`
	Name   string      `json:"name"`
	IDs    []string    `json:"ids"` // the live servers concerned, sorted
	Field  fleet.Field `json:"field,omitempty"`
	Is     Value       `json:"is"`
	Want   Value       `json:"want"`
	At     fleet.Pos   `json:"at,omitzero"`     // of what it differs from
	Reason Reason      `json:"reason,omitzero"` // of what is unclear, or why it is pending although it is not new
}

// FindDrift compares a fleet with what was observed for it. With a former fleet,
// what that one said already, in the same words about the same server, is drift,
// and all else is pending; without one (nil) everything is drift.
func FindDrift(f, former *fleet.Fleet, o Observation, sel Selection) *Drift {
	found, selected := differencesOf(f, o, sel)
	d := &Drift{Account: o.Account, Endpoint: o.Endpoint, Selected: selected, Differences: found}
	if former == nil {
		return d
	}
	old, _ := differencesOf(former, o, sel)
	said := make(map[string]bool)
	for _, x := range old {
		said[x.identity()] = true
	}
	d.Differences = nil
	for _, x := range found {
		if said[x.identity()] {
			d.Differences = append(d.Differences, x)
		} else {
			d.Pending = append(d.Pending, x)
		}
	}
	return d
}

// Postpone moves to Pending the differences of entries that wait for their turn in a
// rollout that has begun. why has the reasons, by the names of the entries.
func (d *Drift) Postpone(why map[string]Reason) {
	d.Differences = slices.DeleteFunc(d.Differences, func(x Difference) bool {
		reason, waits := why[x.Name]
		if !waits || x.Kind != DriftChanged && x.Kind != DriftPower && x.Kind != DriftUnwanted {
			return false
		}
		x.Reason = reason
		d.Pending = append(d.Pending, x)
		return true
	})
}

// differencesOf lists all differences, by name, and counts the entries compared.
func differencesOf(f *fleet.Fleet, o Observation, sel Selection) (found []Difference, selected int) {
	d := newDiffer(f, o)
	for _, x := range d.matches {
		if sel.Includes(x.entry) {
			found = append(found, d.differences(x)...)
		}
	}
	for _, s := range d.world.servers {
		if !d.has(s) && sel.IncludesUnlisted(s.Name) && f.OwnsName(s.Name) && f.Unlisted != fleet.UnlistedIgnore {
			found = append(found, Difference{Kind: DriftUnlisted, Name: s.Name, IDs: []string{s.ID}})
		}
	}
	slices.SortStableFunc(found, func(a, b Difference) int { return cmp.Compare(a.Name, b.Name) })
	return found, d.scope(nil, sel).Selected
}

// differences lists the differences of one entry, power included.
func (d *differ) differences(x match) (found []Difference) {
	e, live := x.entry, cmp.Or(x.live, x.next)
	add := func(kind DriftKind, at fleet.Field) *Difference {
		one := Difference{Kind: kind, Name: e.Name, IDs: []string{}, At: e.Source.At(at)}
		if live != nil {
			one.IDs = []string{live.ID}
		}
		found = append(found, one)
		return &found[len(found)-1]
	}
	field := func(kind DriftKind, f FieldChange) *Difference {
		one := add(kind, f.Field)
		one.Field, one.Is, one.Want = f.Field, f.From, f.To
		return one
	}
	switch {
	case x.blocked != nil:
		one := add(DriftUnclear, fleet.FieldID)
		one.Reason, one.IDs = x.blocked.Reason, append(one.IDs, slices.Sorted(slices.Values(x.blocked.IDs))...)
		return found
	case e.Absent && live != nil:
		add(DriftUnwanted, fleet.FieldAbsent)
		return found
	case e.Absent:
		return nil
	case live == nil:
		add(DriftMissing, fleet.FieldName)
		return found
	}
	target, ok := live.Status.Target()
	if !ok {
		one := add(DriftStatus, fleet.FieldName)
		one.Field, one.Is = fleet.FieldStatus, Text(string(live.Status))
		return found
	}
	want, unresolved := d.want(e)
	for _, why := range compared(e, unresolved) {
		field(DriftUnclear, FieldChange{Field: why.Keys[0], To: Text(why.Name)}).Reason = why
	}
	for _, c := range append(forcedFields(e, want, live), want.mutableFields(e.Name, live)...) {
		field(DriftChanged, c)
	}
	if e.BackupsEnabled != nil && live.BackupsEnabled == nil {
		field(DriftUnclear, FieldChange{Field: fleet.FieldBackupsEnabled, To: Bool(*e.BackupsEnabled)}).Reason = unread(e)
	}
	if e.Status != fleet.StatusAny && string(e.Status) != string(target) {
		field(DriftPower, statusChange(target, Status(e.Status)))
	}
	return found
}

// Count tells how many differences of each kind there are, pending ones aside.
func (d *Drift) Count() map[DriftKind]int {
	n := make(map[DriftKind]int)
	for _, x := range d.Differences {
		n[x.Kind]++
	}
	return n
}

// Fingerprint names the drift: it is the same as long as the same servers differ
// in the same way, whatever order they come in, wherever in the file it stands,
// and whichever of them are in transition. It is 32 hexadecimal digits, or "" where
// there is no drift. What is pending does not count.
func (d *Drift) Fingerprint() string {
	if len(d.Differences) == 0 {
		return ""
	}
	ids := []string{encodeIdentity("fleet drift 1", d.Account, d.Endpoint)}
	for _, x := range d.Differences {
		ids = append(ids, x.identity())
	}
	slices.Sort(ids)
	sum := sha256.Sum256([]byte(strings.Join(ids, "\n")))
	return hex.EncodeToString(sum[:16])
}

// identity is all that makes a difference what it is.
func (x Difference) identity() string {
	return encodeIdentity(append([]string{string(x.Kind), x.Name, string(x.Field), x.Is.identity(), x.Want.identity()}, x.IDs...)...)
}

// encodeIdentity writes texts so that no two different lists look alike.
func encodeIdentity(texts ...string) string {
	data, _ := json.Marshal(texts) // texts always encode
	return string(data)
}
