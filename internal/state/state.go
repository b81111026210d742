package state

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/apply/rollout"
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
	_, all, err := s.read()
	return sorted(all.open), err
}

// Deeds are what was done to the account's servers lately, by what other journals
// say included.
func (s *state) Deeds(context.Context) ([]deeds.Deed, error) {
	_, all, err := s.read()
	return all.deeds, err
}

// Marks are what rollouts have left, by what other journals say included.
func (s *state) Marks(context.Context) ([]rollout.Mark, error) {
	_, all, err := s.read()
	return all.marks, err
}

// read returns what the own journal says, and all intents that are open for this
// account, with all its deeds.
func (s *state) read() (own, all entries, err error) {
	own, err = s.folder.read(s.base())
	if err != nil {
		return own, all, err
	}
	var others []entries
	for _, name := range s.folder.others(s.key) {
		e, err := s.folder.read(name)
		if err != nil {
			return own, all, err
		}
		others = append(others, e)
	}
	all = own.with(s.key, others)
	return own, all, nil
}

// with returns what is known to an account that has these entries, where others may
// be about its servers too. Of what it has resolved it forgets what is not open
// there any more.
func (e *entries) with(k apply.Key, others []entries) (all entries) {
	all.open, all.deeds, all.marks = maps.Clone(e.open), slices.Clone(e.deeds), slices.Clone(e.marks)
	foreign := make(map[string]apply.Intent)
	for _, o := range others {
		maps.Copy(foreign, o.open)
		all.deeds, all.marks = append(all.deeds, o.deeds...), append(all.marks, o.marks...)
	}
	resolved := e.resolved
	e.resolved = make(map[string]bool)
	for k, i := range foreign {
		if resolved[k] {
			e.resolved[k] = true
		} else {
			all.open[k] = i
		}
	}
	maps.DeleteFunc(all.open, func(_ string, i apply.Intent) bool { return !mine(k, i.Endpoint, i.Account) })
	all.deeds = slices.DeleteFunc(all.deeds, func(d deeds.Deed) bool { return !mine(k, d.Endpoint, d.Account) })
	if len(all.deeds) > len(e.deeds) {
		slices.SortStableFunc(all.deeds, func(a, b deeds.Deed) int { return a.At.Compare(b.At) })
	}
	all.deeds = deeds.Prune(all.deeds, all.deeds, time.Now())
	all.marks = slices.DeleteFunc(all.marks, func(m rollout.Mark) bool { return !mine(k, m.Endpoint, m.Account) })
	slices.SortStableFunc(all.marks, func(a, b rollout.Mark) int { return a.At.Compare(b.At) })
	all.marks = rollout.PruneMarks(all.marks, all.marks, time.Now())
	return all
}

// mine reports whether what is noted of an account at an endpoint may be about a
// server of this account.
func mine(k apply.Key, endpoint, account string) bool {
	return endpoint == k.Endpoint && (account == k.Account || account == "" || k.Account == "")
}

// Close has nothing to give back.
func (s *state) Close() error { return nil }

// locked is an account's state while an apply has it.
type locked struct {
	state
	locks   locks
	journal *journal

	mu    sync.Mutex
	open  map[string]apply.Intent // the intents that are open for this account
	deeds []deeds.Deed
	marks []rollout.Mark
}

// locked reads the state of an account that is locked, and drops from its files
// what is over.
func (f *Folder) locked(k apply.Key, held locks) (*locked, error) {
	s := &locked{state: state{folder: f, key: k}, locks: held}
	s.journal = &journal{open: func() (Log, error) { return f.disk.Append(s.base()) }}
	own, all, err := s.read()
	if err != nil {
		return nil, err
	}
	own.deeds = deeds.Prune(own.deeds, all.deeds, time.Now())
	own.marks = rollout.PruneMarks(own.marks, all.marks, time.Now())
	s.open, s.deeds, s.marks = all.open, all.deeds, all.marks
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

// Deeds are what was done to the account's servers lately.
func (s *locked) Deeds(context.Context) ([]deeds.Deed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.deeds), nil
}

// Note notes a deed.
func (s *locked) Note(_ context.Context, d deeds.Deed, durable bool) error {
	n, err := s.journal.append(record{Deed: &d})
	if err == nil {
		s.mu.Lock()
		s.deeds = append(s.deeds, d)
		s.mu.Unlock()
		if durable {
			err = s.journal.sync(n)
		}
	}
	return s.folder.failed(keepJournal, s.base(), err)
}

// Marks are what rollouts have left.
func (s *locked) Marks(context.Context) ([]rollout.Mark, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return rollout.PruneMarks(s.marks, s.marks, time.Now()), nil
}

// Mark notes a mark, durably.
func (s *locked) Mark(_ context.Context, m rollout.Mark) error {
	n, err := s.journal.append(record{Mark: &m})
	if err == nil {
		s.mu.Lock()
		s.marks = append(s.marks, m)
		s.mu.Unlock()
		err = s.journal.sync(n)
	}
	return s.folder.failed(keepJournal, s.base(), err)
}

// Announce has nothing to do: to note one intent after another costs little.
func (s *locked) Announce(context.Context, []apply.Intent) error { return nil }

// MayChange never fails: the lock goes with the process.
func (s *locked) MayChange() error { return nil }

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
