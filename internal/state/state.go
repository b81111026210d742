package state

import (
	"context"
	"errors"
	"maps"
	"sync"

	"github.com/vps-fleet/fleet/apply"
)

// state is one account's, to be read.
type state struct {
	folder *Folder
	key    apply.Key
}

func (s *state) base() string { return s.folder.base(s.key) }

// Intents are the account's open intents, those of other journals included that
// may be its own.
func (s *state) Intents(context.Context) ([]apply.Intent, error) {
	_, open, err := s.read()
	return sorted(open), err
}

// read returns what the own journal says, and all intents that are open for this
// account.
func (s *state) read() (own entries, open map[string]apply.Intent, err error) {
	own, err = s.folder.read(s.base())
	if err != nil {
		return own, nil, err
	}
	open = maps.Clone(own.open)
	foreign := make(map[string]apply.Intent)
	for _, name := range s.folder.others(s.key) {
		e, err := s.folder.read(name)
		if err != nil {
			return own, nil, err
		}
		maps.Copy(foreign, e.open)
	}
	resolved := own.resolved
	own.resolved = make(map[string]bool) // those of them that are still open there
	for k, i := range foreign {
		if resolved[k] {
			own.resolved[k] = true
		} else {
			open[k] = i
		}
	}
	maps.DeleteFunc(open, func(_ string, i apply.Intent) bool { return !mine(s.key, i) })
	return own, open, nil
}

// mine reports whether an intent may be about a server of this account.
func mine(k apply.Key, i apply.Intent) bool {
	return i.Endpoint == k.Endpoint && (i.Account == k.Account || i.Account == "" || k.Account == "")
}

// Close has nothing to give back.
func (s *state) Close() error { return nil }

// locked is an account's state while an apply has it.
type locked struct {
	state
	locks   locks
	journal *journal

	mu   sync.Mutex
	open map[string]apply.Intent // the intents that are open for this account
}

// locked reads the state of an account that is locked, and drops from its files
// what is over.
func (f *Folder) locked(k apply.Key, held locks) (*locked, error) {
	s := &locked{state: state{folder: f, key: k}, locks: held}
	s.journal = &journal{open: func() (Log, error) { return f.disk.Append(s.base()) }}
	own, open, err := s.read()
	if err != nil {
		return nil, err
	}
	s.open = open
	if data, err := f.disk.Read(s.base()); err != nil || string(encode(own)) != string(data) {
		if err := f.disk.Replace(s.base(), encode(own)); err != nil {
			return nil, f.failed(keepJournal, s.base(), err)
		}
	}
	return s, s.dropOldPlans()
}

const keepJournal = "keep the journal of creates"

// Intents are the account's open intents.
func (s *locked) Intents(context.Context) ([]apply.Intent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return sorted(s.open), nil
}

// Begin notes an intent, durably.
func (s *locked) Begin(_ context.Context, i apply.Intent) error {
	n, err := s.journal.append(record{Intent: &i})
	if err == nil {
		s.mu.Lock()
		s.open[key(i)] = i
		s.mu.Unlock()
		err = s.journal.sync(n)
	}
	return s.folder.failed(keepJournal, s.base(), err)
}

// Resolve notes what became of an intent.
func (s *locked) Resolve(_ context.Context, i apply.Intent, r apply.Resolution) error {
	s.mu.Lock()
	delete(s.open, key(i))
	s.mu.Unlock()
	why := "made nothing"
	switch {
	case r.Made != "":
		why = "made " + r.Made
	case r.Refused:
		why = "refused"
	}
	_, err := s.journal.append(record{Closed: key(i), Why: why})
	return s.folder.failed(keepJournal, s.base(), err)
}

// Close gives the locks back.
func (s *locked) Close() error {
	return errors.Join(s.folder.failed(keepJournal, s.base(), s.journal.close()), s.locks.Close())
}
