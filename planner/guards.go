package planner

import (
	"fmt"

	"github.com/vps-fleet/fleet/fleet"
)

// Violation is a guard that a plan goes beyond; the whole run is refused then.
type Violation struct {
	Guard   string      // the key in the file: max_deletes or max_changes
	Got     int         // how many servers the plan deletes or changes
	Allowed int         // how many it may
	Limit   fleet.Limit // as written
	Flag    string      // the flag that would allow exactly this, with its number
}

func (v Violation) Error() string {
	limit := v.Limit.String()
	if v.Limit.Percent {
		limit += fmt.Sprintf(", that is %d", v.Allowed)
	}
	where := ""
	if v.Limit.Pos.Line > 0 {
		where = " (" + v.Limit.Pos.String() + ")"
	}
	return fmt.Sprintf("guards.%s allows %s%s, the plan has %d", v.Guard, limit, where, v.Got)
}

// Hint says what would allow the run.
func (v Violation) Hint() string {
	return fmt.Sprintf("review the plan, then allow exactly this with %s, or raise guards.%s in the fleet file", v.Flag, v.Guard)
}

// Violations are the guards that the plan goes beyond. Equal is allowed. A
// server that changes in several ways counts once; a replacement counts as a delete.
func (p *Plan) Violations() []Violation {
	deletes, changes := p.touched()
	deleteLimit := p.Guards.MaxDeletes
	deleteLimit.Set = true // none written means none allowed
	var found []Violation
	for _, g := range []struct {
		guard, flag string
		limit       fleet.Limit
		got         int
	}{
		{"max_deletes", "--allow-deletes", deleteLimit, deletes},
		{"max_changes", "--allow-changes", p.Guards.MaxChanges, changes},
	} {
		if allowed := g.limit.Of(p.Scope.Total); g.limit.Set && g.got > allowed {
			found = append(found, Violation{g.guard, g.got, allowed, g.limit, fmt.Sprintf("%s %d", g.flag, g.got)})
		}
	}
	return found
}

// touched counts the servers that the plan deletes, and those that it changes in any way.
func (p *Plan) touched() (deletes, changes int) {
	names := make(map[string]bool)
	for _, c := range p.Changes {
		if _, ok := c.(*Replace); ok || c.Action() == ActionDelete {
			deletes++
		}
		if s := c.About(); c.Action() == ActionDelete {
			changes++ // its name may also be the name of a server that stays
		} else {
			names[s.Name] = true
		}
	}
	return deletes, changes + len(names)
}
