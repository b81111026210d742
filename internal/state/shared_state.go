package state

import (
	"context"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

// sharedState is one account's state in a Shared store, to be read.
type sharedState struct {
	state
	store *Shared
}

// open is the state of an account.
func (s *Shared) open(k apply.Key) *sharedState {
	r := &sharedState{store: s}
	r.kept = kept{objects: s, key: k, details: folderOf(k) + detailsName, planPrefix: folderOf(k) + plansPrefix, planSuffix: ".json"}
	r.known = r.read
	return r
}

// read returns what is known to the account by now.
func (s *sharedState) read(ctx context.Context) (entries, error) {
	asked := s.store.now()
	d, o, err := s.store.document(ctx, s.key)
	if err != nil {
		return entries{}, err
	}
	others, _, err := s.store.others(ctx, s.key)
	own := d.entries()
	return own.with(s.key, entriesOf(others)).shifted(-clock{o.Now, asked}.skew()), err
}

func entriesOf(docs []document) (list []entries) {
	for _, d := range docs {
		list = append(list, d.entries())
	}
	return list
}

// Corrections are what unattended applies have put right.
func (s *sharedState) Corrections(ctx context.Context) ([]planner.Correction, error) {
	d, _, err := s.store.document(ctx, s.key)
	return d.Corrections, err
}
