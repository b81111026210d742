package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/vps-fleet/fleet/internal/files"
)

// readFile reads a file that fleet itself has written; one that does not exist is
// empty.
func readFile(path string) ([]byte, error) {
	data, err := files.Read(path)
	if errors.Is(err, files.ErrNotRegular) {
		err = fmt.Errorf("%s is not a regular file", path)
	}
	return data, err
}

// replaceFile writes what, which the error names, to a file: whole or not at all,
// and never through a link or into a device.
func replaceFile(what, path string, data []byte, mode fs.FileMode) error {
	if err := checkRegular(what, path); err != nil {
		return err
	}
	return notSaved(what, path, files.Replace(path, data, mode))
}

// checkRegular refuses a place where something is that must not be replaced.
func checkRegular(what, path string) error {
	if files.CheckRegular(path) != nil {
		return refusal{fmt.Sprintf("cannot save %s: %s exists and is not a regular file", what, path), "give the name of a file, new or to be replaced; for stdout there is --json"}
	}
	return nil
}

// checkFolder refuses a file in a folder that does not exist.
func checkFolder(what, path string) error {
	_, err := os.Stat(filepath.Dir(path) + "/.")
	return notSaved(what, path, err)
}

// notSaved says what could not be saved, and where; nil for nil.
func notSaved(what, path string, err error) error {
	if err == nil {
		return nil
	}
	var cause syscall.Errno // without the name of a temporary file
	if errors.As(err, &cause) {
		err = cause
	}
	return fmt.Errorf("cannot save %s in %s: %w", what, path, err)
}
