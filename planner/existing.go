package planner

import (
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// existing plans an entry whose live server was found.
func (d *differ) existing(x match) {
	e, live := x.entry, x.live
	target, ok := live.Status.Target()
	if !ok {
		r := reasonAt(CodeStatus, e, fleet.FieldName)
		r.Status = live.Status
		d.block(e, live, r)
		return
	}
	want, unresolved := d.want(e)
	forced := forcedFields(e, want, live)
	if len(forced) == 0 {
		unresolved = compared(e, unresolved)
	}
	if len(unresolved) > 0 {
		d.block(e, live, unresolved...)
		return
	}
	if len(forced) > 0 || d.asks(e, ActionReplace) && !finishes(e, live) {
		d.replace(x, want, forced, target)
		return
	}
	if live.Name != e.Name && !fleet.ValidName(e.Name) {
		d.block(e, live, reasonAt(CodeUnsendableName, e, fleet.FieldName))
		return
	}
	if x.next != nil {
		d.note(e.Name, Reason{Code: CodeNextUnneeded, Servers: others(x.next)})
	}
	if e.BackupsEnabled != nil && live.BackupsEnabled == nil {
		d.block(e, live, unread(e))
		return
	}
	if protection, ok := d.fleet.Protected(e.Name); ok && e.Status == fleet.StatusStopped && target == StatusActive {
		d.block(e, live, protectedReason(e, protection, ActionStop, fleet.FieldStatus))
		return
	}
	if why := d.refuseAsked(e, live, target); why != nil {
		d.block(e, live, *why)
		return
	}
	d.wait(live, e.Name, target)
	fields := want.mutableFields(e.Name, live)
	if len(fields) > 0 {
		d.add(&Update{Subject{e.Name, live.ID, updateReason(e, live, fields), e.Labels}, fields, live.Location})
	}
	d.powerOf(e, live, target, fields)
}

// unread is why an entry is blocked whose backups_enabled the API does not tell.
func unread(e *fleet.Server) Reason {
	r := reasonAt(CodeUnread, e, fleet.FieldBackupsEnabled)
	r.Keys = []fleet.Field{fleet.FieldBackupsEnabled}
	return r
}

// protectedReason is why an entry is blocked whose field asks for what protect forbids.
func protectedReason(e *fleet.Server, p fleet.Protection, action Action, field fleet.Field) Reason {
	r := reasonAt(CodeProtected, e, field)
	r.Action, r.Pattern, r.Allow = action, p.Pattern, p.Pos
	return r
}

// powerOf plans the power change that an existing server needs after its update.
// A server that finishes an interrupted replacement is not rebooted, because one
// that goes through does not reboot either. A reboot that may have taken effect is
// not repeated: it stays in doubt until a person decides, or the server is rebooted
// or started again.
func (d *differ) powerOf(e *fleet.Server, live *Server, target Status, updated []FieldChange) {
	owed, owes := d.owed[live.ID]
	brings := func(c FieldChange) bool { return slices.Contains(e.RebootOn, c.Field) }
	switch asked := d.askedPower(e, live, target); {
	case asked != "":
		d.power(asked, target, e, live).Reason = Reason{Code: CodeAskedFor}
	case e.Status == fleet.StatusActive && target == StatusStopped:
		d.power(ActionStart, target, e, live)
	case e.Status == fleet.StatusStopped && target == StatusActive:
		d.power(ActionStop, target, e, live)
	case target == StatusStopped || slices.Contains(updated, finishName(e.Name)):
	case owes && !owed.Unclear:
		d.power(ActionReboot, target, e, live).Reason = Reason{Code: CodeOwed, Since: owed.Since}
	case slices.ContainsFunc(updated, brings):
		d.power(ActionReboot, target, e, live)
	case owes:
		why := reasonAt(CodeRebootUnclear, e, fleet.FieldName)
		why.Since = owed.Since
		d.block(e, live, why)
	}
}

// power plans one power change.
func (d *differ) power(verb Action, from Status, e *fleet.Server, live *Server) *Power {
	reason := reasonAt(CodePower, e, fleet.FieldStatus)
	reason.Status = Status(e.Status)
	if verb == ActionReboot {
		reason = reasonAt(CodeRebootOn, e, fleet.FieldRebootOn)
	}
	p := &Power{Subject: Subject{e.Name, live.ID, reason, e.Labels}, Verb: verb, From: from, Location: live.Location}
	if live.Name != e.Name {
		p.Was = live.Name
	}
	d.add(p)
	return p
}

// compared drops the reasons about fields that the entry ignores: a server that
// exists does not need them.
func compared(e *fleet.Server, unresolved []Reason) []Reason {
	return slices.DeleteFunc(unresolved, func(r Reason) bool { return e.Ignores(r.Keys[0]) })
}

// FixedFields are what the API cannot change in a server that exists.
var FixedFields = []fleet.Field{fleet.FieldPlan, fleet.FieldOS, fleet.FieldLocation}

// MutableFields are what an update can change in a server that exists.
var MutableFields = []fleet.Field{fleet.FieldName, fleet.FieldHostname, fleet.FieldBackupsEnabled}

// forcedFields are the differences that only a replacement can remove. A field that
// the entry leaves out or ignores is not among them.
func forcedFields(e *fleet.Server, want Spec, live *Server) []FieldChange {
	return slices.DeleteFunc(want.fixedFields(live), func(c FieldChange) bool { return e.Ignores(c.Field) })
}

// fixedFields are the differences that the API cannot change in a server that
// exists.
func (s Spec) fixedFields(live *Server) []FieldChange {
	return differences(live.Value, s.value, FixedFields...)
}

// mutableFields are the differences that an update can change.
func (s Spec) mutableFields(name string, live *Server) (fields []FieldChange) {
	if name != live.Name {
		fields = append(fields, FieldChange{fleet.FieldName, Text(live.Name), Text(name)})
	}
	return append(fields, differences(live.Value, s.value, MutableFields...)...) // a spec has no name
}

// differences are the fields whose two values are both known, and differ.
func differences(from, to func(fleet.Field) (Value, bool), fields ...fleet.Field) (list []FieldChange) {
	for _, f := range fields {
		a, known := from(f)
		b, declared := to(f)
		if known && declared && !a.Equal(b) {
			list = append(list, FieldChange{f, a, b})
		}
	}
	return list
}

// updateReason says for each field which key of the entry wants it so. A name is
// wanted by what has matched the server.
func updateReason(e *fleet.Server, live *Server, fields []FieldChange) Reason {
	r := Reason{Code: CodeDiffers}
	for _, c := range fields {
		key := c.Field
		switch {
		case key != fleet.FieldName:
		case live.Name == e.RenamedFrom:
			key = fleet.FieldRenamedFrom
		case live.Name == e.Name+fleet.NextSuffix:
			key = fleet.FieldReplace
		default:
			key = fleet.FieldID
		}
		r.Keys = append(r.Keys, key)
		r.At = append(r.At, e.Source.At(key))
	}
	return r
}
