package deeds

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// Past sums up the deeds of one server. It matters for a window after them, in which an
// answer may be from before them.
type Past struct {
	ID, Name string
	Made     time.Time // when its create was answered; zero: it was there before
	spec     planner.Spec
	Gone     bool
	fields   map[fleet.Field]*rewrite
	status   planner.Status               // that a start or a stop leads to; "": there was none
	led      map[planner.Status]time.Time // when a start or a stop last led to a status
	again    map[planner.Status]bool      // one led to it before that, too
	Last     planner.Action
	At       time.Time // of the last
}

// rewrite is what a field is to be by now, and what it was before.
type rewrite struct {
	to   planner.Value
	from []planner.Value
}

// Memory is the past of servers, by id.
type Memory map[string]*Past

// Remember returns the past that deeds tell, oldest first.
func Remember(deeds []Deed) Memory {
	m := make(Memory)
	for _, d := range deeds {
		m.Add(d)
	}
	return m
}

// Add adds a deed that is younger than all before.
func (m Memory) Add(d Deed) {
	if d.Action == planner.ActionReboot {
		return // nothing is left of it to be seen
	}
	p := m[d.ID]
	if p == nil {
		p = &Past{
			ID: d.ID, fields: make(map[fleet.Field]*rewrite),
			led: make(map[planner.Status]time.Time), again: make(map[planner.Status]bool),
		}
		m[d.ID] = p
	}
	p.Name, p.Last, p.At = d.Name, d.Action, d.At
	switch d.Action {
	case planner.ActionCreate:
		p.Made = d.At
		if d.Spec != nil {
			p.spec = *d.Spec
		}
	case planner.ActionDelete:
		p.Gone = true
	case planner.ActionStart:
		p.lead(planner.StatusActive, d.At)
	case planner.ActionStop:
		p.lead(planner.StatusStopped, d.At)
	}
	for _, f := range d.Fields {
		r := p.fields[f.Field]
		if r == nil {
			r = &rewrite{}
			p.fields[f.Field] = r
		}
		r.to, r.from = f.To, append(r.from, f.From)
	}
}

func (p *Past) lead(status planner.Status, at time.Time) {
	_, p.again[status] = p.led[status]
	p.status, p.led[status] = status, at
}

// TrustStatus is from when answers are believed that show a status: an earlier one may be
// from before a deed that led away from that status.
func (p *Past) TrustStatus(status planner.Status, window time.Duration) (from time.Time) {
	if p == nil {
		return from
	}
	for other, at := range p.led {
		if end := at.Add(window); other != status && end.After(from) {
			from = end
		}
	}
	return from
}

// Again reports whether starts or stops have led to a status more than once: an answer
// that shows it may be from the time before, however new it is.
func (p *Past) Again(status planner.Status) bool { return p != nil && p.again[status] }

// TrustAbsence is from when answers are believed that lack the server: an earlier one may
// be from before it was made.
func (p *Past) TrustAbsence(window time.Duration) (from time.Time) {
	if p == nil || p.Made.IsZero() {
		return from
	}
	return p.Made.Add(window)
}

// Recent reports whether an answer of now may be from before the last deed.
func (p *Past) Recent(now time.Time, window time.Duration) bool { return now.Sub(p.At) < window }

// Lay returns a server as the deeds have left it; s is nil where the API shows none, and
// over is nil where the server is gone. shown reports whether the API has shown it so
// already: a value from before a deed is an old answer.
func (p *Past) Lay(s *planner.Server) (over *planner.Server, shown bool) {
	switch {
	case p.Gone:
		return nil, s == nil
	case s == nil && p.Made.IsZero():
		return nil, true
	case s == nil:
		s = p.created()
	default:
		shown = true
	}
	now := *s
	for field, r := range p.fields {
		if v, read := now.Value(field); read && !v.Equal(r.to) && slices.ContainsFunc(r.from, v.Equal) {
			now.Set(field, r.to)
			shown = false
		}
	}
	if target, ok := now.Status.Target(); p.status != "" && ok && target != p.status {
		now.Status, now.UpdatedAt = p.status, "" // nobody has told when it was updated to be so
		shown = false
	}
	return &now, shown
}

// created is the server as its create was answered.
func (p *Past) created() *planner.Server {
	return &planner.Server{
		ID: p.ID, Name: p.Name, Hostname: p.spec.Hostname, Status: planner.StatusProvisioning,
		Location: p.spec.Location, Plan: p.spec.Plan, OS: p.spec.OS, BackupsEnabled: p.spec.BackupsEnabled,
	}
}
