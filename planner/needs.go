package planner

import (
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// Claims is the name that a change gives to a server that did not have it; "" where
// it gives none.
func Claims(c Change) string {
	switch c := c.(type) {
	case *Create:
		return c.Name
	case *Update:
		return renames(c).To.text()
	case *Replace:
		if c.FailedID != "" {
			return c.Name + fleet.NextSuffix
		}
	}
	return ""
}

// releases is the name that nobody has any more once a change is done; "" where there
// is none.
func releases(c Change) string {
	switch c := c.(type) {
	case *Delete:
		return c.Old.Name
	case *Update:
		return renames(c).From.text()
	}
	return ""
}

// renames is what an update makes of the name; zero where it leaves it as it is.
func renames(c *Update) FieldChange {
	for _, f := range c.Fields {
		if f.Field == fleet.FieldName {
			return f
		}
	}
	return FieldChange{}
}

// needs tells which changes each change cannot do without, by their indexes: those
// that release the name it claims, the one that makes its server, and, for a reboot,
// the update it is for.
func (p *Plan) needs() [][]int {
	released, makes, updates := make(map[string][]int), make(map[string]int), make(map[string]int)
	for i, c := range p.Changes {
		if name := releases(c); name != "" {
			released[name] = append(released[name], i)
		}
		switch c.Action() {
		case ActionCreate, ActionReplace:
			makes[c.About().Name] = i
		case ActionUpdate:
			updates[c.About().ID] = i
		}
	}
	needs := make([][]int, len(p.Changes))
	for i, c := range p.Changes {
		if name := Claims(c); name != "" {
			needs[i] = released[name]
		}
		power, ok := c.(*Power)
		if !ok {
			continue
		}
		before, found := makes[power.Name]
		if power.ID != "" {
			before, found = updates[power.ID]
			found = found && power.Verb == ActionReboot && power.Reason.Code != CodeAskedFor
		}
		if found {
			needs[i] = []int{before}
		}
	}
	return needs
}

// spread excludes whatever needs something that is excluded, directly or not. because
// has an item's own index where the item is excluded by itself, else -1; spread sets it
// to the index of an excluded item that the item needs.
func spread(because []int, needs func(int) []int) {
	excluded := func(i int) bool { return because[i] >= 0 }
	for again := true; again; {
		again = false
		for i := range because {
			if excluded(i) {
				continue
			}
			before := needs(i)
			if at := slices.IndexFunc(before, excluded); at >= 0 {
				because[i], again = before[at], true
			}
		}
	}
}
