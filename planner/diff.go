package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// Diff says what has to happen for the observed servers to be what the fleet
// wants. Its error is a fleet.Problems: names in the file that no id was found for,
// and plans that the API does not sell there.
func Diff(f *fleet.Fleet, o Observation, sel Selection) (*Plan, error) {
	w := newWorld(o)
	m := matchAll(f, w)
	d := &differ{fleet: f, world: w, names: newNames(f, o)}
	live := spokenFor(f, w, m)
	d.plan = &Plan{Account: o.Account, Endpoint: o.Endpoint, Guards: f.Guards, Scope: scope(live, m, sel)}
	for _, x := range m.matches {
		if sel.Includes(x.entry) {
			d.entry(x)
		}
	}
	for _, s := range w.servers {
		if !m.claimed[s] && sel.IncludesUnlisted(s.Name) {
			d.unlisted(s)
		}
	}
	if len(d.names.problems) > 0 {
		return nil, d.names.problems
	}
	d.blockTakenNames()
	d.plan.sort()
	d.plan.Cost = newCost(live, d.plan.Changes, o.Offers)
	return d.plan, nil
}

// differ gathers one plan.
type differ struct {
	fleet *fleet.Fleet
	world *world
	names *names
	plan  *Plan

	folded map[string][]*Server // live servers by lower-case name; made when first asked for
}

// spokenFor are the live servers that an entry lists or the file owns.
func spokenFor(f *fleet.Fleet, w *world, m matching) (live []*Server) {
	for _, s := range w.servers {
		if m.claimed[s] || f.OwnsName(s.Name) {
			live = append(live, s)
		}
	}
	return live
}

func scope(live []*Server, m matching, sel Selection) Scope {
	s := Scope{Live: len(live)}
	matched := make(map[*Server]bool)
	for _, x := range m.matches {
		if !x.entry.Absent {
			s.Listed++
			if sel.Includes(x.entry) {
				s.Selected++
			}
			matched[x.live] = true
		}
	}
	s.Total = s.Listed
	for _, l := range live {
		if !matched[l] {
			s.Total++
		}
	}
	return s
}

// entry plans one entry.
func (d *differ) entry(x match) {
	switch {
	case x.blocked != nil:
		d.plan.Blocked = append(d.plan.Blocked, *x.blocked)
	case x.entry.Absent:
		if x.live != nil {
			d.delete(x.live, x.entry.Name, "absent: true at "+x.entry.Source.At(fleet.FieldAbsent).String())
		}
	case x.live == nil && x.next == nil:
		d.create(x.entry)
	case x.live == nil:
		d.finishReplace(x.entry, x.next)
	default:
		d.existing(x)
	}
}

// block notes that nothing is done for an entry.
func (d *differ) block(e *fleet.Server, live *Server, field fleet.Field, hint, reason string, args ...any) {
	b := Blocked{Name: e.Name, Reason: fmt.Sprintf(reason, args...), Hint: hint, At: e.Source.At(field).String()}
	if live != nil {
		b.IDs = []string{live.ID}
	}
	d.plan.Blocked = append(d.plan.Blocked, b)
}

// want is an entry with its references resolved.
func (d *differ) want(e *fleet.Server) Spec {
	s := Spec{Location: e.Location, Hostname: e.Hostname, BackupsEnabled: e.BackupsEnabled}
	if !e.Plan.IsZero() {
		s.Plan = d.names.resolve(e, fleet.FieldPlan, e.Plan)
	}
	if !e.OS.IsZero() {
		s.OS = d.names.resolve(e, fleet.FieldOS, e.OS)
	}
	if !e.SSHKey.IsZero() {
		s.SSHKey = &Named{ID: e.SSHKey.ID, Name: e.SSHKey.Name}
	}
	return s
}

// create plans a server that does not exist, and its stop if it is to be stopped.
func (d *differ) create(e *fleet.Server) {
	spec := d.want(e)
	if missing := missingFields(e); len(missing) > 0 {
		d.block(e, nil, fleet.FieldName, "write "+strings.Join(missing, ", ")+" in the entry or in defaults",
			"it does not exist, and cannot be created without %s", strings.Join(missing, ", "))
		return
	}
	d.checkSold(e, spec)
	d.lookAlike(e.Name)
	d.add(&Create{Subject{e.Name, "", "no live server has this name (" + e.Source.Entry.String() + ")"}, spec})
	d.stopNew(e, spec.Location)
}

