package inventory

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// Found is what a fleet file and an observation tell of servers.
type Found struct {
	Servers []Server // in natural order of their names
	Missing []string // selected entries that have no server, in natural order
}

// Find lists the selected servers of an observation that a fleet speaks for, or,
// with all, of the whole account. A server goes by its entry's name and by its own.
// What only a detail tells is no drift where no detail was read.
func Find(f *fleet.Fleet, all bool, o planner.Observation, sel planner.Selection) Found {
	entries := planner.Entries(f, o.Servers)
	var found Found
	fields := make(map[string][]string) // that differ, by id
	for _, d := range planner.FindDrift(f, nil, o, planner.Selection{}).Differences {
		if e, listed := f.Lookup(d.Name); listed && d.Kind == planner.DriftMissing && sel.Includes(e) {
			found.Missing = append(found.Missing, d.Name)
		}
		if d.Kind == planner.DriftUnlisted || d.Kind == planner.DriftUnclear && d.Field == fleet.FieldBackupsEnabled {
			continue
		}
		for _, id := range d.IDs {
			fields[id] = append(fields[id], cmp.Or(string(d.Field), string(d.Kind)))
		}
	}
	for _, live := range o.Servers {
		e, listed := entries[live.ID]
		if (all || listed || f.OwnsName(live.Name)) && selected(sel, live.Name, e) {
			s := serverOf(live, e, o.Offers)
			s.Drift = fields[live.ID]
			found.Servers = append(found.Servers, s)
		}
	}
	Sort(found.Servers, columns[0])
	slices.SortFunc(found.Missing, fleet.CompareNames)
	return found
}

// selected reports whether a server with its entry, nil where no entry lists it, is
// selected.
func selected(sel planner.Selection, name string, e *fleet.Server) bool {
	if e == nil {
		return sel.IncludesUnlisted(name)
	}
	live := *e
	live.Name = name
	return sel.Includes(e) || sel.Includes(&live)
}

func serverOf(live planner.Server, e *fleet.Server, offers []planner.Offer) Server {
	s := Server{ID: live.ID, Name: live.Name, Status: string(live.Status), Location: live.Location, Plan: live.Plan, OS: live.OS}
	s.SetAddresses(live.IPAddress, live.IPv6Address)
	if live.Hostname != nil {
		s.Hostname = *live.Hostname
	}
	if i := slices.IndexFunc(offers, func(o planner.Offer) bool { return o.ID == live.Plan.ID }); i >= 0 {
		s.Monthly = offers[i].Monthly
	}
	if e != nil {
		at := e.Source.Entry
		s.Labels, s.Listed = e.Labels, fmt.Sprintf("%s:%d", at.File, at.Line)
	}
	return s
}
