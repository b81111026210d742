package planner

import (
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// blockTakenNames blocks what would give a server a name that another one has
// and that this plan does not release first. Two servers of one name are never made.
func (d *differ) blockTakenNames() {
	t := nameTransfer{world: d.world, releasing: make(map[string]Change), checked: make(map[Change]*Reason)}
	for _, c := range d.plan.Changes {
		if releases(c) != "" {
			t.releasing[c.About().ID] = c
		}
	}
	blocked := make(map[string]bool)
	for _, c := range d.plan.Changes {
		if why := t.conflict(c); why != nil {
			blocked[c.About().Name] = true
			e, _ := d.fleet.Lookup(c.About().Name)
			reason := *why
			reason.At = []fleet.Pos{e.Source.Entry}
			d.block(e, nil, reason)
		}
	}
	if len(blocked) == 0 {
		return
	}
	deletes := func(id string) bool { return t.releasing[id] != nil && t.releasing[id].Action() == ActionDelete }
	d.plan.Changes = slices.DeleteFunc(d.plan.Changes, func(c Change) bool {
		return blocked[c.About().Name] && c.Action() != ActionDelete
	})
	d.plan.Waits = slices.DeleteFunc(d.plan.Waits, func(w Wait) bool { return blocked[w.Name] && !deletes(w.ID) })
}

// nameTransfer decides which changes can have the names that they claim.
type nameTransfer struct {
	world     World
	releasing map[string]Change  // by the id of the server whose name is released
	checked   map[Change]*Reason // nil: no conflict; while a change is being checked, that it is in a circle
}

// conflict is why a change cannot have the name it claims; nil where it can.
func (t *nameTransfer) conflict(c Change) *Reason {
	name := Claims(c)
	if name == "" || len(t.world.byName[name]) == 0 {
		return nil
	}
	if why, known := t.checked[c]; known {
		return why
	}
	t.checked[c] = &Reason{Code: CodeNameCircle, Name: name}
	t.checked[c] = t.kept(c, name)
	return t.checked[c]
}

// kept is why one of the servers that have a name keeps it; nil where none does.
func (t *nameTransfer) kept(c Change, name string) *Reason {
	for _, s := range t.world.byName[name] {
		if s.ID == c.About().ID {
			continue
		}
		release, ok := t.releasing[s.ID]
		if !ok {
			return &Reason{Code: CodeNameTaken, Name: name, Servers: []Other{{ID: s.ID}}}
		}
		if why := t.conflict(release); why != nil {
			return why
		}
	}
	return nil
}
