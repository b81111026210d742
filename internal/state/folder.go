package state

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/vps-fleet/fleet/apply"
)

const (
	journalSuffix = ".journal"
	lockSuffix    = ".lock"
)

// Folder keeps states in the files of one folder. It is an apply.Store.
type Folder struct {
	disk Disk
	file string // base name of the only state; "": each account has its own
}

// InFolder keeps the state of each account in files of a folder.
func InFolder(path string) *Folder { return &Folder{disk: folder(path)} }

// InFile keeps one account's journal in a file, and the rest beside it.
func InFile(path string) *Folder {
	return &Folder{disk: folder(filepath.Dir(path)), file: filepath.Base(path)}
}

// OnDisk keeps the state of each account on a disk of another kind.
func OnDisk(d Disk) *Folder { return &Folder{disk: d} }

// base is the name of an account's journal.
func (f *Folder) base(k apply.Key) string {
	switch {
	case f.file != "":
		return f.file
	case k.Account == "":
		return plain(k.Endpoint) + "_unknown" + journalSuffix
	}
	return plain(k.Endpoint) + "_" + plain(k.Account) + journalSuffix
}

// others are the names of the journals whose intents may be this account's too: those of
// unknown accounts for a known one, and all of the endpoint for an unknown one.
func (f *Folder) others(k apply.Key) ([]string, error) {
	if f.file != "" {
		return nil, nil
	}
	if k.Account != "" {
		return []string{f.base(apply.Key{Endpoint: k.Endpoint})}, nil
	}
	list, err := f.journals()
	return slices.DeleteFunc(list, func(base string) bool {
		return base == f.base(k) || !strings.HasPrefix(base, plain(k.Endpoint)+"_")
	}), err
}

// journals are the names of all journals. The error says that they cannot be listed.
func (f *Folder) journals() (names []string, err error) {
	if f.file != "" {
		return []string{f.file}, nil
	}
	list, err := f.disk.List()
	for _, file := range list {
		if strings.HasSuffix(file.Name, journalSuffix) {
			names = append(names, file.Name)
		}
	}
	return names, f.unusable("read the journals", "", err)
}

// Open opens an account's state to be read.
func (f *Folder) Open(_ context.Context, k apply.Key) (apply.State, error) {
	return f.open(k), nil
}

// Lock opens an account's state for an apply.
func (f *Folder) Lock(ctx context.Context, k apply.Key, h apply.Holder) (apply.LockedState, error) {
	if _, err := f.read(f.base(k)); err != nil {
		return nil, err // before a lock is left beside it
	}
	held, err := f.lock(k, h)
	if err != nil {
		return nil, err
	}
	s, err := f.locked(ctx, k, held)
	if err != nil {
		return nil, errors.Join(err, held.Close())
	}
	return s, nil
}

// Intents are the open intents of all journals. One that somebody has resolved is
// not open, in whoever's journal it is.
func (f *Folder) Intents(context.Context) ([]apply.Intent, error) {
	names, err := f.journals()
	if err != nil {
		return nil, err
	}
	all, err := f.readAll(names)
	if err != nil {
		return nil, err
	}
	return openIn(all), nil
}

// readAll reads journals.
func (f *Folder) readAll(names []string) (all []entries, err error) {
	for _, name := range names {
		e, err := f.read(name)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// read reads a journal.
func (f *Folder) read(name string) (entries, error) {
	data, err := f.disk.Read(name)
	if err != nil {
		return entries{}, f.unusable("keep the journal of creates", name, err)
	}
	e, err := parse(data)
	if err != nil {
		return entries{}, &DamagedError{f.disk.Path(name), err}
	}
	return e, nil
}

// load reads a file.
func (f *Folder) load(_ context.Context, what, name string) ([]byte, time.Time, error) {
	data, err := f.disk.Read(name)
	return data, time.Now(), f.unusable(what, name, err)
}

func (f *Folder) put(_ context.Context, what, name string, data []byte) error {
	return f.unusable(what, name, f.disk.Replace(name, data))
}

func (f *Folder) drop(_ context.Context, what, name string) error {
	return f.unusable(what, name, f.disk.Remove(name))
}

// list lists the files whose names begin so.
func (f *Folder) list(_ context.Context, what, prefix string) ([]Listed, error) {
	list, err := f.disk.List()
	list = slices.DeleteFunc(list, func(l Listed) bool { return !strings.HasPrefix(l.Name, prefix) })
	return list, f.unusable(what, "", err)
}

func (f *Folder) place(name string) string { return f.disk.Path(name) }

// unusable is the error for a file that cannot be read or written; nil for nil.
func (f *Folder) unusable(what, name string, err error) error {
	if err == nil {
		return nil
	}
	var cause syscall.Errno // the hint names the file
	if errors.As(err, &cause) {
		err = cause
	}
	return &Error{what, f.disk.Path(name), err}
}

// Error is why a state cannot be kept.
type Error struct {
	What string // to be done
	Path string
	Err  error
}

func (e *Error) Error() string { return "cannot " + e.What + ": " + e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *Error) Hint() string {
	return fmt.Sprintf("look at %s: it needs room and leave to write; or give another place with --journal", e.Path)
}

// DamagedError is why a journal cannot be read.
type DamagedError struct {
	Path string
	Err  error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the journal of creates, %s: %s", e.Path, e.Err)
}

// Hint says what to do about it.
func (e *DamagedError) Hint() string {
	return "look at the servers that it may be about, then move the journal away"
}
