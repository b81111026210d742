// Package files reads and writes the files that fleet keeps or is told to write, in
// one way on every system: a link in a file's place is never followed, a device or
// a pipe never opened, and a file is replaced whole or not at all. What is in the
// files is for others to know.
package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// MaxRead is more than any file that fleet has written for itself, in bytes.
const MaxRead = 64 << 20

// ErrNotRegular is why a file is left alone: it is a link, a folder, a device or
// a pipe.
var ErrNotRegular = errors.New("it exists and is not a regular file")

// Read reads a regular file; one that does not exist is empty.
func Read(path string) ([]byte, error) {
	in, err := open(path, os.O_RDONLY|nonBlocking, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, MaxRead+1))
	if len(data) > MaxRead {
		err = fmt.Errorf("it is larger than %d MiB", MaxRead>>20)
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}

// Append opens a file to append to, and makes one for its owner alone where there
// is none. What was written is durable after Sync.
func Append(path string) (*os.File, error) {
	f, err := open(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := SyncFolder(filepath.Dir(path)); err != nil { // a new file is to last as its content does
		f.Close()
		return nil, err
	}
	return f, nil
}

// Replace writes a file with exactly the mode: whole, or not at all.
func Replace(path string, data []byte, mode fs.FileMode) error {
	if err := CheckRegular(path); err != nil {
		return err
	}
	return replace(path, data, mode)
}

// CheckRegular refuses a path where something is that is no regular file.
func CheckRegular(path string) error {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return ErrNotRegular
	}
	return nil
}

// open opens a regular file. The check before is for systems that cannot refuse a
// link as they open it, the one after for all that may come between.
func open(path string, flag int, mode fs.FileMode) (*os.File, error) {
	if err := CheckRegular(path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, flag|NoFollow, mode)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = ErrNotRegular
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// ErrChanged is why a file is left alone that is not what it was taken for.
var ErrChanged = errors.New("it has changed")

// Exchange gives a file new content where it still has the old one, and keeps its
// mode and its owner. Where old is nil there must be no file, and one is made for all
// to read. The file is replaced whole, or not at all. The error is ErrChanged where
// somebody else has written the file.
func Exchange(path string, old, data []byte) error {
	info, err := os.Lstat(path)
	switch {
	case old == nil && errors.Is(err, fs.ErrNotExist):
		return replace(path, data, 0o644)
	case old == nil && err == nil, errors.Is(err, fs.ErrNotExist):
		return ErrChanged
	case err != nil:
		return err
	}
	now, err := Read(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, old) {
		return ErrChanged
	}
	return replaceAs(path, data, info)
}

// Update gives a file new content where it has another, as Exchange does.
func Update(path string, data []byte) error {
	old, err := Read(path)
	if err != nil || old != nil && bytes.Equal(old, data) {
		return err
	}
	return Exchange(path, old, data)
}
