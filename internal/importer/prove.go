package importer

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// Unproven is why nothing is written: read again, the new text would not leave
// everything as it is.
type Unproven struct {
	Name  string // of the server, or of the entry
	Field fleet.Field
	What  string // that is wrong
}

func (e *Unproven) Error() string {
	of := "server " + e.Name
	if e.Field != "" {
		of = string(e.Field) + " of " + of
	}
	return fmt.Sprintf("nothing was written: %s %s", of, e.What)
}

// Hint says what to do next.
func (e *Unproven) Hint() string {
	return "leave the server out with a narrower PATTERN, and report this as a bug"
}

// prove reads the new text and plans it against the same observation: every server
// that has got an entry is listed and stays as it is, and what the files said before
// they still say.
func (j Job) prove(r *Result) error {
	after, err := j.read(r.Files)
	if err != nil {
		return err
	}
	if err := j.sameEntries(after, nil); err != nil {
		return err
	}
	return j.planIsEmpty(after, r.Servers)
}

// planIsEmpty holds that nothing is planned, or blocked, for servers that are listed.
func (j Job) planIsEmpty(after *fleet.Fleet, servers []planner.Server) error {
	entries := planner.Entries(after, j.Observation.Servers)
	ids, names := make(map[string]string), make(map[string]bool)
	for _, s := range servers {
		e := entries[s.ID]
		if e == nil {
			return &Unproven{Name: s.Name, What: "would not be listed"}
		}
		ids[s.ID], names[e.Name] = s.Name, true
	}
	p := planner.Diff(after, j.Observation, planner.Selection{})
	for _, c := range p.Changes {
		about := c.About()
		if name, imported := ids[about.ID]; imported || about.ID == "" && names[about.Name] {
			return &Unproven{Name: cmp.Or(name, about.Name), Field: fieldOf(about.Reason), What: "would be changed: " + string(c.Action())}
		}
	}
	for _, b := range p.Blocked {
		if names[b.Name] {
			return &Unproven{Name: b.Name, Field: fieldOf(b.Reason), What: "would be blocked: " + string(b.Reason.Code)}
		}
	}
	return nil
}

// fieldOf is the field that a reason is about; "" if it is about none.
func fieldOf(r planner.Reason) fleet.Field {
	switch {
	case len(r.Keys) > 0:
		return r.Keys[0]
	case len(r.Fields) > 0:
		return r.Fields[0].Field
	}
	return ""
}

// sameEntries holds that each entry says what it said, but for those of some names,
// and that all else but the catalog is as it was.
func (j Job) sameEntries(after *fleet.Fleet, but map[string]bool) error {
	for _, old := range j.Fleet.Servers {
		now, ok := after.Lookup(old.Name)
		if !ok {
			return &Unproven{Name: old.Name, What: "would lose its entry"}
		}
		s := *now
		old.Source, s.Source = nil, nil
		if !but[old.Name] && !reflect.DeepEqual(old, s) {
			return &Unproven{Name: old.Name, What: "would get another entry than it has"}
		}
	}
	if len(j.Texts) > 0 && !reflect.DeepEqual(rest(j.Fleet), rest(after)) {
		return errors.New("nothing was written: more would change than entries and the catalog")
	}
	return nil
}

// rest is what a fleet says beside its entries and its catalog.
func rest(f *fleet.Fleet) []any {
	var protect []string
	for _, p := range f.Protect {
		protect = append(protect, p.Pattern)
	}
	g := f.Guards
	return []any{f.Account, f.Owns, f.Unlisted, protect, g.MaxDeletes.String(), g.MaxChanges.String(),
		g.MaxMonthlyCost.String(), g.MaxCostIncrease.String(), f.Defaults}
}
