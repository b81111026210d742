package planner

import (
	"fmt"
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// takesName is the name that a change gives to a server that did not have it.
func takesName(c Change) (string, bool) {
	switch c := c.(type) {
	case *Create:
		return c.Name, true
	case *Update:
		for _, f := range c.Fields {
			if f.Field == fleet.FieldName {
				return f.To.AsText()
			}
		}
	}
	return "", false
}

// freesName is the name that nobody has any more once a change is done.
func freesName(c Change) (string, bool) {
	switch c := c.(type) {
	case *Delete:
		return c.Old.Name, true
	case *Update:
		for _, f := range c.Fields {
			if f.Field == fleet.FieldName {
				return f.From.AsText()
			}
		}
	}
	return "", false
}

// blockTakenNames blocks what would give a server a name that another one has
// and that this plan does not free first. Two servers of one name are never made.
func (d *differ) blockTakenNames() {
	t := takers{world: d.world, freeing: make(map[string]Change), verdict: make(map[Change]string)}
	for _, c := range d.plan.Changes {
		if _, ok := freesName(c); ok {
			t.freeing[c.About().ID] = c
		}
	}
	blocked := make(map[string]bool)
	for _, c := range d.plan.Changes {
		if why := t.conflict(c); why != "" {
			blocked[c.About().Name] = true
			e, _ := d.fleet.Lookup(c.About().Name)
			d.block(e, nil, fleet.FieldName, "rename or delete the other server, or list it in the file with the change it needs", "%s", why)
		}
	}
	if len(blocked) == 0 {
		return
	}
	deletes := func(id string) bool { return t.freeing[id] != nil && t.freeing[id].Action() == ActionDelete }
	d.plan.Changes = slices.DeleteFunc(d.plan.Changes, func(c Change) bool {
		return blocked[c.About().Name] && c.Action() != ActionDelete
	})
	d.plan.Waits = slices.DeleteFunc(d.plan.Waits, func(w Wait) bool { return blocked[w.Name] && !deletes(w.ID) })
}

// takers finds out which changes can have the names they take.
type takers struct {
	world   *world
	freeing map[string]Change // by the id of the server whose name becomes free
	verdict map[Change]string // "" is fine; while it is being worked out, the reason why a circle is not
}

// conflict says why a change cannot have the name it takes, or "".
func (t *takers) conflict(c Change) string {
	name, ok := takesName(c)
	if !ok || len(t.world.byName[name]) == 0 {
		return ""
	}
	if why, known := t.verdict[c]; known {
		return why
	}
	t.verdict[c] = fmt.Sprintf("servers exchange names in a circle through %s; rename one of them to a third name first", name)
	t.verdict[c] = t.holders(c, name)
	return t.verdict[c]
}

func (t *takers) holders(c Change, name string) string {
	for _, holder := range t.world.byName[name] {
		if holder.ID == c.About().ID {
			continue
		}
		freeing, ok := t.freeing[holder.ID]
		if !ok {
			return fmt.Sprintf("the name %s belongs to server %s, which keeps it", name, holder.ID)
		}
		if why := t.conflict(freeing); why != "" {
			return why
		}
	}
	return ""
}
