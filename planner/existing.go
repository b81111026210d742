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
		d.note(e.Name, Reason{Code: CodeNextUnneeded, Servers: []Other{x.next.other()}})
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
	fields := mutableFields(e.Name, want, live)
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
// One that takes the place of another is not rebooted, however often it is
// interrupted: a replacement that goes through does not reboot either.
func (d *differ) powerOf(e *fleet.Server, live *Server, target Status, updated []FieldChange) {
	switch {
	case d.askedPower(e, live, target):
	case e.Status == fleet.StatusActive && target == StatusStopped:
		d.power(ActionStart, target, e, live.ID, live.Location)
	case e.Status == fleet.StatusStopped && target == StatusActive:
		d.power(ActionStop, target, e, live.ID, live.Location)
	case slices.Contains(updated, finishName(e.Name)):
	case target == StatusActive && d.owedReboot(e, live):
	case target == StatusActive && slices.ContainsFunc(updated, func(c FieldChange) bool { return slices.Contains(e.RebootOn, c.Field) }):
		d.power(ActionReboot, target, e, live.ID, live.Location)
	case target == StatusActive:
		d.unclearReboot(e, live)
	}
}

// power plans one power change.
func (d *differ) power(verb Action, from Status, e *fleet.Server, id, location string) {
	reason := reasonAt(CodePower, e, fleet.FieldStatus)
	reason.Status = Status(e.Status)
	if verb == ActionReboot {
		reason = reasonAt(CodeRebootOn, e, fleet.FieldRebootOn)
	}
	was := ""
	if live := d.world.byID[id]; live != nil && live.Name != e.Name {
		was = live.Name
	}
	d.add(&Power{Subject{e.Name, id, reason, e.Labels}, verb, from, was, location})
}

// compared leaves out what is said of fields that the entry ignores: a server that
// exists does not need them.
func compared(e *fleet.Server, unresolved []Reason) []Reason {
	return slices.DeleteFunc(unresolved, func(r Reason) bool { return e.Ignores(r.Keys[0]) })
}

// forcedFields are the differences that take a replacement. A field that the entry
// leaves out or ignores is none.
func forcedFields(e *fleet.Server, want Spec, live *Server) []FieldChange {
	return slices.DeleteFunc(fixedFields(want, live), func(c FieldChange) bool { return e.Ignores(c.Field) })
}

// fixedFields are the differences that the API cannot change in a server that
// exists.
func fixedFields(want Spec, live *Server) (fields []FieldChange) {
	if want.Plan.ID != "" && want.Plan.ID != live.Plan.ID {
		fields = append(fields, FieldChange{fleet.FieldPlan, Reference(live.Plan), Reference(want.Plan)})
	}
	if want.OS.ID != "" && want.OS.ID != live.OS.ID {
		fields = append(fields, FieldChange{fleet.FieldOS, Reference(live.OS), Reference(want.OS)})
	}
	if want.Location != "" && want.Location != live.Location {
		fields = append(fields, FieldChange{fleet.FieldLocation, Text(live.Location), Text(want.Location)})
	}
	return fields
}

