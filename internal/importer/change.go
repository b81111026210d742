package importer

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// changes are those of several files, in their order.
type changes []*change

// change is a file with edits of its text, all of them of the text that its layout is of.
type change struct {
	File
	layout *fleet.Layout
	edits  []fleet.Edit
}

func openChanges(texts []fleet.Text) (c changes, err error) {
	for _, t := range texts {
		x := &change{File: File{t.Name, t.Data, t.Data}}
		if x.layout, err = fleet.ReadLayout(t); err != nil {
			return nil, err
		}
		c = append(c, x)
	}
	return c, nil
}

// of is the change of a file.
func (c changes) of(name string) *change {
	return c[slices.IndexFunc(c, func(x *change) bool { return x.Name == name })]
}

// add takes in what a method of the layout answers.
func (c *change) add(edits []fleet.Edit, err error) error {
	c.edits = append(c.edits, edits...)
	return err
}

// make makes the edits, so that more can follow on the new text. Where two are of one
// place, none is made.
func (c *change) make() error {
	data, err := c.layout.Splice(c.edits)
	c.edits = nil
	if err != nil {
		return fmt.Errorf("cannot change %s in place: %w", c.Name, err)
	}
	c.New = data
	c.layout, err = fleet.ReadLayout(fleet.Text{Name: c.Name, Data: data})
	return err
}

// addNames adds to the catalog what entries refer to: in the file into which is
// written, or else in the first that has a catalog.
func (c changes) addNames(n *names, into string) error {
	home := c.of(into)
	for _, x := range c {
		if !home.layout.HasCatalog() && x.layout.HasCatalog() {
			home = x
		}
	}
	return home.add(home.layout.AddToCatalog(n.plans.added, n.os.added))
}

// files are those that have changed.
func (c changes) files() (files []File, err error) {
	for _, x := range c {
		if err := x.make(); err != nil {
			return nil, err
		}
		if x.Old == nil || !bytes.Equal(x.Old, x.New) {
			files = append(files, x.File)
		}
	}
	return files, nil
}
