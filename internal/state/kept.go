package state

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/planner"
)

// objects keeps data under names, in a folder or in a backend. what says, for the error,
// what it was asked to do.
type objects interface {
	load(ctx context.Context, what, name string) (data []byte, now time.Time, err error) // no data: there is none
	put(ctx context.Context, what, name string, data []byte) error
	drop(ctx context.Context, what, name string) error
	list(ctx context.Context, what, prefix string) ([]Listed, error)

	place(name string) string // for people
	unusable(what, name string, err error) error
}

// kept are an account's objects that are replaced as a whole: the details of servers
// and the plans.
type kept struct {
	objects
	key                    apply.Key
	details                string // the name of what has been read of servers
	planPrefix, planSuffix string // around a plan's digest
}

type detailsDocument struct {
	FormatVersion int                       `json:"format_version"`
	Endpoint      string                    `json:"endpoint"`
	Account       string                    `json:"account"`
	Details       map[string]observe.Detail `json:"details"`
}

// Details are what has been read of servers one by one; an error says why that
// cannot be used.
func (s *kept) Details(ctx context.Context) (map[string]observe.Detail, error) {
	data, _, err := s.load(ctx, "read the details", s.details)
	if err != nil || data == nil {
		return nil, err
	}
	return decodeDetails(s.place(s.details), s.key, data)
}

// decodeDetails reads the details of an account.
func decodeDetails(name string, k apply.Key, data []byte) (map[string]observe.Detail, error) {
	var doc detailsDocument
	switch err := json.Unmarshal(data, &doc); {
	case err != nil:
		return nil, fmt.Errorf("%s is damaged: %w", name, err)
	case doc.FormatVersion != 1:
		return nil, fmt.Errorf("%s has format_version %d, not 1", name, doc.FormatVersion)
	case apply.Key{Endpoint: doc.Endpoint, Account: doc.Account} != k:
		return nil, fmt.Errorf("%s is of another account", name)
	}
	now := time.Now()
	for _, d := range doc.Details {
		if d.ReadAt.After(now) {
			return nil, fmt.Errorf("%s was written at %s, which is yet to come", name, d.ReadAt.Format(time.RFC3339))
		}
	}
	return doc.Details, nil
}

// PutDetails replaces the details.
func (s *kept) PutDetails(ctx context.Context, all map[string]observe.Detail) error {
	doc := detailsDocument{1, s.key.Endpoint, s.key.Account, all}
	return putDocument(ctx, s.objects, "save the details", s.details, doc, len(all) == 0)
}

// putDocument writes a document; one that says nothing need not be there.
func putDocument(ctx context.Context, o objects, what, name string, doc any, empty bool) error {
	if empty {
		return o.drop(ctx, what, name)
	}
	data, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	return o.put(ctx, what, name, append(data, '\n'))
}

func (s *kept) planName(digest string) string { return s.planPrefix + plain(digest) + s.planSuffix }

// Plan is the plan that was kept under a digest; nil where there is none.
func (s *kept) Plan(ctx context.Context, digest string) (*apply.KeptPlan, error) {
	const what = "read the kept plan"
	name := s.planName(digest)
	data, now, err := s.load(ctx, what, name)
	if err != nil || data == nil {
		return nil, err
	}
	p, err := planner.Decode(bytes.NewReader(data))
	if err == nil && p.Digest() != digest {
		err = fmt.Errorf("it is the plan %s", p.Digest())
	}
	if err != nil {
		return nil, s.unusable(what, name, err)
	}
	list, err := s.list(ctx, what, name)
	for _, l := range list {
		if l.Name == name && now.Sub(l.Written) <= apply.KeepPlans {
			return &apply.KeptPlan{Plan: p, Since: l.Written}, nil
		}
	}
	return nil, err // it was dropped, or is to be
}

// PutPlan keeps a plan under its digest, durably, unless it is kept already.
func (s *kept) PutPlan(ctx context.Context, p *planner.Plan) error {
	if kept, err := s.Plan(ctx, p.Digest()); err == nil && kept != nil {
		return nil
	}
	var data bytes.Buffer
	if err := planner.Encode(&data, p, nil); err != nil {
		return err
	}
	return s.put(ctx, "keep the plan", s.planName(p.Digest()), data.Bytes())
}

// DropPlan forgets a kept plan.
func (s *kept) DropPlan(ctx context.Context, digest string) error {
	return s.drop(ctx, "drop the kept plan", s.planName(digest))
}

// dropOldPlans removes the plans that were kept too long ago.
func (s *kept) dropOldPlans(ctx context.Context, now time.Time) error {
	const what = "drop old plans"
	list, err := s.list(ctx, what, s.planPrefix)
	if err != nil {
		return err
	}
	for _, l := range list {
		digest, isPlan := strings.CutSuffix(strings.TrimPrefix(l.Name, s.planPrefix), s.planSuffix)
		_, err := planner.ParseDigest(digest)
		if !isPlan || err != nil || now.Sub(l.Written) <= apply.KeepPlans {
			continue
		}
		if err := s.drop(ctx, what, l.Name); err != nil {
			return err
		}
	}
	return nil
}