// mutableFields are the differences that PATCH and PUT can change.
func mutableFields(name string, want Spec, live *Server) (fields []FieldChange) {
	if name != live.Name {
		fields = append(fields, FieldChange{fleet.FieldName, Text(live.Name), Text(name)})
	}
	if from, to := textOrNull(live.Hostname), textOrNull(want.Hostname); !to.IsNull() && from != to {
		fields = append(fields, FieldChange{fleet.FieldHostname, from, to})
	}
	if want.BackupsEnabled != nil && live.BackupsEnabled != nil && *want.BackupsEnabled != *live.BackupsEnabled {
		fields = append(fields, FieldChange{fleet.FieldBackupsEnabled, Bool(*live.BackupsEnabled), Bool(*want.BackupsEnabled)})
	}
	return fields
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

// replace plans a new server in the place of one that differs in what the API
// cannot change, where the entry allows it.
func (d *differ) replace(x match, want Spec, forced []FieldChange, target Status) {
	e, live := x.entry, x.live
	spec := keepUndeclared(want, live)
	failed := d.failedNext(&x)
	field := fleet.FieldReplace
	if len(forced) > 0 {
		field = forced[0].Field
	}
	at, reason := live, reasonAt(CodeNeedsReplace, e, field)
	reason.Fields = forced
	protection, protected := d.fleet.Protected(e.Name)
	switch {
	case protected:
		reason = protectedReason(e, protection, ActionReplace, field)
		reason.Fields, reason.At = forced, append(reason.At, e.Source.Entry)
	case e.Replace == fleet.ReplaceNever:
		if reason.Allow = e.Source.Entry; len(forced) == 0 {
			reason.Action = ActionReplace
		}
	case !fleet.ValidName(e.Name):
		reason = reasonAt(CodeUnsendableName, e, fleet.FieldName)
	case x.next != nil && !usable(x.next, spec):
		at, reason.Code, reason.Fields, reason.Servers = x.next, CodeNextUnfit, nil, []Other{x.next.other()}
	default:
		if notSold := d.notSold(e, spec); x.next == nil && len(notSold) > 0 {
			d.block(e, live, notSold...)
			return
		}
		// The new server is a create: it gets what is ignored as well.
		if failed != nil {
			d.delete(failed, Subject{failed.Name, failed.ID, Reason{Code: CodeNextFailed, Name: e.Name, At: []fleet.Pos{e.Source.At(fleet.FieldReplaceFailed)}}, e.Labels})
		}
		d.replaceWith(x, failed, spec, append(fixedFields(want, live), mutableFields(e.Name, want, live)...), target)
		return
	}
	d.block(e, at, reason)
}

// failedNext takes the NAME--next of a match out that could not be made, where the
// entry lets it be made anew; nil: there is none.
func (d *differ) failedNext(x *match) *Server {
	next := x.next
	if next == nil || !x.entry.ReplaceFailed || !next.Status.Ended() {
		return nil
	}
	if _, protected := d.fleet.Protected(next.Name); protected {
		return nil
	}
	x.next = nil
	return next
}

// replaceWith plans a replacement that is possible. A NAME--next that could not be
// made is deleted first.
func (d *differ) replaceWith(x match, failed *Server, spec Spec, fields []FieldChange, target Status) {
	e, live := x.entry, x.live
	d.wait(live, e.Name, target)
	old := *live
	old.Status = target
	r := &Replace{Subject: Subject{e.Name, live.ID, replaceReason(e, fields), e.Labels}, Mode: e.Replace, Fields: fields, Spec: spec, Old: old}
	if failed != nil {
		r.FailedID = failed.ID
	}
	if x.next != nil {
		r.NextID, r.Finish = x.next.ID, mutableFields(e.Name, spec, x.next)
	}
	d.add(r)
	if e.BackupsEnabled == nil {
		d.note(e.Name, Reason{Code: CodeBackupsDefault})
	}
	d.stopNew(e, spec.Location)
}

// replaceReason names the fields that force a replacement.
func replaceReason(e *fleet.Server, fields []FieldChange) Reason {
	r := reasonAt(CodeImmutable, e, fleet.FieldReplace)
	r.Mode = e.Replace
	for _, c := range fields {
		fixed := c.Field == fleet.FieldPlan || c.Field == fleet.FieldOS || c.Field == fleet.FieldLocation
		if fixed && !e.Ignores(c.Field) {
			r.Keys = append(r.Keys, c.Field)
		}
	}
	if len(r.Keys) == 0 {
		r.Code = CodeAskedFor
	}
	return r
}

// keepUndeclared fills what the entry leaves out with what the live server has,
// so that a replacement changes no more than the file says.
func keepUndeclared(want Spec, live *Server) Spec {
	if want.Plan.ID == "" {
		want.Plan = live.Plan
	}
	if want.OS.ID == "" {
		want.OS = live.OS
	}
	if want.Location == "" {
		want.Location = live.Location
	}
	if want.Hostname == nil {
		want.Hostname = live.Hostname
	}
	return want
}

// usable reports whether an unfinished replacement can be finished: its new
// server is what is wanted, and it runs or will run.
func usable(next *Server, spec Spec) bool {
	target, ok := next.Status.Target()
	return ok && target == StatusActive && spec.Fits(*next)
}

// finishReplace plans the rest of a create-first replacement whose old server is
// gone already: the new one gets its name.
func (d *differ) finishReplace(e *fleet.Server, next *Server) {
	want, _ := d.want(e) // existing says what is not resolved
	if forced := forcedFields(e, want, next); len(forced) > 0 {
		r := reasonAt(CodeNextDiffers, e, forced[0].Field)
		r.Fields, r.Servers = forced, []Other{next.other()}
		d.block(e, next, r)
		return
	}
	d.existing(match{entry: e, live: next})
}
