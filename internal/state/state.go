package state

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/apply/rollout"
)

// state is one account's, to be read.
type state struct {
	kept
	known func(context.Context) (entries, error) // to the account by now, by this host's clock
}

// Intents are the account's open intents, those of other accounts included that may
// be its own.
func (s *state) Intents(ctx context.Context) ([]apply.Intent, error) {
	all, err := s.known(ctx)
	return sorted(all.open), err
}

// Deeds are what was done to the account's servers lately, by what others say
// included.
func (s *state) Deeds(ctx context.Context) ([]deeds.Deed, error) {
	all, err := s.known(ctx)
	return all.deeds, err
}

// Marks are what rollouts have left, by what others say included.
func (s *state) Marks(ctx context.Context) ([]rollout.Mark, error) {
	all, err := s.known(ctx)
	return rollout.PruneMarks(all.marks, all.marks, time.Now()), err
}

// Close has nothing to give back.
func (s *state) Close() error { return nil }

// entries are what a journal or a document says: the intents that are open, by key,
// the keys of others' intents that were resolved here, and the deeds and marks, oldest
// first.
type entries struct {
	open     map[string]apply.Intent
	resolved map[string]bool
	deeds    []deeds.Deed
	marks    []rollout.Mark
}

func noEntries() entries {
	return entries{open: make(map[string]apply.Intent), resolved: make(map[string]bool)}
}

// with returns what is known to an account that has these entries, where others may
// be about its servers too. It also prunes e: of others' intents that were resolved here
// those that are not open there any more, of deeds and marks those that are over.
func (e *entries) with(k apply.Key, others []entries) (all entries) {
	all = e.copied()
	foreign := make(map[string]apply.Intent)
	for _, o := range others {
		maps.Copy(foreign, o.open)
		all.deeds, all.marks = append(all.deeds, o.deeds...), append(all.marks, o.marks...)
	}
	e.resolved = make(map[string]bool)
	for k, i := range foreign {
		if all.resolved[k] {
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
	all.marks = slices.DeleteFunc(all.marks, func(m rollout.Mark) bool { return !mine(k, m.Endpoint, m.Account) })
	slices.SortStableFunc(all.marks, func(a, b rollout.Mark) int { return a.At.Compare(b.At) })
	now := time.Now()
	all.deeds, all.marks = deeds.Prune(all.deeds, all.deeds, now), rollout.PruneMarks(all.marks, all.marks, now)
	e.deeds, e.marks = deeds.Prune(e.deeds, all.deeds, now), rollout.PruneMarks(e.marks, all.marks, now)
	return all
}

// copied are the same entries in memory of their own.
func (e entries) copied() entries {
	return entries{maps.Clone(e.open), maps.Clone(e.resolved), slices.Clone(e.deeds), slices.Clone(e.marks)}
}

// mine reports whether what is noted of an account at an endpoint may be about a
// server of this account.
func mine(k apply.Key, endpoint, account string) bool {
	return endpoint == k.Endpoint && (account == k.Account || account == "" || k.Account == "")
}

// openIn are the open intents of all journals or documents. One that somebody has
// resolved is not open, in whoever's it is.
func openIn(list []entries) []apply.Intent {
	open := make(map[string]apply.Intent)
	for _, e := range list {
		maps.Copy(open, e.open)
	}
	for _, e := range list {
		for k := range e.resolved {
			delete(open, k)
		}
	}
	return sorted(open)
}
