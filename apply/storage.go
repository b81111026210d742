package apply

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/google/renameio/v2"
)

// maxJournal bounds a journal that is read; open intents are a few hundred bytes each.
const maxJournal = 64 << 20

// File is a journal's storage in a file, readable by its owner only. A symbolic
// link in its place is not followed.
type File struct {
	Path string
	open *os.File
}

// Read reads the file; one that does not exist is empty.
func (f *File) Read() ([]byte, error) {
	in, err := os.OpenFile(f.Path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, f.failed(err)
	}
	defer in.Close()
	if info, err := in.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, f.failed(errors.New("it is there, and is not a regular file"))
	}
	data, err := io.ReadAll(io.LimitReader(in, maxJournal+1))
	switch {
	case err != nil:
		return nil, f.failed(err)
	case len(data) > maxJournal:
		return nil, f.failed(fmt.Errorf("it is larger than %d MiB", maxJournal>>20))
	}
	return data, nil
}

// Append adds to the file, and makes it where there is none.
func (f *File) Append(line []byte) error {
	if f.open == nil {
		if err := f.create(); err != nil {
			return f.failed(err)
		}
	}
	_, err := f.open.Write(line)
	return f.failed(err)
}

// create opens the file to append to. A new one's entry in its folder is synced,
// so that the file lasts as its content does.
func (f *File) create() error {
	folder := filepath.Dir(f.Path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(f.Path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	f.open = out
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// Sync makes what was appended last.
func (f *File) Sync() error {
	if f.open == nil {
		return nil
	}
	return f.failed(f.open.Sync())
}

// Rewrite replaces the whole content.
func (f *File) Rewrite(all []byte) error {
	f.Close()
	return f.failed(renameio.WriteFile(f.Path, all, 0o600))
}

// Close closes the file. It may be written to again.
func (f *File) Close() {
	if f.open != nil {
		f.open.Close()
		f.open = nil
	}
}

func (f *File) failed(err error) error {
	if err == nil {
		return nil
	}
	var cause syscall.Errno // the hint names the file
	if errors.As(err, &cause) {
		err = cause
	}
	return &journalError{f.Path, err}
}

// journalError is why a journal cannot be kept, so that no create may be sent.
type journalError struct {
	path string
	err  error
}

func (e *journalError) Error() string { return "cannot keep the journal of creates: " + e.err.Error() }
func (e *journalError) Unwrap() error { return e.err }

// Hint says what to do about it.
func (e *journalError) Hint() string {
	return fmt.Sprintf("look at %s: it needs room and leave to write; or give another place with --journal", e.path)
}
