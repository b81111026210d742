package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/files"
	"github.com/vps-fleet/fleet/internal/importer"
)

// importTexts reads the fleet files. A single one need not exist.
func (c *command) importTexts() ([]fleet.Text, error) {
	if paths := c.flags.files; len(paths) == 1 {
		if _, err := os.Stat(paths[0]); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	return fleet.ReadTexts(c.flags.files...)
}

// importInto is the file that gets the entries, by its name among the texts.
func (c *command) importInto(into string, texts []fleet.Text) (string, error) {
	switch {
	case into == "" && len(texts) == 0:
		return c.flags.files[0], nil
	case into == "" && len(texts) == 1:
		return texts[0].Name, nil
	case into == "":
		return "", refusal{"there are several fleet files to import into", "say which with --into, such as --into " + texts[len(texts)-1].Name}
	}
	for _, t := range texts {
		if samePath(t.Name, into) {
			return t.Name, nil
		}
	}
	_, err := os.Lstat(into)
	isRead := slices.ContainsFunc(c.flags.files, func(path string) bool {
		return samePath(path, into) || samePath(path, filepath.Dir(into)) && fleet.IsFleetFile(filepath.Base(into))
	})
	if err == nil || !isRead {
		return "", refusal{"--into " + into + " is not among the fleet files", "name one of " + strings.Join(c.flags.files, ", ") + ", or a new file in a directory that -f gives"}
	}
	return into, nil
}

// samePath reports whether two paths name one place.
func samePath(a, b string) bool {
	x, err := filepath.Abs(a)
	y, err2 := filepath.Abs(b)
	return err == nil && err2 == nil && x == y
}

// writeImport replaces files, each whole or not at all, that are still as they were
// read.
func (c *command) writeImport(changed []importer.File) error {
	const what = "the fleet file"
	for _, f := range changed {
		if err := checkRegular(what, f.Name); err != nil {
			return err
		}
	}
	for _, f := range changed {
		err := files.Exchange(f.Name, f.Old, f.New)
		if errors.Is(err, files.ErrChanged) {
			return refusal{f.Name + " has changed since it was read, and was not written", "import again"}
		}
		if err != nil {
			return notSaved(what, f.Name, err)
		}
	}
	return nil
}
