package importer

import (
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// rewrite gives entries the values that their servers have by now.
func (j Job) rewrite(all []*drifted, n *names, r *Result) error {
	c, err := openChanges(j.Texts)
	if err != nil {
		return err
	}
	byFile := make(map[string][]*drifted)
	for _, d := range all {
		x := c.of(d.at.File)
		d.key, _ = x.layout.KeyAt(d.at)
		byFile[d.at.File] = append(byFile[d.at.File], d)
		r.Entries++
		j.inherited(d, x.layout, r)
	}
	for file, list := range byFile {
		if err := c.of(file).rewrite(list); err != nil {
			return err
		}
	}
	if err := c.addNames(n, all[0].at.File); err != nil {
		return err
	}
	r.Files, err = c.files()
	return err
}

// rewrite changes entries of one file, together where that can be. Entries that
// repeat one another change one after the other.
func (c *change) rewrite(list []*drifted) error {
	for _, d := range list {
		if err := c.edit(d); err != nil {
			return err
		}
	}
	if c.make() == nil {
		return nil
	}
	for _, d := range list {
		if err := c.edit(d); err != nil {
			return err
		}
		if err := c.make(); err != nil {
			return err
		}
	}
	return nil
}

// edit changes one entry. Where not all of its servers have become the same, those
// that differ are parted from its range.
func (c *change) edit(d *drifted) error {
	if common, ok := d.common(); ok {
		return c.add(c.layout.Set(d.key, common...))
	}
	var apart []fleet.NewEntry
	for _, name := range d.names {
		if fields := d.fields[name]; fields != nil {
			apart = append(apart, fleet.NewEntry{Key: name, Fields: fields})
		}
	}
	return c.add(c.layout.Split(d.key, apart...))
}

// common are the fields that all servers of an entry have in one way by now, a
// hostname as a template.
func (d *drifted) common() (common []fleet.FieldText, ok bool) {
	for i, name := range d.names {
		var here []fleet.FieldText
		for _, f := range d.fields[name] {
			if f.Field == fleet.FieldHostname && len(d.names) > 1 && f.Text != unmanaged {
				f.Text = fleet.QuoteText(template(name, strings.Trim(f.Text, `"`)))
			}
			here = append(here, f)
		}
		if i > 0 && !slices.Equal(common, here) || len(here) == 0 {
			return nil, false
		}
		common = here
	}
	return common, true
}

// inherited notes the fields that the entry had from elsewhere until now.
func (j Job) inherited(d *drifted, l *fleet.Layout, r *Result) {
	for _, name := range d.names {
		e, _ := j.Fleet.Lookup(name)
		for _, f := range d.fields[name] {
			if from := e.Source.At(f.Field); from != e.Source.Entry && !l.Writes(d.key, f.Field) {
				r.Inherited = append(r.Inherited, Inherited{name, f.Field, from})
			}
		}
	}
}

// proveAccepted holds that the servers that were written are as the new text says in
// every field, and that all others' entries say what they said.
func (j Job) proveAccepted(all []*drifted, r *Result, sel planner.Selection) error {
	after, err := j.read(r.Files)
	if err != nil {
		return err
	}
	changed := make(map[string]bool)
	for _, d := range all {
		for name := range d.fields {
			changed[name] = true
		}
	}
	if err := j.sameEntries(after, changed); err != nil {
		return err
	}
	left := make(map[string]bool)
	for _, l := range r.Left {
		left[l.Server.Name+" "+string(l.Field)] = true
	}
	for _, x := range planner.FindDrift(after, nil, j.Observation, sel).Differences {
		isValue := x.Kind == planner.DriftChanged || x.Kind == planner.DriftPower
		if isValue && changed[x.Name] && !left[x.Name+" "+string(x.Field)] {
			return &Unproven{Name: x.Name, Field: x.Field, What: "would still differ"}
		}
	}
	return nil
}
