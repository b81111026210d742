package planner

import "github.com/vps-fleet/fleet/fleet"

// owed are, by the server's id, the reboots that earlier runs have not come to.
func (o Observation) owed() map[string]Owed {
	return byKey(o.Owed, func(x Owed) string { return x.ID })
}

// owedReboot plans the reboot that a server is owed, and reports whether it is owed one.
func (d *differ) owedReboot(e *fleet.Server, live *Server) bool {
	x, ok := d.owed[live.ID]
	if !ok || x.Unclear {
		return false
	}
	d.power(ActionReboot, StatusActive, e, live.ID, live.Location)
	reboot := d.plan.Changes[len(d.plan.Changes)-1].(*Power)
	reboot.Reason = Reason{Code: CodeOwed, Since: x.Since}
	return true
}

// unclearReboot blocks what nobody repeats: a reboot that may have been taken. It is
// in doubt until a person has looked, or the server is rebooted or started again.
func (d *differ) unclearReboot(e *fleet.Server, live *Server) {
	if x := d.owed[live.ID]; x.Unclear {
		why := reasonAt(CodeRebootUnclear, e, fleet.FieldName)
		why.Since = x.Since
		d.block(e, live, why)
	}
}

// unshown notes what the API does not show yet of the selected entries' servers.
func (d *differ) unshown(o Observation, sel Selection) {
	for _, x := range o.Unshown {
		if e, listed := d.fleet.Lookup(x.Name); listed && sel.Includes(e) || !listed && sel.IncludesUnlisted(x.Name) && d.fleet.OwnsName(x.Name) {
			d.note(x.Name, Reason{Code: CodeUnshown, Action: x.Action, Since: x.At})
		}
	}
}
