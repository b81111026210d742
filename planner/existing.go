package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// existing plans an entry whose live server was found.
func (d *differ) existing(x match) {
	e, live := x.entry, x.live
	settled, ok := live.Status.Settles()
	if !ok {
		d.block(e, live, fleet.FieldName, "settle it with the provider; the next run goes on from there",
			"its status is %q, and fleet does nothing to such a server", live.Status)
		return
	}
	want := d.want(e)
	if forced := forcedFields(want, live); len(forced) > 0 {
		d.replace(x, want, forced, settled)
		return
	}
	if x.next != nil {
		d.note(e.Name, "%s, id %s, is left by a replacement that is no longer needed; it is billed, and fleet leaves it alone", x.next.Name, x.next.ID)
	}
	if e.BackupsEnabled != nil && live.BackupsEnabled == nil {
		d.block(e, live, fleet.FieldBackupsEnabled, "leave backups_enabled out of the entry", "the API does not tell backups_enabled of this server")
		return
	}
	protection, protected := d.fleet.Protected(e.Name)
	if stops := e.Status == fleet.StatusStopped && settled == StatusActive; stops && protected {
		d.block(e, live, fleet.FieldStatus, fmt.Sprintf("take it out of protect (%s) to stop it", protection.Pos),
			"to be stopped, but protected by %q", protection.Pattern)
		return
	}
	d.wait(live, e.Name, settled)
	fields := mutableFields(e.Name, want, live)
	if len(fields) > 0 {
		d.add(&Update{Subject{e.Name, live.ID, updateReason(e, live, fields)}, fields, live.Location})
	}
	d.powerOf(e, live, settled, fields)
}

// powerOf plans the power change that an existing server needs after its update.
// One that takes the place of another is not rebooted, however often it is
// interrupted: a replacement that goes through does not reboot either.
func (d *differ) powerOf(e *fleet.Server, live *Server, settled Status, updated []FieldChange) {
	switch {
	case e.Status == fleet.StatusActive && settled == StatusStopped:
		d.power(ActionStart, settled, e, live.ID, live.Location)
	case e.Status == fleet.StatusStopped && settled == StatusActive:
		d.power(ActionStop, settled, e, live.ID, live.Location)
	case slices.Contains(updated, finishName(e.Name)):
	case settled == StatusActive && slices.ContainsFunc(updated, func(c FieldChange) bool { return slices.Contains(e.RebootOn, c.Field) }):
		d.power(ActionReboot, settled, e, live.ID, live.Location)
	}
}

// power plans one power change.
func (d *differ) power(verb Action, from Status, e *fleet.Server, id, location string) {
	reason := fmt.Sprintf("status: %s at %s", e.Status, e.Source.At(fleet.FieldStatus))
	switch verb {
	case ActionStop:
		reason += "; a stopped server is still billed"
	case ActionReboot:
		reason = "reboot_on at " + e.Source.At(fleet.FieldRebootOn).String()
	}
	was := ""
	if live := d.world.byID[id]; live != nil && live.Name != e.Name {
		was = live.Name
	}
	d.add(&Power{Subject{e.Name, id, reason}, verb, from, was, location})
}

// forcedFields are the differences that the API cannot change in a server that
// exists. A field that the entry leaves out does not differ.
func forcedFields(want Spec, live *Server) (fields []FieldChange) {
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

func updateReason(e *fleet.Server, live *Server, fields []FieldChange) string {
	var why []string
	for _, c := range fields {
		switch {
		case c.Field != fleet.FieldName:
			why = append(why, fmt.Sprintf("%s differs from %s", c.Field, e.Source.At(c.Field)))
		case live.Name == e.RenamedFrom:
			why = append(why, "renamed_from at "+e.Source.At(fleet.FieldRenamedFrom).String())
		case live.Name == e.Name+fleet.NextSuffix:
			why = append(why, "finishes the replacement of "+e.Name)
		default:
			why = append(why, "id at "+e.Source.At(fleet.FieldID).String())
		}
	}
	return strings.Join(why, "; ")
}

// replace plans a new server in the place of one that differs in what the API
// cannot change, where the entry allows it.
func (d *differ) replace(x match, want Spec, forced []FieldChange, settled Status) {
	e, live := x.entry, x.live
	protection, protected := d.fleet.Protected(e.Name)
	spec := keepUndeclared(want, live)
	switch {
	case e.Replace == fleet.ReplaceNever && !protected:
		d.block(e, live, forced[0].Field,
			fmt.Sprintf("to have a new server in its place, write replace: delete-first, or create-first, in the entry at %s; the old one's data is lost", e.Source.Entry),
			"%s, which the API cannot change", differences(forced))
	case protected:
		d.block(e, live, forced[0].Field, fmt.Sprintf("to replace it, take it out of protect (%s) and write replace: in the entry at %s; the old one's data is lost", protection.Pos, e.Source.Entry),
			"%s, which the API cannot change, and it is protected by %q from being replaced", differences(forced), protection.Pattern)
	case x.next != nil && !usable(x.next, spec):
		d.block(e, x.next, forced[0].Field, fmt.Sprintf("look at server %s, and delete it if nothing on it is needed", x.next.ID),
			"to be replaced, but %s (%s) is there and is not what the replacement needs", x.next.Name, x.next.ID)
	default:
		d.wait(live, e.Name, settled)
		old := *live
		old.Status = settled
		r := &Replace{Subject: Subject{e.Name, live.ID, replaceReason(e, forced)}, Mode: e.Replace,
			Fields: append(forced, mutableFields(e.Name, want, live)...), Spec: spec, Old: old}
		if x.next != nil {
			r.NextID, r.Finish = x.next.ID, mutableFields(e.Name, spec, x.next)
		} else {
			d.checkSold(e, spec)
		}
		d.add(r)
		if e.BackupsEnabled == nil {
			d.note(e.Name, "backups_enabled is not declared, so the new server gets the API's default: off")
		}
		d.stopNew(e, spec.Location)
	}
}

func replaceReason(e *fleet.Server, forced []FieldChange) string {
	var fields []string
	for _, c := range forced {
		fields = append(fields, string(c.Field))
	}
	return fmt.Sprintf("the API cannot change %s; replace: %s at %s", strings.Join(fields, ", "), e.Replace, e.Source.At(fleet.FieldReplace))
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
	settled, ok := next.Status.Settles()
	return ok && settled == StatusActive && spec.Fits(*next)
}

// finishReplace plans the rest of a create-first replacement whose old server is
// gone already: the new one gets its name.
func (d *differ) finishReplace(e *fleet.Server, next *Server) {
	if forced := forcedFields(d.want(e), next); len(forced) > 0 {
		d.block(e, next, forced[0].Field, fmt.Sprintf("look at server %s: rename it to %s to keep it, or delete it", next.ID, e.Name),
			"an unfinished replacement has left %s, but %s", next.Name, differences(forced))
		return
	}
	d.existing(match{entry: e, live: next})
}

// differences says in words which fields differ.
func differences(fields []FieldChange) string {
	var parts []string
	for _, c := range fields {
		parts = append(parts, fmt.Sprintf("%s is %s, not %s", c.Field, c.From, c.To))
	}
	return strings.Join(parts, "; ")
}
