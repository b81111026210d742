package planner

import (
	"encoding/json"
	"fmt"

	"github.com/vps-fleet/fleet/fleet"
)

// Action names a kind of change.
type Action string

// The kinds of change, in the order in which a plan lists them.
const (
	ActionCreate  Action = "create"
	ActionUpdate  Action = "update"
	ActionReplace Action = "replace"
	ActionStart   Action = "start"
	ActionStop    Action = "stop"
	ActionReboot  Action = "reboot"
	ActionDelete  Action = "delete"
)

// Actions are all kinds of change, in the order in which a plan lists them; the
// changes of one server are carried out in this order too.
var Actions = []Action{ActionCreate, ActionUpdate, ActionReplace, ActionStart, ActionStop, ActionReboot, ActionDelete}

// Change is one thing to do to one server: a *Create, *Update, *Power, *Replace
// or *Delete, and nothing else.
type Change interface {
	Action() Action
	About() Subject
	isChange()
}

// Subject is what every change carries: the server it is about and why.
type Subject struct {
	Name   string       `json:"name"`         // of the entry, or of the live server where no entry lists it
	ID     string       `json:"id,omitempty"` // of the live server; "" while it is still to be created
	Reason Reason       `json:"reason"`
	Labels fleet.Labels `json:"labels,omitempty"` // of the entry; only shown
}

// About returns the subject itself, so that a change that embeds it has it.
func (s Subject) About() Subject { return s }

// Create makes a server that does not exist.
type Create struct {
	Subject
	Spec Spec `json:"spec"`
}

// Spec is what a server is created with.
type Spec struct {
	Plan           Named   `json:"plan"`
	OS             Named   `json:"os"`
	Location       string  `json:"location"`
	Hostname       *string `json:"hostname,omitempty"`
	SSHKey         *Named  `json:"ssh_key,omitempty"`
	BackupsEnabled *bool   `json:"backups_enabled,omitempty"`
}

// Fits reports whether a live server is one that this spec could have made, by
// all that can never change.
func (s Spec) Fits(live Server) bool {
	return s.Plan.ID == live.Plan.ID && s.OS.ID == live.OS.ID && s.Location == live.Location
}

// Made reports whether a live server is as this spec has made it: it fits, and has
// the hostname that was sent. Another hostname is the work of somebody else.
func (s Spec) Made(live Server) bool {
	return s.Fits(live) && (s.Hostname == nil || textOrNull(s.Hostname) == textOrNull(live.Hostname))
}

// value is a new server's value of a field; declared is false where the spec says
// nothing of it.
func (s Spec) value(f fleet.Field) (v Value, declared bool) {
	switch f {
	case fleet.FieldPlan:
		return Reference(s.Plan), s.Plan.ID != ""
	case fleet.FieldOS:
		return Reference(s.OS), s.OS.ID != ""
	case fleet.FieldLocation:
		return Text(s.Location), s.Location != ""
	case fleet.FieldHostname:
		return textOrNull(s.Hostname), s.Hostname != nil
	case fleet.FieldBackupsEnabled:
		return boolOrNull(s.BackupsEnabled), s.BackupsEnabled != nil
	}
	return Value{}, false
}

// Update changes some of the MutableFields.
type Update struct {
	Subject
	Fields   []FieldChange `json:"fields"`
	Location string        `json:"location,omitempty"` // where the server is; only shown
}

// Power starts, stops or reboots a server.
type Power struct {
	Subject
	Verb     Action `json:"-"`                  // ActionStart, ActionStop or ActionReboot
	From     Status `json:"from"`               // the status it needs, active or stopped
	Was      string `json:"was,omitempty"`      // the server's name as it was observed, where it is not Name
	Location string `json:"location,omitempty"` // where the server is; only shown
}

