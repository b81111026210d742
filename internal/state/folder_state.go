package state

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

const (
	correctionsSuffix = ".corrections"
	fightsSuffix      = ".fights" // what earlier versions called it; read until it is replaced
	detailsSuffix     = ".details"
	planSuffix        = ".plan"
)

// folderState is one account's state in a Folder, to be read.
type folderState struct {
	state
	folder *Folder
	base   string // the name of the journal
}

// open is the state of an account.
func (f *Folder) open(k apply.Key) *folderState {
	base := f.base(k)
	s := &folderState{folder: f, base: base}
	s.kept = kept{objects: f, key: k, details: base + detailsSuffix, planPrefix: base + ".", planSuffix: planSuffix}
	s.known = func(context.Context) (entries, error) {
		_, all, err := s.read()
		return all, err
	}
	return s
}

// read returns what the own journal says, without what is over, and what is known to
// the account.
func (s *folderState) read() (own, all entries, err error) {
	own, err = s.folder.read(s.base)
	if err != nil {
		return own, all, err
	}
	names, err := s.folder.others(s.key)
	if err != nil {
		return own, all, err
	}
	others, err := s.folder.readAll(names)
	if err != nil {
		return own, all, err
	}
	all = own.with(s.key, others)
	return own, all, nil
}

// correctionsDocument is the file of corrections. It never says what exists, and to
// lose it costs nothing: what is undone again and again is noticed some runs later.
type correctionsDocument struct {
	FormatVersion int                  `json:"format_version"`
	Corrections   []planner.Correction `json:"corrections"`
}

// Corrections are what unattended applies have put right; of a damaged file, nothing.
func (s *folderState) Corrections(context.Context) ([]planner.Correction, error) {
	data, err := s.folder.disk.Read(s.base + correctionsSuffix)
	if err == nil && data == nil {
		data, err = s.folder.disk.Read(s.base + fightsSuffix)
	}
	if err != nil {
		return nil, s.folder.unusable("read what was corrected", s.base+correctionsSuffix, err)
	}
	var doc correctionsDocument
	if json.Unmarshal(data, &doc) != nil || doc.FormatVersion != 1 {
		return nil, nil
	}
	return doc.Corrections, nil
}

// locked is an account's state while an apply has it.
type locked struct {
	*folderState
	locks   locks
	journal *journal

	mu  sync.Mutex
	all entries // what is known to the account
}

// locked reads the state of an account that is locked, and drops from its files
// what is over.
func (f *Folder) locked(ctx context.Context, k apply.Key, held locks) (*locked, error) {
	s := &locked{folderState: f.open(k), locks: held}
	s.journal = &journal{open: func() (Log, error) { return f.disk.Append(s.base) }}
	own, all, err := s.read()
	if err != nil {
		return nil, err
	}
	s.all = all
	s.known = func(context.Context) (entries, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.all.copied(), nil
	}
	if data, err := f.disk.Read(s.base); err != nil || string(encode(own)) != string(data) {
		if err := f.put(ctx, keepJournal, s.base, encode(own)); err != nil {
			return nil, err
		}
	}
	return s, s.dropOldPlans(ctx, time.Now())
}

const keepJournal = "keep the journal of creates"

// note appends a record to the journal.
func (s *locked) note(r record, durable bool) error {
	n, err := s.journal.append(r)
	if err == nil {
		s.mu.Lock()
		s.all.take(r)
		s.mu.Unlock()
		if durable {
			err = s.journal.sync(n)
		}
	}
	return s.folder.unusable(keepJournal, s.base, err)
}

// Announce has nothing to do: to note one intent after another costs little.
func (s *locked) Announce(context.Context, []apply.Intent) error { return nil }

// MayChange never fails: the lock goes with the process.
func (s *locked) MayChange() error { return nil }

// Begin notes an intent, durably.
func (s *locked) Begin(_ context.Context, i apply.Intent) error {
	return s.note(record{Intent: &i}, true)
}

// Note notes a deed.
func (s *locked) Note(_ context.Context, d deeds.Deed, durable bool) error {
	return s.note(record{Deed: &d}, durable)
}

// Mark notes a mark, durably.
func (s *locked) Mark(_ context.Context, m rollout.Mark) error {
	return s.note(record{Mark: &m}, true)
}

// Resolve notes what became of an intent. For this run it is over, whether that can be
// written or not.
func (s *locked) Resolve(_ context.Context, i apply.Intent, r apply.Resolution) error {
	s.mu.Lock()
	delete(s.all.open, key(i))
	s.mu.Unlock()
	why := "made nothing"
	switch {
	case r.Made != "":
		why = "made " + r.Made
	case r.Refused:
		why = "refused"
	}
	return s.note(record{Closed: key(i), Why: why}, false)
}

// PutCorrections replaces the corrections.
func (s *locked) PutCorrections(ctx context.Context, all []planner.Correction) error {
	const what = "note what was corrected"
	err := putDocument(ctx, s.folder, what, s.base+correctionsSuffix, correctionsDocument{1, all}, len(all) == 0)
	if err != nil {
		return err
	}
	return s.folder.drop(ctx, what, s.base+fightsSuffix)
}

// Close gives the locks back.
func (s *locked) Close() error {
	return errors.Join(s.folder.unusable(keepJournal, s.base, s.journal.close()), s.locks.Close())
}
