package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/google/renameio/v2"
)

// maxRead is more than any file that fleet keeps for itself has.
const maxRead = 64 << 20

// readFile reads a file that fleet itself has written; one that does not exist is
// empty. It opens no device or pipe, which could hold the run.
func readFile(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", path)
	case info.Size() > maxRead:
		return nil, fmt.Errorf("%s is larger than %d MiB", path, maxRead>>20)
	}
	return os.ReadFile(path)
}

// replaceFile writes what, which the error names, to a file: whole or not at all,
// and never through a link or into a device.
func replaceFile(what, path string, data []byte, mode fs.FileMode) error {
	if err := checkRegular(what, path); err != nil {
		return err
	}
	return notSaved(what, path, renameio.WriteFile(path, data, mode, renameio.WithStaticPermissions(mode)))
}

// checkRegular refuses a place where something is that must not be replaced.
func checkRegular(what, path string) error {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return refusal{fmt.Sprintf("cannot save %s: %s is there and is not a regular file", what, path), "give the name of a file, new or to be replaced; for stdout there is --json"}
	}
	return nil
}

// checkFolder refuses a file in a folder that is not there.
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
