package importer

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// changes are edits of several files.
type changes struct {
	names []string // of the files, in their order
	of    map[string]*change
}

// change is the edits of one file, all of the text that its layout is of.
type change struct {
	text   fleet.Text
	layout *fleet.Layout
	edits  []fleet.Edit
}

func openChanges(texts []fleet.Text) (*changes, error) {
	c := &changes{of: make(map[string]*change)}
	for _, t := range texts {
		layout, err := fleet.ReadLayout(t)
		if err != nil {
			return nil, err
		}
		c.names = append(c.names, t.Name)
		c.of[t.Name] = &change{text: t, layout: layout}
	}
	return c, nil
}

// make makes the edits, so that more can follow on the new text. Where two are of one
// place, none is made.
func (c *change) make() error {
	data, err := c.layout.Splice(c.edits)
	c.edits = nil
	if err != nil {
		return fmt.Errorf("cannot change %s in place: %w", c.text.Name, err)
	}
	c.text.Data = data
	c.layout, err = fleet.ReadLayout(c.text)
	return err
}

// addNames adds to the catalog what entries refer to: in the file into which is
// written, or else in the first that has a catalog.
func (c *changes) addNames(n *names, into string) error {
	home := c.of[into]
	for _, name := range c.names {
		if !home.layout.HasCatalog() && c.of[name].layout.HasCatalog() {
			home = c.of[name]
		}
	}
	edits, err := home.layout.AddToCatalog(n.plans.added, n.os.added)
	home.edits = append(home.edits, edits...)
	return err
}

// files are those that have changed. What was not there before is new.
func (c *changes) files(before []fleet.Text) (files []File, err error) {
	for _, name := range c.names {
		x := c.of[name]
		if err := x.make(); err != nil {
			return nil, err
		}
		f := File{Name: name, New: x.text.Data}
		if i := slices.IndexFunc(before, func(t fleet.Text) bool { return t.Name == name }); i >= 0 {
			f.Old = before[i].Data
		}
		if f.Old == nil || !bytes.Equal(f.Old, f.New) {
			files = append(files, f)
		}
	}
	return files, nil
}