// Replace puts a new server in the place of one that differs in a field that the
// API cannot change. The old server's data is lost.
type Replace struct {
	Subject
	Mode     fleet.Replace `json:"mode"`
	Fields   []FieldChange `json:"fields"`              // all that will differ, the forcing fields first
	Spec     Spec          `json:"spec"`                // of the new server
	Old      Server        `json:"old"`                 // as it was observed
	FailedID string        `json:"failed_id,omitempty"` // of a NAME--next that could not be made: the plan deletes it first
	NextID   string        `json:"next_id,omitempty"`   // the new server, where an earlier run has made it already
	Finish   []FieldChange `json:"finish,omitempty"`    // what that server then still needs: its name, and what else differs
}

// Delete removes a server and its data for good.
type Delete struct {
	Subject
	Old Server `json:"old"` // as it was observed
}

// FieldChange is one field's old and new value.
type FieldChange struct {
	Field fleet.Field `json:"field"`
	From  Value       `json:"from"`
	To    Value       `json:"to"`
}

func (*Create) Action() Action  { return ActionCreate }
func (*Update) Action() Action  { return ActionUpdate }
func (p *Power) Action() Action { return p.Verb }
func (*Replace) Action() Action { return ActionReplace }
func (*Delete) Action() Action  { return ActionDelete }

func (*Create) isChange()  {}
func (*Update) isChange()  {}
func (*Power) isChange()   {}
func (*Replace) isChange() {}
func (*Delete) isChange()  {}

// Goal is the status in which a power change leaves the server, active or stopped.
func (p *Power) Goal() Status {
	if p.Verb == ActionStop {
		return StatusStopped
	}
	return StatusActive
}

// Value is a field's value: null, text, a boolean, or an id with its name. The
// zero Value is null.
type Value struct {
	v any // nil, string, bool or Named
}

// Text is a text value.
func Text(s string) Value { return Value{s} }

// Bool is a boolean value.
func Bool(b bool) Value { return Value{b} }

// Reference is an id with its name.
func Reference(n Named) Value { return Value{n} }

// textOrNull is the value of an optional text.
func textOrNull(s *string) Value {
	if s == nil {
		return Value{}
	}
	return Text(*s)
}

// IsNull reports whether there is no value.
func (v Value) IsNull() bool { return v.v == nil }

// Equal compares two values; of references only the ids count.
func (v Value) Equal(w Value) bool {
	if a, ok := v.v.(Named); ok {
		b, ok := w.v.(Named)
		return ok && a.ID == b.ID
	}
	return v.v == w.v
}

// AsText returns a text value's text; ok is false for every other kind.
func (v Value) AsText() (s string, ok bool) { s, ok = v.v.(string); return }

// text is a text value's text, "" of every other.
func (v Value) text() string { s, _ := v.AsText(); return s }

// AsBool returns a boolean value; ok is false for every other kind.
func (v Value) AsBool() (b, ok bool) { b, ok = v.v.(bool); return }

// AsReference returns an id with its name; ok is false for every other kind.
func (v Value) AsReference() (n Named, ok bool) { n, ok = v.v.(Named); return }

// String writes the value for people: null is (none), empty text is "".
func (v Value) String() string {
	switch x := v.v.(type) {
	case nil:
		return "(none)"
	case string:
		if x == "" {
			return `""`
		}
		return x
	default:
		return fmt.Sprint(x)
	}
}

// MarshalJSON writes null, a string, a boolean, or {"id", "name"}.
func (v Value) MarshalJSON() ([]byte, error) { return json.Marshal(v.v) }

// UnmarshalJSON reads what MarshalJSON writes.
func (v *Value) UnmarshalJSON(data []byte) error {
	var raw any
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	switch raw.(type) {
	case nil, string, bool:
		v.v = raw
		return nil
	case map[string]any:
		var n Named
		err := json.Unmarshal(data, &n)
		v.v = n
		return err
	}
	return fmt.Errorf("a field's value is neither null, text, a boolean nor an id: %.40s", data)
}
