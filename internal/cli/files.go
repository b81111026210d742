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

// checkReplace refuses a file that could not be replaced, because of what is there or
// because its folder takes no other.
func checkReplace(what, path string) error {
	if err := checkRegular(what, path); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".fleet-*")
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
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

// appendFile adds to a file, which is made where there is none.
func appendFile(what, path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err == nil {
		_, err = f.Write(data)
		err = errors.Join(err, f.Close())
	}
	return notSaved(what, path, err)
}

// removeFile removes what an earlier run has written.
func removeFile(what, path string) error {
	err := os.Remove(path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("%s of an earlier run still exists: %w", what, err)
}

// checkFiles refuses names of files that a run cannot write, or not beside one
// another: its reports, and all else that it may have been told to write.
func (c *command) checkFiles() error {
	written := append(c.reports(), report{what: "the events", file: c.flags.events}, report{what: "the metrics", file: c.flags.metrics},
		report{what: "what was reported", file: c.flags.once}, report{what: "the journal", file: c.flags.journal})
	taken := make(map[string]string)
	for _, r := range written {
		path, err := filepath.Abs(r.file)
		other, ok := taken[path]
		switch {
		case r.file == "":
			continue
		case r.file == "-":
			return refusal{"cannot save " + r.what + ": - is no name of a file", "for stdout there is --json"}
		case err != nil:
			return notSaved(r.what, r.file, err)
		case ok:
			return refusal{fmt.Sprintf("%s and %s cannot be saved in one file, %s", other, r.what, r.file), "give each a file of its own"}
		}
		taken[path] = r.what
	}
	return nil
}
