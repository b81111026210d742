package apply

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// Lock keeps a second apply of one account from running on this host.
type Lock struct{ file *flock.Flock }

// LockedError is why a lock could not be had.
type LockedError struct {
	Path   string
	Holder Holder // zero where nobody has said
}

func (e *LockedError) Error() string {
	if e.Holder.PID == 0 {
		return "another apply of this account is under way on this host"
	}
	return fmt.Sprintf("another apply of this account is under way: process %d on %s, since %s (%s)",
		e.Holder.PID, e.Holder.Host, e.Holder.Since.Local().Format(time.DateTime), e.Holder.Command)
}

// Hint says what to do about it.
func (e *LockedError) Hint() string {
	return "wait until it has ended; the lock is the system's, and goes with the process: there is nothing to unlock"
}

// TakeLock takes the lock at a path, or says who holds it. It never waits.
func TakeLock(path string, holder Holder) (*Lock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the lock: %w\nhint: give another place with --journal", err)
	}
	l := &Lock{flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW), flock.SetPermissions(0o600))}
	ok, err := l.file.TryLock()
	if err != nil {
		return nil, fmt.Errorf("cannot take the lock: %w\nhint: give another place with --journal", err)
	}
	if !ok {
		locked := &LockedError{Path: path}
		if data, err := os.ReadFile(path); err == nil {
			json.Unmarshal(data, &locked.Holder) // half a line names nobody
		}
		return nil, locked
	}
	// Who holds it is for people to read; without it the lock holds as well.
	if line, err := json.Marshal(holder); err == nil {
		os.WriteFile(path, append(line, '\n'), 0o600)
	}
	return l, nil
}

// Release gives the lock back. The file stays: removing it would let two hold it.
func (l *Lock) Release() { l.file.Unlock() }

// JournalName is the file name of the journal of an account at an endpoint.
func JournalName(endpoint, account string) string {
	if account == "" {
		account = "unknown"
	}
	safe := func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '@', r == '+':
			return r
		}
		return '_'
	}
	return strings.Map(safe, strings.TrimPrefix(endpoint, "https://")+"_"+account) + ".journal"
}
