package state

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// sharedState is one account's state in a Shared store, to be read.
type sharedState struct {
	store *Shared
	key   apply.Key
}

// read returns what is known to the account by now, by this host's clock.
func (s *sharedState) read(ctx context.Context) (entries, error) {
	asked := s.store.now()
	d, o, err := s.store.document(ctx, s.key)
	if err != nil {
		return entries{}, err
	}
	others, _, err := s.store.others(ctx, s.key)
	own := d.entries()
	all := own.with(s.key, entriesOf(others))
	ahead := clock{o.Now, asked}.skew()
	for k, i := range all.open {
		all.open[k] = shiftIntent(i, -ahead)
	}
	all.deeds = shiftDeeds(all.deeds, -ahead)
	return all, err
}

func entriesOf(docs []document) (list []entries) {
	for _, d := range docs {
		list = append(list, d.entries())
	}
	return list
}

// Intents are the account's open intents, those of other documents included that may
// be its own.
func (s *sharedState) Intents(ctx context.Context) ([]apply.Intent, error) {
	all, err := s.read(ctx)
	return sorted(all.open), err
}

// Deeds are what was done to the account's servers lately, by what other documents
// say included.
func (s *sharedState) Deeds(ctx context.Context) ([]deeds.Deed, error) {
	all, err := s.read(ctx)
	return all.deeds, err
}

// Marks are what rollouts have left, by what other documents say included.
func (s *sharedState) Marks(ctx context.Context) ([]rollout.Mark, error) {
	all, err := s.read(ctx)
	return all.marks, err
}

// Corrections are what unattended applies have put right.
func (s *sharedState) Corrections(ctx context.Context) ([]planner.Correction, error) {
	d, _, err := s.store.document(ctx, s.key)
	return d.Corrections, err
}

// Details are what has been read of servers one by one; an error says why that
// cannot be used.
func (s *sharedState) Details(ctx context.Context) (map[string]observe.Detail, error) {
	name := folderOf(s.key) + detailsName
	o, err := s.store.object(ctx, "read the details", name)
	if err != nil || o.Version == "" {
		return nil, err
	}
	return decodeDetails(name, s.key, o.Data)
}

// PutDetails replaces the details; none need no object.
func (s *sharedState) PutDetails(ctx context.Context, all map[string]observe.Detail) error {
	name := folderOf(s.key) + detailsName
	if len(all) == 0 {
		return s.store.drop(ctx, "save the details", name)
	}
	data, err := json.Marshal(detailsDocument{1, s.key.Endpoint, s.key.Account, all})
	if err != nil {
		return err
	}
	return s.store.put(ctx, "save the details", name, append(data, '\n'))
}

func (s *sharedState) planName(digest string) string {
	return folderOf(s.key) + plansPrefix + plain(digest) + ".json"
}

// Plan is the plan that was kept under a digest; nil where there is none.
func (s *sharedState) Plan(ctx context.Context, digest string) (*apply.KeptPlan, error) {
	const what = "read the kept plan"
	name := s.planName(digest)
	o, err := s.store.object(ctx, what, name)
	if err != nil || o.Version == "" {
		return nil, err
	}
	p, err := decodePlan(digest, o.Data)
	if err != nil {
		return nil, s.store.failed(what, err)
	}
	list, err := s.store.list(ctx, what, name)
	for _, l := range list {
		if l.Name == name && o.Now.Sub(l.Written) <= apply.KeepPlans {
			return &apply.KeptPlan{Plan: p, Since: l.Written}, err
		}
	}
	return nil, err // it was dropped, or is to be
}

// PutPlan keeps a plan under its digest, durably, unless it is kept already.
func (s *sharedState) PutPlan(ctx context.Context, p *planner.Plan) error {
	if kept, err := s.Plan(ctx, p.Digest()); err == nil && kept != nil {
		return nil
	}
	var data bytes.Buffer
	if err := planner.Encode(&data, p, nil); err != nil {
		return err
	}
	return s.store.put(ctx, "keep the plan", s.planName(p.Digest()), data.Bytes())
}

// DropPlan forgets a kept plan.
func (s *sharedState) DropPlan(ctx context.Context, digest string) error {
	return s.store.drop(ctx, "drop the kept plan", s.planName(digest))
}

// dropOldPlans removes the plans that were kept too long ago, by the store's clock.
func (s *sharedState) dropOldPlans(ctx context.Context, now time.Time) error {
	list, err := s.store.list(ctx, "drop old plans", folderOf(s.key)+plansPrefix)
	for _, l := range list {
		if now.Sub(l.Written) > apply.KeepPlans && err == nil {
			err = s.store.drop(ctx, "drop old plans", l.Name)
		}
	}
	return err
}

// Close has nothing to give back.
func (s *sharedState) Close() error { return nil }

func (s *Shared) put(ctx context.Context, what, name string, data []byte) error {
	_, err := ask(ctx, s, what, s.timing.patience, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, s.backend.Put(ctx, name, data)
	})
	return err
}

func (s *Shared) drop(ctx context.Context, what, name string) error {
	_, err := ask(ctx, s, what, s.timing.patience, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, s.backend.Drop(ctx, name)
	})
	return err
}
