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

const (
	correctionsSuffix = ".corrections"
	fightsSuffix      = ".fights" // what earlier versions called it; read until it is replaced
	detailsSuffix     = ".details"
	planSuffix        = ".plan"
)

// correctionsDocument is the file of corrections. It never says what exists, and to
// lose it costs nothing: what is undone again and again is noticed some runs later.
type correctionsDocument struct {
	FormatVersion int                  `json:"format_version"`
	Corrections   []planner.Correction `json:"corrections"`
}

// Corrections are what unattended applies have put right; of a damaged file, nothing.
func (s *state) Corrections(context.Context) ([]planner.Correction, error) {
	data, err := s.folder.disk.Read(s.base() + correctionsSuffix)
	if err == nil && data == nil {
		data, err = s.folder.disk.Read(s.base() + fightsSuffix)
	}
	if err != nil {
		return nil, s.folder.failed("read what was corrected", s.base()+correctionsSuffix, err)
	}
	var doc correctionsDocument
	if json.Unmarshal(data, &doc) != nil || doc.FormatVersion != 1 {
		return nil, nil
	}
	return doc.Corrections, nil
}

// PutCorrections replaces the corrections; none need no file.
func (s *locked) PutCorrections(_ context.Context, all []planner.Correction) error {
	err := s.folder.put(s.base()+correctionsSuffix, correctionsDocument{1, all}, len(all) == 0)
	if err == nil {
		err = s.folder.disk.Remove(s.base() + fightsSuffix)
	}
	return s.folder.failed("note what was corrected", s.base()+correctionsSuffix, err)
}

type detailsDocument struct {
	FormatVersion int                       `json:"format_version"`
	Endpoint      string                    `json:"endpoint"`
	Account       string                    `json:"account"`
	Details       map[string]observe.Detail `json:"details"`
}

// Details are what has been read of servers one by one; an error says why that
// cannot be used.
func (s *state) Details(context.Context) (map[string]observe.Detail, error) {
	name := s.base() + detailsSuffix
	data, err := s.folder.disk.Read(name)
	if err != nil || data == nil {
		return nil, s.folder.failed("read the details", name, err)
	}
	return decodeDetails(s.folder.disk.Path(name), s.key, data)
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

// PutDetails replaces the details; none need no file.
func (s *state) PutDetails(_ context.Context, all map[string]observe.Detail) error {
	name := s.base() + detailsSuffix
	err := s.folder.put(name, detailsDocument{1, s.key.Endpoint, s.key.Account, all}, len(all) == 0)
	return s.folder.failed("save the details", name, err)
}

// put writes a document, or removes the file of one that is empty.
func (f *Folder) put(name string, doc any, empty bool) error {
	if empty {
		return f.disk.Remove(name)
	}
	data, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	return f.disk.Replace(name, append(data, '\n'))
}

func (s *state) planFile(digest string) string { return s.base() + "." + plain(digest) + planSuffix }

// Plan is the plan that was kept under a digest; nil where there is none.
func (s *state) Plan(_ context.Context, digest string) (*apply.KeptPlan, error) {
	const what = "read the kept plan"
	name := s.planFile(digest)
	data, err := s.folder.disk.Read(name)
	if err != nil || data == nil {
		return nil, s.folder.failed(what, name, err)
	}
	p, err := decodePlan(digest, data)
	if err != nil {
		return nil, s.folder.failed(what, name, err)
	}
	list, err := s.folder.disk.List()
	for _, f := range list {
		if f.Name == name && time.Since(f.Written) <= apply.KeepPlans {
			return &apply.KeptPlan{Plan: p, Since: f.Written}, nil
		}
	}
	return nil, s.folder.failed(what, name, err) // it was dropped, or is to be
}

// decodePlan reads the plan that was kept under a digest.
func decodePlan(digest string, data []byte) (*planner.Plan, error) {
	p, err := planner.Decode(bytes.NewReader(data))
	if err == nil && p.Digest() != digest {
		err = fmt.Errorf("it is the plan %s", p.Digest())
	}
	return p, err
}

// PutPlan keeps a plan under its digest, durably, unless it is kept already.
func (s *state) PutPlan(ctx context.Context, p *planner.Plan) error {
	if kept, err := s.Plan(ctx, p.Digest()); err == nil && kept != nil {
		return nil
	}
	name := s.planFile(p.Digest())
	var data bytes.Buffer
	err := planner.Encode(&data, p, nil)
	if err == nil {
		err = s.folder.disk.Replace(name, data.Bytes())
	}
	return s.folder.failed("keep the plan", name, err)
}

// DropPlan forgets a kept plan.
func (s *locked) DropPlan(_ context.Context, digest string) error {
	name := s.planFile(digest)
	return s.folder.failed("drop the kept plan", name, s.folder.disk.Remove(name))
}

// dropOldPlans removes the plans that were kept too long ago.
func (s *locked) dropOldPlans() error {
	list, err := s.folder.disk.List()
	if err != nil {
		return s.folder.failed("drop old plans", "", err)
	}
	for _, file := range list {
		rest, own := strings.CutPrefix(file.Name, s.base()+".")
		digest, kept := strings.CutSuffix(rest, planSuffix)
		_, err := planner.ParseDigest(digest)
		if !own || !kept || err != nil || time.Since(file.Written) <= apply.KeepPlans {
			continue
		}
		if err := s.folder.disk.Remove(file.Name); err != nil {
			return s.folder.failed("drop the kept plan", file.Name, err)
		}
	}
	return nil
}
