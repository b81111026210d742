package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// documentVersion is the version of the documents that this fleet writes. A field that
// an older fleet would drop when it writes the document needs a new version.
const documentVersion = 1

// document is all that a shared store keeps of one account and is replaced as a
// whole. Nothing in it says what exists.
type document struct {
	FormatVersion int                  `json:"format_version"`
	Endpoint      string               `json:"endpoint"`
	Account       string               `json:"account"`
	Write         string               `json:"write"` // random: tells a write whose answer was lost from another's
	Epoch         int64                `json:"epoch"` // how many times the lease was taken
	Lease         *Lease               `json:"lease,omitempty"`
	Intents       []apply.Intent       `json:"intents,omitempty"`
	Resolved      []string             `json:"resolved,omitempty"` // keys of other documents' intents that are over for this account
	Deeds         []deeds.Deed         `json:"deeds,omitempty"`
	Marks         []rollout.Mark       `json:"marks,omitempty"`
	Corrections   []planner.Correction `json:"corrections,omitempty"`
}

// Lease is an apply's right to change an account.
type Lease struct {
	Nonce   string       `json:"nonce,omitempty"` // random: tells this lease from every other
	Holder  apply.Holder `json:"holder"`
	Taken   time.Time    `json:"taken"`   // by the store's clock
	Expires time.Time    `json:"expires"` // likewise
}

// decodeDocument reads a document of an account; an empty one where there is none.
func decodeDocument(name string, data []byte) (document, error) {
	if data == nil {
		return document{}, nil
	}
	var d document
	err := decodeVersioned(name, data, &d, documentVersion)
	return d, err
}

// decodeVersioned reads an object of a format that later versions of fleet may change.
func decodeVersioned(name string, data []byte, to any, known int) error {
	var format struct {
		Version int `json:"format_version"`
	}
	err := json.Unmarshal(data, &format)
	switch {
	case err == nil && format.Version > known:
		return &DocumentError{Name: name, Newer: true, Err: fmt.Errorf("it has format_version %d, and this fleet knows %d", format.Version, known)}
	case err == nil && format.Version < 1:
		err = errors.New("it has no format_version")
	case err == nil:
		err = json.Unmarshal(data, to)
	}
	if err != nil {
		return &DocumentError{Name: name, Err: fmt.Errorf("it is damaged: %w", err)}
	}
	return nil
}

// DocumentError is why a document of a shared store cannot be used.
type DocumentError struct {
	Name  string
	Newer bool // a later fleet has written it
	Err   error
}

func (e *DocumentError) Error() string {
	return "cannot use the state " + e.Name + ": " + e.Err.Error()
}
func (e *DocumentError) Unwrap() error { return e.Err }

// Final: it does not change by itself.
func (*DocumentError) Final() bool { return true }

// Hint says what to do about it.
func (e *DocumentError) Hint() string {
	if e.Newer {
		return "use a fleet that is at least as new as the one that wrote it"
	}
	return "look at the servers that it may be about, then move the document away"
}

// of reports whether a document is an account's.
func (d document) of(k apply.Key) bool { return d.Endpoint == k.Endpoint && d.Account == k.Account }

// held is the lease if it has not expired by now; nil where nobody has it.
func (d document) held(now time.Time) *Lease {
	if d.Lease == nil || !now.Before(d.Lease.Expires) {
		return nil
	}
	return d.Lease
}

// cutOff notes that the run which has the lease was cut off: what it was about to
// create it may have sent until the lease expires.
func (d *document) cutOff() {
	if d.Lease == nil {
		return
	}
	for n := range d.Intents {
		if i := &d.Intents[n]; i.Until.IsZero() {
			i.Until = d.Lease.Expires
		}
	}
	d.Lease = nil
}

// entries are what a document says of creates, deeds and marks.
func (d document) entries() entries {
	e := noEntries()
	e.deeds, e.marks = d.Deeds, d.Marks
	for _, i := range d.Intents {
		e.open[key(i)] = i
	}
	for _, k := range d.Resolved {
		e.resolved[k] = true
	}
	return e
}

// setEntries replaces the document's entries.
func (d *document) setEntries(e entries) {
	d.Intents, d.Resolved, d.Deeds = sorted(e.open), slices.Sorted(maps.Keys(e.resolved)), slices.Clone(e.deeds)
	d.Marks = slices.Clone(e.marks)
}

// encode writes a document.
func (d document) encode() ([]byte, error) {
	d.FormatVersion = documentVersion
	data, err := json.Marshal(d)
	return append(data, '\n'), err
}
