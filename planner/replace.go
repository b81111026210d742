package planner

import (
	"cmp"

	"github.com/vps-fleet/fleet/fleet"
)

// replace plans a new server in the place of one that differs in what the API
// cannot change, where the entry allows it.
func (d *differ) replace(x match, want Spec, forced []FieldChange, target Status) {
	e, live := x.entry, x.live
	spec := want.or(live)
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
		at, reason.Code, reason.Fields, reason.Servers = x.next, CodeNextUnfit, nil, others(x.next)
	default:
		if notSold := d.notSold(e, spec); x.next == nil && len(notSold) > 0 {
			d.block(e, live, notSold...)
			return
		}
		d.replaceWith(x, failed, want, forced, target)
		return
	}
	d.block(e, at, reason)
}

// failedNext removes from a match a NAME--next that could not be made, where the entry
// allows to make it anew, and returns it; nil: there is none.
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
// made is deleted first. The new server is a create, so it gets ignored fields too.
func (d *differ) replaceWith(x match, failed *Server, want Spec, forced []FieldChange, target Status) {
	e, live, old := x.entry, x.live, *x.live
	old.Status = target
	r := &Replace{Subject: Subject{e.Name, live.ID, replaceReason(e, forced), e.Labels}, Mode: e.Replace, Spec: want.or(live), Old: old}
	r.Fields = append(want.fixedFields(live), want.mutableFields(e.Name, live)...)
	if failed != nil {
		why := reasonAt(CodeNextFailed, e, fleet.FieldReplaceFailed)
		why.Name = e.Name
		d.delete(failed, Subject{failed.Name, failed.ID, why, e.Labels})
		r.FailedID = failed.ID
	}
	if x.next != nil {
		r.NextID, r.Finish = x.next.ID, r.Spec.mutableFields(e.Name, x.next)
	}
	d.wait(live, e.Name, target)
	d.add(r)
	if e.BackupsEnabled == nil {
		d.note(e.Name, Reason{Code: CodeBackupsDefault})
	}
	d.stopNew(e, r.Spec)
}

// replaceReason names the fields that force a replacement.
func replaceReason(e *fleet.Server, forced []FieldChange) Reason {
	r := reasonAt(CodeImmutable, e, fleet.FieldReplace)
	r.Mode = e.Replace
	for _, c := range forced {
		r.Keys = append(r.Keys, c.Field)
	}
	if len(forced) == 0 {
		r.Code = CodeAskedFor
	}
	return r
}

// or takes what a spec leaves out from a live server, so that a replacement changes
// no more than the file says.
func (s Spec) or(live *Server) Spec {
	s.Plan, s.OS, s.Location = cmp.Or(s.Plan, live.Plan), cmp.Or(s.OS, live.OS), cmp.Or(s.Location, live.Location)
	s.Hostname = cmp.Or(s.Hostname, live.Hostname)
	return s
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
		r.Fields, r.Servers = forced, others(next)
		d.block(e, next, r)
		return
	}
	d.existing(match{entry: e, live: next})
}