// stopNew plans the stop of a server that this plan makes.
func (d *differ) stopNew(e *fleet.Server, location string) {
	if e.Status == fleet.StatusStopped {
		d.power(ActionStop, StatusActive, e, "", location)
	}
}

func missingFields(e *fleet.Server) (missing []string) {
	if e.Plan.IsZero() {
		missing = append(missing, "plan")
	}
	if e.OS.IsZero() {
		missing = append(missing, "os")
	}
	if e.Location == "" {
		missing = append(missing, "location")
	}
	return missing
}

// lookAlike notes a live server whose name differs only in its case.
func (d *differ) lookAlike(name string) {
	if d.folded == nil {
		d.folded = make(map[string][]*Server)
		for _, s := range d.world.servers {
			key := strings.ToLower(s.Name)
			d.folded[key] = append(d.folded[key], s)
		}
	}
	for _, s := range d.folded[strings.ToLower(name)] {
		if s.Name != name {
			d.note(name, "the live server %s (%s) has almost the same name; it is another server", s.Name, s.ID)
		}
	}
}

// unlisted plans what becomes of a live server that no entry speaks for.
func (d *differ) unlisted(s *Server) {
	switch {
	case !d.fleet.OwnsName(s.Name):
		if base, ok := strings.CutSuffix(s.Name, fleet.NextSuffix); ok && d.fleet.OwnsName(base) {
			d.note(s.Name, "left by an unfinished replacement of %s, id %s; it is billed, and fleet leaves it alone", base, s.ID)
		}
	case d.fleet.Unlisted == fleet.UnlistedIgnore:
	case d.fleet.Unlisted == fleet.UnlistedDelete:
		d.delete(s, s.Name, "no entry lists it, and unlisted: delete")
	default:
		d.plan.Unlisted = append(d.plan.Unlisted, *s)
	}
}

// delete plans the end of a live server, unless it is protected or must not be touched.
func (d *differ) delete(s *Server, name, reason string) {
	b := Blocked{Name: name, IDs: []string{s.ID}}
	settled, ok := s.Status.Settles()
	protection, protected := d.fleet.Protected(name)
	if !protected {
		protection, protected = d.fleet.Protected(s.Name)
	}
	switch {
	case protected:
		b.Reason = fmt.Sprintf("to be deleted (%s), but protected by %q", reason, protection.Pattern)
		b.Hint, b.At = "take it out of protect to delete it", protection.Pos.String()
	case !ok:
		b.Reason = fmt.Sprintf("to be deleted (%s), but its status is %q, and fleet does nothing to such a server", reason, s.Status)
		b.Hint = "settle it with the provider, or delete it by hand"
	default:
		d.wait(s, name, settled)
		old := *s
		old.Status = settled
		d.add(&Delete{Subject{name, s.ID, reason}, old})
		return
	}
	d.plan.Blocked = append(d.plan.Blocked, b)
}

// wait notes a server in a passing status.
func (d *differ) wait(s *Server, name string, settled Status) {
	if s.Status != settled {
		d.plan.Waits = append(d.plan.Waits, Wait{name, s.ID, s.Status, settled})
	}
}

func (d *differ) add(c Change) { d.plan.Changes = append(d.plan.Changes, c) }

func (d *differ) note(name, text string, args ...any) {
	d.plan.Notes = append(d.plan.Notes, Note{name, fmt.Sprintf(text, args...)})
}

// sort puts everything in the one order that a plan has: changes by kind, then
// everything by name, then by id.
func (p *Plan) sort() {
	slices.SortStableFunc(p.Changes, func(a, b Change) int {
		x, y := a.About(), b.About()
		return cmp.Or(slices.Index(Actions, a.Action())-slices.Index(Actions, b.Action()),
			strings.Compare(x.Name, y.Name), strings.Compare(x.ID, y.ID))
	})
	slices.SortStableFunc(p.Waits, func(a, b Wait) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	slices.SortStableFunc(p.Blocked, func(a, b Blocked) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(p.Notes, func(a, b Note) int { return strings.Compare(a.Name, b.Name) })
}
