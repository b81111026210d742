package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
)

// Lock is the lock that an apply has on an account while it is under way: in a Backend a
// lease, in a folder a lock of the operating system.
type Lock struct {
	Key    apply.Key
	Holder apply.Holder
	Age    time.Duration
	Epoch  int64         // how many times the lease was taken; 0 for a lock of the system
	Left   time.Duration // until the lease ends by itself, if nobody renews it; 0 for a lock of the system
}

// Locks are the leases that applies have now, of all accounts.
func (s *Shared) Locks(ctx context.Context) (locks []Lock, err error) {
	if err := s.checkProof(ctx); err != nil {
		return nil, err
	}
	docs, err := s.all(ctx, "")
	if err != nil {
		return nil, err
	}
	o, err := s.object(ctx, readState, proofName) // for the store's time
	for _, d := range docs {
		if held := d.held(o.Now); held != nil && err == nil {
			locks = append(locks, d.lock(o.Now))
		}
	}
	return locks, err
}

// lock is the lease of a document that somebody has.
func (d document) lock(now time.Time) Lock {
	return Lock{
		Key: apply.Key{Endpoint: d.Endpoint, Account: d.Account}, Holder: d.Lease.Holder, Epoch: d.Epoch,
		Age: now.Sub(d.Lease.Taken), Left: d.Lease.Expires.Sub(now),
	}
}

// Unlock ends the lease of an account that has this epoch, whoever has it. That apply
// sends nothing more as soon as it notices, which is when it writes the next time.
func (s *Shared) Unlock(ctx context.Context, k apply.Key, epoch int64) error {
	for {
		d, o, err := s.document(ctx, k)
		if err != nil {
			return err
		}
		if d.Epoch != epoch || d.held(o.Now) == nil {
			return &EpochError{Epoch: epoch, Now: d.Epoch, Held: d.held(o.Now) != nil}
		}
		d.cutOff()
		d.Write = random()
		data, err := d.encode()
		if err != nil {
			return err
		}
		_, err = ask(ctx, s, "end the lease", func(ctx context.Context) (Object, error) {
			return s.backend.Replace(ctx, folderOf(k)+documentSuffix, data, o.Version)
		})
		if !errors.Is(err, ErrConflict) {
			return err
		}
		// An earlier attempt, whose answer was lost, may have ended it.
		if d, _, err := s.document(ctx, k); err != nil || d.Lease == nil && d.Epoch == epoch {
			return err
		}
	}
}

// EpochError is why a lease was not ended: it is not the one that was meant.
type EpochError struct {
	Epoch int64 // that was meant
	Now   int64
	Held  bool // somebody has the lease with the epoch of now
}

func (e *EpochError) Error() string {
	if e.Held {
		return fmt.Sprintf("the lease has the epoch %d by now, not %d: another apply has taken it", e.Now, e.Epoch)
	}
	return fmt.Sprintf("nobody has the lease with the epoch %d", e.Epoch)
}

// Hint says what to do about it.
func (e *EpochError) Hint() string { return "look at fleet lock again" }

// lockNote says in the file of a lock who has it, and of what.
type lockNote struct {
	apply.Holder
	Endpoint string `json:"endpoint"`
	Account  string `json:"account"`
}

// Locks are the locks that applies of this folder have now.
func (f *Folder) Locks(context.Context) (locks []Lock, err error) {
	list, err := f.disk.List()
	if err != nil {
		return nil, f.unusable("list the locks", "", err)
	}
	for _, file := range list {
		if !strings.HasSuffix(file.Name, lockSuffix) || f.file != "" && file.Name != f.file+lockSuffix {
			continue
		}
		if n := f.noted(file.Name); n != nil {
			locks = append(locks, Lock{Key: apply.Key{Endpoint: n.Endpoint, Account: n.Account}, Holder: n.Holder, Age: time.Since(n.Since)})
		}
	}
	return locks, nil
}

// noted is who has a lock now, as far as its file says; nil where nobody has it, or
// nobody has said. It probes the lock by taking it for a moment.
func (f *Folder) noted(name string) *lockNote {
	l, err := f.disk.Lock(name, true)
	if l != nil {
		_ = l.Close() // nobody had it
	}
	if err != nil || l != nil {
		return nil
	}
	var n lockNote
	if data, err := f.disk.Read(name); err != nil || json.Unmarshal(data, &n) != nil || n.PID == 0 {
		return nil // half a line names nobody
	}
	return &n
}
