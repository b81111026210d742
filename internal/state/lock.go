package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/files"
)

// lockFile takes a lock of the operating system, which goes with the process; nil
// where somebody else has it. The file stays: removing it would let two have it.
func lockFile(path string, shared bool) (io.Closer, error) {
	f := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR|files.NoFollow), flock.SetPermissions(0o600))
	try := f.TryLock
	if shared {
		try = f.TryRLock
	}
	if ok, err := try(); err != nil || !ok {
		return nil, err
	}
	return f, nil
}

// LockedError is why a state cannot be locked. It is an apply.ErrLocked.
type LockedError struct {
	Holder apply.Holder // zero where nobody has said
}

func (e *LockedError) Error() string {
	text := apply.ErrLocked.Error() + " on this host"
	if e.Holder.PID == 0 {
		return text
	}
	return lockedBy(e.Holder)
}

// lockedBy says who has an account.
func lockedBy(h apply.Holder) string {
	return fmt.Sprintf("%s: process %d on %s, since %s (%s)", apply.ErrLocked, h.PID, h.Host, h.Since.Local().Format(time.DateTime), h.Command)
}

func (e *LockedError) Unwrap() error { return apply.ErrLocked }

// Hint says what to do about it.
func (e *LockedError) Hint() string {
	return "wait until it has ended, as --wait does; the lock is the system's, and goes with the process: there is nothing to unlock"
}

// locks are those that an apply holds while it has an account's state.
type locks []io.Closer

// probing is longer than a lock that no apply has can be taken by a probe of it.
const probing = 20 * time.Millisecond

// tryLock locks a file; nil where an apply has it.
func (f *Folder) tryLock(name string, shared bool) (io.Closer, error) {
	for until := time.Now().Add(probing); ; time.Sleep(time.Millisecond) {
		l, err := f.disk.Lock(name, shared)
		if l != nil || err != nil || time.Now().After(until) {
			return l, err
		}
	}
}

// lock takes an account's locks: the endpoint's, where it has one, then its own.
func (f *Folder) lock(k apply.Key, h apply.Holder) (locks, error) {
	var held locks
	take := func(name string, shared bool) error {
		l, err := f.tryLock(name, shared)
		switch {
		case err != nil:
			return f.unusable("take the lock", name, err)
		case l == nil:
			return &LockedError{f.holder(k)}
		}
		held = append(held, l)
		return nil
	}
	var err error
	if f.file == "" {
		err = take(plain(k.Endpoint)+lockSuffix, k.Account != "")
	}
	own := f.base(k) + lockSuffix
	if err == nil {
		err = take(own, false)
	}
	if err != nil {
		return nil, errors.Join(err, held.Close())
	}
	// Who has it is for people to read; without it the lock holds as well.
	if line, err := json.Marshal(lockNote{h, k.Endpoint, k.Account}); err == nil {
		_ = f.disk.Note(own, append(line, '\n'))
	}
	return held, nil
}

// holder is who has the state of an account, or of another account that excludes it.
func (f *Folder) holder(k apply.Key) apply.Holder {
	names := []string{f.base(k) + lockSuffix, f.base(apply.Key{Endpoint: k.Endpoint}) + lockSuffix}
	if k.Account == "" {
		list, _ := f.disk.List() // else nobody is named
		for _, file := range list {
			if strings.HasPrefix(file.Name, plain(k.Endpoint)+"_") && strings.HasSuffix(file.Name, journalSuffix+lockSuffix) {
				names = append(names, file.Name)
			}
		}
	}
	for _, name := range names {
		if n := f.noted(name); n != nil {
			return n.Holder
		}
	}
	return apply.Holder{}
}

func (l locks) Close() error {
	var failed []error
	for _, lock := range l {
		failed = append(failed, lock.Close())
	}
	return errors.Join(failed...)
}

// plain is a text as a part of a file's name.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune(".-@+", r):
			return r
		}
		return '_'
	}, strings.TrimPrefix(text, "https://"))
}
