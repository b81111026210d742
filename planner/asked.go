package planner

import (
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// Asked is what is to be done to servers beside what the file says of them, by
// patterns of the names of its entries. Only selected entries are meant.
type Asked struct{ Reboot, Replace, Start, Stop []string }

// patterns are those of one kind of change.
func (a Asked) patterns(action Action) []string {
	switch action {
	case ActionReboot:
		return a.Reboot
	case ActionReplace:
		return a.Replace
	case ActionStart:
		return a.Start
	case ActionStop:
		return a.Stop
	}
	return nil
}

// Unmatched finds a pattern that no selected entry of a fleet matches, and what is
// asked for by it; ok is false where there is none. An absent entry is not meant.
func (s Selection) Unmatched(f *fleet.Fleet) (action Action, pattern string, ok bool) {
	for _, action := range Actions {
		for _, pattern := range s.Asked.patterns(action) {
			if !slices.ContainsFunc(f.Servers, func(e fleet.Server) bool {
				return !e.Absent && s.Includes(&e) && fleet.Match(pattern, e.Name)
			}) {
				return action, pattern, true
			}
		}
	}
	return "", "", false
}

// asks reports whether a change of an entry is asked for.
func (d *differ) asks(e *fleet.Server, action Action) bool {
	return slices.ContainsFunc(d.asked.patterns(action), func(pattern string) bool { return fleet.Match(pattern, e.Name) })
}

// finishes reports whether a live server is the new one of a replacement whose old
// server is gone: then that replacement was what was asked for.
func finishes(e *fleet.Server, live *Server) bool { return live.Name == e.Name+fleet.NextSuffix }

// refuseAsked is why what is asked for cannot be done to a server, nil where it can,
// or nothing is asked for. What the next apply would undo is not done.
func (d *differ) refuseAsked(e *fleet.Server, live *Server, target Status) *Reason {
	if finishes(e, live) {
		return nil
	}
	refuse := func(action Action, status Status, at fleet.Field) *Reason {
		r := reasonAt(CodeAskedInVain, e, at)
		r.Action, r.Status = action, status
		return &r
	}
	stop, start, reboot := d.asks(e, ActionStop), d.asks(e, ActionStart), d.asks(e, ActionReboot)
	protection, protected := d.fleet.Protected(e.Name)
	switch {
	case stop && (e.Status == fleet.StatusActive || start || reboot):
		return refuse(ActionStop, StatusActive, fleet.FieldStatus)
	case start && e.Status == fleet.StatusStopped:
		return refuse(ActionStart, StatusStopped, fleet.FieldStatus)
	case reboot && (e.Status == fleet.StatusStopped || target == StatusStopped && e.Status == fleet.StatusAny && !start):
		return refuse(ActionReboot, StatusStopped, fleet.FieldStatus)
	case stop && protected && target == StatusActive:
		r := protectedReason(e, protection, ActionStop, fleet.FieldName)
		return &r
	}
	return nil
}

// askedPower is the power change that is asked for, "" where none is. A server that is
// as asked already is left as it is; a start is a boot as well.
func (d *differ) askedPower(e *fleet.Server, live *Server, target Status) Action {
	switch {
	case finishes(e, live):
	case d.asks(e, ActionStop) && target == StatusActive:
		return ActionStop
	case d.asks(e, ActionStart) && target == StatusStopped:
		return ActionStart
	case d.asks(e, ActionReboot) && target == StatusActive:
		return ActionReboot
	}
	return ""
}

// askedOfNew notes what is asked for of a server that is still to be created.
func (d *differ) askedOfNew(e *fleet.Server) {
	for _, action := range []Action{ActionReplace, ActionStop, ActionReboot} {
		if d.asks(e, action) {
			d.note(e.Name, Reason{Code: CodeAskedOfNew, Action: action})
		}
	}
}

// WithoutAsked returns a new plan without those asked-for changes of the approved plan
// that are done; left is what is left of the approved plan. So a second apply of the
// same digest goes on where the first ended, and does nothing twice.
func (p *Plan) WithoutAsked(approved, left *Plan) *Plan {
	was, open := approved.askedFor(), left.askedFor()
	goOn := keep(left.Waits, Wait.disturbed) // as they are when what earlier runs have done is left out
	now := *p
	now.Waits = append(keep(p.Waits, func(w Wait) bool {
		return !slices.ContainsFunc(goOn, func(x Wait) bool { return x.ID == w.ID })
	}), goOn...)
	rest, _ := now.without(func(c Change) (why Reason, out bool) {
		is := asked(c)
		return Reason{}, was[is] && !open[is]
	})
	rest.Notes = slices.Concat(p.Notes, keep(left.Notes, func(n Note) bool { return n.Reason.Code == CodeAskedDone }))
	rest.Blocked = slices.Concat(p.Blocked, keep(left.Blocked, func(b Blocked) bool {
		return b.Reason.Code == CodeRebootUnclear && !slices.ContainsFunc(p.Blocked, b.same)
	}))
	rest.sort()
	return rest
}

// Asks reports whether a plan has a change that was asked for.
func (p *Plan) Asks() bool { return len(p.askedFor()) > 0 }

// askedFor is what of a plan was asked for.
func (p *Plan) askedFor() map[askedChange]bool {
	all := make(map[askedChange]bool)
	for _, c := range p.Changes {
		all[asked(c)] = true
	}
	delete(all, askedChange{})
	return all
}

// askedChange names a change that was asked for; it is zero for every other.
type askedChange struct {
	action Action
	name   string
}

func asked(c Change) (x askedChange) {
	if about := c.About(); about.Reason.Code == CodeAskedFor {
		x = askedChange{c.Action(), about.Name}
	}
	return x
}
