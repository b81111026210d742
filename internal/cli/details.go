package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// look observes a fleet with what is remembered of details, as --details-max-age
// says, and remembers what it has read. That this cannot be done costs requests
// only, so it is told and no error.
func (s *session) look(ctx context.Context, w world, f *fleet.Fleet) (planner.Observation, error) {
	if s.flags.detailsMaxAge == 0 {
		return w.observer.Fleet(ctx, f, s.flags.selection())
	}
	account, err := w.observer.Account(ctx)
	if err != nil {
		return planner.Observation{}, err
	}
	file, err := s.details(w.client.Endpoint(), account)
	if err != nil {
		s.log.Warn().Err(err).Msg("details are not remembered")
		return w.observer.Fleet(ctx, f, s.flags.selection())
	}
	m := &apply.Memory{MaxAge: s.flags.detailsMaxAge}
	if m.Details, err = file.read(); err != nil {
		s.log.Warn().Err(err).Msg("remembered details are dropped, and all are read anew")
	}
	w.observer.Memory = m
	o, err := w.observer.Fleet(ctx, f, s.flags.selection())
	if err != nil {
		return o, err
	}
	if m.Contradiction != "" {
		s.log.Warn().Str("server", m.Contradiction).Msg("backups_enabled has changed and updated_at has not, so remembered details were dropped and all read anew; where this comes again, leave out --details-max-age")
	}
	if err := file.write(m.Details); err != nil {
		s.log.Warn().Err(err).Msg("details are not remembered")
	}
	return o, nil
}

// details is an account's file of details, beside its journal. Two runs may use
// it at once: what the last one writes is as good as what it replaces.
type details struct{ path, endpoint, account string }

type detailsDocument struct {
	FormatVersion int                     `json:"format_version"`
	Endpoint      string                  `json:"endpoint"`
	Account       string                  `json:"account"`
	Details       map[string]apply.Detail `json:"details"`
}

// details finds an account's file. It goes with the account wherever --journal
// is, so that plan, which has no journal, and apply have the same.
func (s *session) details(endpoint, account string) (details, error) {
	path, err := s.statePath(endpoint, account)
	return details{path + ".details", endpoint, account}, err
}

// read returns what is remembered; an error says why that cannot be used.
func (d details) read() (map[string]apply.Detail, error) {
	data, err := readFile(d.path)
	if err != nil || data == nil {
		return nil, err
	}
	var doc detailsDocument
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", d.path, err)
	}
	switch {
	case doc.FormatVersion != 1:
		return nil, fmt.Errorf("%s has format_version %d, not 1", d.path, doc.FormatVersion)
	case doc.Endpoint != d.endpoint || doc.Account != d.account:
		return nil, fmt.Errorf("%s is of another account", d.path)
	}
	now := time.Now()
	for _, read := range doc.Details {
		if read.ReadAt.After(now) {
			return nil, fmt.Errorf("%s was written at %s, which is yet to come", d.path, read.ReadAt.Format(time.RFC3339))
		}
	}
	return doc.Details, nil
}

// write replaces what is remembered; nothing needs no file.
func (d details) write(all map[string]apply.Detail) error {
	if len(all) == 0 {
		d.forget()
		return nil
	}
	data, err := json.Marshal(detailsDocument{1, d.endpoint, d.account, all})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(d.path), 0o700); err != nil {
		return err
	}
	return replaceFile("the details", d.path, append(data, '\n'), 0o600)
}

func (d details) forget() { _ = os.Remove(d.path) } // most often there is none

// forgetChanged forgets the servers that a plan is about to change, before it
// does: it may be killed, and their updated_at may stand still.
func (d details) forgetChanged(p *planner.Plan) {
	all, err := d.read()
	known := len(all)
	for _, c := range p.Changes {
		delete(all, c.About().ID)
		if r, ok := c.(*planner.Replace); ok {
			delete(all, r.NextID)
		}
	}
	if len(all) < known {
		err = d.write(all)
	}
	if err != nil {
		d.forget()
	}
}
