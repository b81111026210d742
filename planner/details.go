package planner

import (
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// A list does not tell backups_enabled, so it costs a request for each server that
// it has to be known of. This file says which those are.

// DetailsFor lists the ids of the live servers whose backups_enabled a diff will
// ask for: the matched ones whose entries are selected and declare it, and that are
// not known to be as declared.
func DetailsFor(f *fleet.Fleet, servers []Server, sel Selection) []string {
	if !slices.ContainsFunc(f.Servers, func(e fleet.Server) bool { return e.BackupsEnabled != nil }) {
		return nil
	}
	var ids []string
	for _, x := range matchAll(f, NewWorld(servers...), nil).matches {
		if x.entry.BackupsEnabled == nil || !sel.Includes(x.entry) {
			continue
		}
		for _, s := range []*Server{x.live, x.next} {
			if s == nil || s.BackupsEnabled != nil && *s.BackupsEnabled == *x.entry.BackupsEnabled {
				continue
			}
			if _, ok := s.Status.Target(); ok {
				ids = append(ids, s.ID)
			}
		}
	}
	return ids
}

// DetailsFor lists the ids of the live servers whose backups_enabled Remaining
// will ask for.
func (p *Plan) DetailsFor(servers []Server) []string {
	asked := make(map[string]bool) // by id, and by the name of an unfinished replacement
	for _, c := range p.Changes {
		switch c := c.(type) {
		case *Update:
			asked[c.ID] = slices.ContainsFunc(c.Fields, func(f FieldChange) bool { return f.Field == fleet.FieldBackupsEnabled })
		case *Replace:
			asked[c.Name+fleet.NextSuffix] = c.Mode == fleet.ReplaceCreateFirst && c.Spec.BackupsEnabled != nil
		}
	}
	var ids []string
	for i := range servers {
		if s := &servers[i]; asked[s.ID] || asked[s.Name] {
			ids = append(ids, s.ID)
		}
	}
	return ids
}
