package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"os"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/files"
	"github.com/vps-fleet/fleet/internal/inventory"
	"github.com/vps-fleet/fleet/planner"
)

// listInput reads the fleet files. Where none was named, there need not be one: then
// inReach is false, and the list is of the account.
func (c *command) listInput(patterns []string) (in apply.Input, inReach bool, err error) {
	sel := planner.Selection{Targets: patterns, Labels: c.flags.labels}
	for _, p := range patterns {
		if err := checkPattern(p); err != nil {
			return in, false, err
		}
	}
	_, err = os.Stat(c.flags.files[0])
	if !c.flags.fileIsGiven && errors.Is(err, fs.ErrNotExist) {
		if !sel.Labels.IsZero() {
			return in, false, refusal{"there is no " + c.flags.files[0] + ", and labels are in fleet files alone", "name the fleet file with -f"}
		}
		return apply.Input{Fleet: new(fleet.Fleet), Selection: sel}, false, nil
	}
	f, err := fleet.Load(c.flags.files...)
	return apply.Input{Fleet: f, Selection: sel}, true, err
}

// saveList writes the list to its file where that has other content. A hosts file
// has lines of others: it is written whole only where it is the list's alone.
func (c *command) saveList(l listFlags, text []byte) error {
	const what = "the list"
	if l.format == "hosts" {
		old, err := files.Read(l.out)
		if err != nil {
			return notSaved(what, l.out, err)
		}
		whole, err := inventory.ReplaceBlock(old, text)
		switch {
		case l.block && err != nil:
			return refusal{"cannot save the list in " + l.out + ": " + err.Error(), "put the file in order; nothing was written"}
		case l.block:
			text = whole
		case len(old) > 0 && !bytes.Equal(whole, text):
			return refusal{"cannot save the list in " + l.out + ": the file has lines that are not fleet's", "keep them with --block"}
		}
	}
	if err := checkRegular(what, l.out); err != nil {
		return err
	}
	return notSaved(what, l.out, files.Update(l.out, text))
}
