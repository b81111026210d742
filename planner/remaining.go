package planner

import (
	"fmt"
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// Conflict is a change of an approved plan that the world no longer fits: it is
// neither still to do as it was approved nor done already.
type Conflict struct {
	Name   string `json:"name"`
	ID     string `json:"id,omitempty"`
	Reason string `json:"reason"`
}

func (c Conflict) Error() string {
	if c.ID == "" {
		return c.Name + ": " + c.Reason
	}
	return fmt.Sprintf("%s (%s): %s", c.Name, c.ID, c.Reason)
}

// Remaining holds an approved plan against a new observation and returns what of
// it is still to do. What is done already is left out. Nothing is ever added: what
// has become different is a conflict, and any conflict must refuse the run.
func (p *Plan) Remaining(o Observation) (*Plan, []Conflict) {
	r := remainder{world: newWorld(o), makes: map[string]bool{}, updated: map[string]bool{}, known: map[string]bool{}, waiting: map[string]bool{}}
	rest := *p
	rest.Changes, rest.Waits, rest.Notes = nil, nil, slices.Clone(p.Notes)
	for _, c := range p.Changes {
		r.known[c.About().ID] = true
	}
	for _, c := range p.Changes {
		left, conflict := r.left(c)
		if conflict != "" {
			s := c.About()
			r.conflicts = append(r.conflicts, Conflict{s.Name, s.ID, conflict})
		}
		if left != nil {
			rest.Changes = append(rest.Changes, left)
			r.wait(left)
		}
	}
	for _, w := range p.Waits {
		if live := r.world.byID[w.ID]; live != nil {
			r.waitFor(w.Name, live)
		}
	}
	rest.Waits = r.waits
	rest.Notes = append(rest.Notes, r.notes...)
	rest.sort()
	return &rest, r.conflicts
}

// remainder gathers what is left of a plan.
type remainder struct {
	world     *world
	makes     map[string]bool // names of servers that are still to be made
	updated   map[string]bool // ids of servers whose update is done already
	known     map[string]bool // ids that the plan speaks of
	waiting   map[string]bool // ids in waits
	waits     []Wait
	notes     []Note
	conflicts []Conflict
}

// left returns what is still to do of a change: the change itself, what remains
// of it, or nil when it is done. A conflict is told in words.
func (r *remainder) left(c Change) (left Change, conflict string) {
	switch c := c.(type) {
	case *Create:
		return r.create(c)
	case *Update:
		return r.update(c)
	case *Replace:
		return r.replace(c)
	case *Power:
		return r.power(c)
	case *Delete:
		return r.delete(c)
	}
	panic(fmt.Sprintf("unknown change %T", c))
}

func (r *remainder) create(c *Create) (Change, string) {
	switch live := r.world.byName[c.Name]; {
	case len(live) == 0:
		r.makes[c.Name] = true
		return c, ""
	case len(live) == 1 && c.Spec.Fits(*live[0]) && (c.Spec.Hostname == nil || textOrNull(c.Spec.Hostname) == textOrNull(live[0].Hostname)):
		return nil, ""
	default:
		return nil, fmt.Sprintf("to be created, but by now there is a server of that name, %s", live[0].ID)
	}
}

func (r *remainder) update(c *Update) (Change, string) {
	live := r.world.byID[c.ID]
	if live == nil {
		return nil, "to be updated, but it is gone"
	}
	if _, ok := live.Status.Settles(); !ok {
		return nil, fmt.Sprintf("to be updated, but its status is %q by now", live.Status)
	}
	if _, renames := takesName(c); !renames && live.Name != c.Name {
		return nil, fmt.Sprintf("to be updated, but its name is %s by now", live.Name)
	}
	from, to := 0, 0
	for _, f := range c.Fields {
		now, _ := live.Value(f.Field)
		switch {
		case now.Equal(f.To):
			to++
		case now.Equal(f.From):
			from++
		default:
			return nil, fmt.Sprintf("%s was %s when the plan was made and is %s now", f.Field, f.From, now)
		}
	}
	switch {
	case from == 0:
		r.updated[c.ID] = true
		return nil, ""
	case to > 0:
		return nil, "some of its fields were changed since the plan was made, some were not"
	}
	return c, ""
}

// replace finds out how far a replacement has come.
func (r *remainder) replace(c *Replace) (Change, string) {
	next := r.world.byName[c.Name+fleet.NextSuffix]
	if old := r.world.byID[c.ID]; old != nil {
		if why := ChangedSince(c.Old, *old); why != "" {
			return nil, "to be replaced, but " + why
		}
		rest := *c
		if c.Mode == fleet.ReplaceCreateFirst && len(next) > 0 {
			if len(next) > 1 || !usable(next[0], c.Spec) {
				return nil, fmt.Sprintf("to be replaced, but %s (%s) is not what the replacement needs", next[0].Name, next[0].ID)
			}
			rest.NextID, rest.Finish = next[0].ID, mutableFields(c.Name, c.Spec, next[0])
		}
		r.makes[c.Name] = true
		return &rest, ""
	}
	named := r.world.byName[c.Name]
	switch {
	case len(named) == 1 && c.Spec.Fits(*named[0]):
		return nil, ""
	case len(named) > 0:
		return nil, fmt.Sprintf("to be replaced, but by now there is another server of that name, %s", named[0].ID)
	case c.Mode == fleet.ReplaceDeleteFirst:
		r.makes[c.Name] = true
		return c.rest("", nil), ""
	case len(next) == 1 && usable(next[0], c.Spec):
		r.makes[c.Name] = true
		return c.rest(next[0].ID, mutableFields(c.Name, c.Spec, next[0])), ""
	}
	return nil, "to be replaced, but both it and its replacement are gone"
}

func (r *remainder) power(c *Power) (Change, string) {
	if c.ID == "" && r.makes[c.Name] {
		return c, ""
	}
	live := r.world.byID[c.ID]
	if named := r.world.byName[c.Name]; c.ID == "" && len(named) == 1 {
		live = named[0]
	}
	if live == nil {
		return nil, fmt.Sprintf("to %s, but it is gone", c.Verb)
	}
	settled, ok := live.Status.Settles()
	switch {
	case !ok:
		return nil, fmt.Sprintf("to %s, but its status is %q by now", c.Verb, live.Status)
	case c.Verb == ActionReboot && r.updated[c.ID]:
		r.notes = append(r.notes, Note{c.Name, "its update is in place already; whether it was rebooted after it, nobody can tell, so it is not rebooted again"})
		return nil, ""
	case settled == c.From:
		rest := *c
		rest.ID = live.ID
		return &rest, ""
	case settled == c.Goal() && c.Verb != ActionReboot:
		return nil, ""
	}
	return nil, fmt.Sprintf("to %s, but it is %s by now", c.Verb, live.Status)
}

func (r *remainder) delete(c *Delete) (Change, string) {
	live := r.world.byID[c.ID]
	if live == nil {
		for _, other := range r.world.byName[c.Old.Name] {
			if !r.known[other.ID] {
				return nil, fmt.Sprintf("to be deleted, but it is gone, and another server has its name, %s", other.ID)
			}
		}
		return nil, ""
	}
	if why := ChangedSince(c.Old, *live); why != "" {
		return nil, "to be deleted, but " + why
	}
	return c, ""
}

// ChangedSince says in what a server is no longer the one that was observed, or
// "". It is asked again just before a server is deleted.
func ChangedSince(old, now Server) string {
	status, ok := now.Status.Settles()
	for _, f := range []struct{ what, was, is string }{
		{"name", old.Name, now.Name},
		{"plan", old.Plan.ID, now.Plan.ID},
		{"os", old.OS.ID, now.OS.ID},
		{"location", old.Location, now.Location},
		{"hostname", textOrNull(old.Hostname).String(), textOrNull(now.Hostname).String()},
		{"status", string(old.Status), string(status)},
	} {
		if f.was != f.is {
			return fmt.Sprintf("its %s was %s when the plan was made and is %s now", f.what, f.was, f.is)
		}
	}
	if !ok {
		return fmt.Sprintf("its status is %q", now.Status)
	}
	return ""
}

// wait waits for the server of a change first, if it is on its way somewhere.
func (r *remainder) wait(c Change) {
	s := c.About()
	if live := r.world.byID[s.ID]; live != nil {
		r.waitFor(s.Name, live)
	}
}

func (r *remainder) waitFor(name string, live *Server) {
	settled, ok := live.Status.Settles()
	if ok && settled != live.Status && !r.waiting[live.ID] {
		r.waiting[live.ID] = true
		r.waits = append(r.waits, Wait{name, live.ID, live.Status, settled})
	}
}
