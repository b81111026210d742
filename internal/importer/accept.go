package importer

import (
	"slices"
	"strconv"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// Accept writes what servers have become into their entries, for servers of the
// job's patterns. A range is split where only some of its servers differ.
func Accept(j Job) (*Result, error) {
	r := new(Result)
	sel := planner.Selection{Targets: j.Patterns}
	byEntry := make(map[fleet.Pos]*drifted)
	live := liveByEntry(j)
	var order []*drifted
	n := newNames(j.Fleet, j.Observation)
	for _, x := range planner.FindDrift(j.Fleet, nil, j.Observation, sel).Differences {
		e, listed := j.Fleet.Lookup(x.Name)
		if !listed || x.Kind == planner.DriftUnlisted {
			continue
		}
		text, left := j.accepted(x, e, n)
		if left.Why != "" {
			r.Left = append(r.Left, left)
			continue
		}
		at := e.Source.Entry
		if byEntry[at] == nil {
			byEntry[at] = &drifted{at: at, fields: map[string][]fleet.FieldText{}}
			order = append(order, byEntry[at])
		}
		d := byEntry[at]
		if d.fields[e.Name] == nil {
			r.Servers = append(r.Servers, *live[e.Name])
		}
		d.fields[e.Name] = append(d.fields[e.Name], fleet.FieldText{Field: x.Field, Text: text})
	}
	for _, s := range j.Fleet.Servers {
		if d := byEntry[s.Source.Entry]; d != nil {
			d.names = append(d.names, s.Name)
		}
	}
	if len(order) == 0 {
		return r, nil
	}
	if err := j.rewrite(order, n, r); err != nil {
		return nil, err
	}
	return r, j.proveAccepted(order, r, sel)
}

// liveByEntry are the servers by the names of their entries.
func liveByEntry(j Job) map[string]*planner.Server {
	live := make(map[string]*planner.Server)
	entries := planner.Entries(j.Fleet, j.Observation.Servers)
	for i := range j.Observation.Servers {
		if e := entries[j.Observation.Servers[i].ID]; e != nil {
			live[e.Name] = &j.Observation.Servers[i]
		}
	}
	return live
}

// drifted is an entry with the fields that have another value by now, by server.
type drifted struct {
	at     fleet.Pos
	key    string
	names  []string // that it lists
	fields map[string][]fleet.FieldText
}

// accepted is the text of a field as it is by now, or why that is not written.
func (j Job) accepted(x planner.Difference, e *fleet.Server, n *names) (string, Left) {
	left := Left{Server: planner.Server{Name: x.Name}, Field: x.Field, At: e.Source.At(x.Field)}
	if i := slices.IndexFunc(j.Observation.Servers, func(s planner.Server) bool { return slices.Contains(x.IDs, s.ID) }); i >= 0 {
		left.Server.ID = j.Observation.Servers[i].ID
	}
	is, _ := x.Is.AsText()
	switch {
	case x.Kind == planner.DriftMissing:
		left.Why = WhyMissing
	case x.Kind == planner.DriftPower:
		return is, Left{}
	case x.Kind != planner.DriftChanged:
		left.Why = WhyOther
	case x.Field == fleet.FieldName:
		left.Why, left.Other, left.At = WhyRename, is, e.Source.Entry
	default:
		text, ok := fieldText(x, n)
		if ok {
			return text, Left{}
		}
		left.Why = WhyField
	}
	return "", left
}

// fieldText is the value that a field has by now, as YAML writes it; ok is false
// where a fleet file cannot have it.
func fieldText(x planner.Difference, n *names) (text string, ok bool) {
	is, _ := x.Is.AsText()
	switch x.Field {
	case fleet.FieldPlan, fleet.FieldOS:
		ref, _ := x.Is.AsReference()
		c := n.plans
		if x.Field == fleet.FieldOS {
			c = n.os
		}
		if !fleet.ValidCode(ref.ID) {
			return "", false
		}
		return c.text(ref.ID), true
	case fleet.FieldLocation:
		return fleet.QuoteText(is), fleet.ValidCode(is)
	case fleet.FieldHostname:
		if x.Is.IsNull() {
			return unmanaged, true
		}
		return fleet.QuoteText(is), fleet.ValidHostname(is)
	case fleet.FieldBackupsEnabled:
		on, _ := x.Is.AsBool()
		return strconv.FormatBool(on), true
	}
	return "", false
}
