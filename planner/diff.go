package planner

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// Diff says what has to happen for the observed servers to be what the fleet
// wants. An entry for which that cannot be said is blocked, and blocks no other.
func Diff(f *fleet.Fleet, o Observation, sel Selection) *Plan {
	d := newDiffer(f, o)
	d.owed, d.asked = o.owed(), sel.Asked
	live := d.managed()
	d.plan = &Plan{Account: o.Account, Endpoint: o.Endpoint, Guards: f.Guards, Scope: d.scope(live, sel)}
	for _, x := range d.matches {
		if sel.Includes(x.entry) {
			d.entry(x)
		}
	}
	for _, s := range d.world.servers {
		if !d.has(s) && sel.IncludesUnlisted(s.Name) {
			d.unlisted(s)
		}
	}
	d.unshown(o, sel)
	d.blockTakenNames()
	d.plan.sort()
	d.applyPolicies(o.disturbed())
	d.noteAtOnce()
	d.plan.Cost = newCost(live, d.entries, d.plan.Changes, o.Offers)
	d.plan.Cost.Peak = d.plan.peak()
	return d.plan
}

// differ gathers one plan, or one drift.
type differ struct {
	matching
	fleet *fleet.Fleet
	world World
	names names
	plan  *Plan
	owed  map[string]Owed
	asked Asked

	folded map[string][]*Server // live servers by lower-case name; made when first asked for
}

func newDiffer(f *fleet.Fleet, o Observation) *differ {
	w := sortedWorld(o.Servers)
	return &differ{matching: matchAll(f, w, o.Offers), fleet: f, world: w, names: newNames(w, o.Offers)}
}

// managed are the live servers that an entry lists or the file owns.
func (d *differ) managed() []*Server {
	return keep(d.world.servers, func(s *Server) bool { return d.has(s) || d.fleet.OwnsName(s.Name) })
}

func (d *differ) scope(live []*Server, sel Selection) Scope {
	s := Scope{Live: len(live)}
	matched := make(map[*Server]bool)
	for _, x := range d.matches {
		if !x.entry.Absent {
			s.Listed++
			if sel.Includes(x.entry) {
				s.Selected++
			}
			matched[x.live] = true
		}
	}
	s.Total = s.Listed + len(keep(live, func(s *Server) bool { return !matched[s] }))
	return s
}

// entry plans one entry.
func (d *differ) entry(x match) {
	switch {
	case x.blocked != nil:
		d.plan.Blocked = append(d.plan.Blocked, *x.blocked)
	case x.entry.Absent:
		if x.live != nil {
			d.delete(x.live, Subject{x.entry.Name, x.live.ID, reasonAt(CodeAbsent, x.entry, fleet.FieldAbsent), x.entry.Labels})
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
func (d *differ) block(e *fleet.Server, live *Server, reasons ...Reason) {
	for _, r := range reasons {
		b := Blocked{Name: e.Name, Reason: r}
		if live != nil {
			b.IDs = []string{live.ID}
		}
		d.plan.Blocked = append(d.plan.Blocked, b)
	}
}

// reasonAt is a reason with the place of an entry's field.
func reasonAt(c Code, e *fleet.Server, f fleet.Field) Reason {
	return Reason{Code: c, At: []fleet.Pos{e.Source.At(f)}}
}

// want is an entry with its references resolved, or why some cannot be.
func (d *differ) want(e *fleet.Server) (s Spec, unresolved []Reason) {
	s = Spec{Location: e.Location, Hostname: e.Hostname, BackupsEnabled: e.BackupsEnabled}
	for _, x := range []struct {
		field fleet.Field
		ref   fleet.Ref
		into  *Named
	}{{fleet.FieldPlan, e.Plan, &s.Plan}, {fleet.FieldOS, e.OS, &s.OS}} {
		if x.ref.IsZero() {
			continue
		}
		named, why := d.names.resolve(e, x.field, x.ref)
		*x.into = named
		unresolved = append(unresolved, why...)
	}
	if !e.SSHKey.IsZero() {
		s.SSHKey = &Named{ID: e.SSHKey.ID, Name: e.SSHKey.Name}
	}
	return s, unresolved
}

// create plans a server that does not exist, and its stop if it is to be stopped.
func (d *differ) create(e *fleet.Server) {
	spec, blocked := d.want(e)
	if missing := missingFields(e); len(missing) > 0 {
		r := reasonAt(CodeIncomplete, e, fleet.FieldName)
		r.Keys = missing
		blocked = append(blocked, r)
	}
	if blocked = append(blocked, d.notSold(e, spec)...); len(blocked) > 0 {
		d.block(e, nil, blocked...)
		return
	}
	d.almostSameName(e.Name)
	d.add(&Create{Subject{e.Name, "", reasonAt(CodeMissing, e, fleet.FieldName), e.Labels}, spec})
	d.stopNew(e, spec)
	d.askedOfNew(e)
}

// stopNew plans the stop of a server that this plan makes.
func (d *differ) stopNew(e *fleet.Server, spec Spec) {
	if e.Status == fleet.StatusStopped {
		d.power(ActionStop, StatusActive, e, &Server{Name: e.Name, Location: spec.Location})
	}
}

// missingFields are those that an entry lacks for a create.
func missingFields(e *fleet.Server) (missing []fleet.Field) {
	if e.Plan.IsZero() {
		missing = append(missing, fleet.FieldPlan)
	}
	if e.OS.IsZero() {
		missing = append(missing, fleet.FieldOS)
	}
	if e.Location == "" {
		missing = append(missing, fleet.FieldLocation)
	}
	return missing
}

// almostSameName notes a live server whose name differs only in its case.
func (d *differ) almostSameName(name string) {
	if d.folded == nil {
		d.folded = make(map[string][]*Server)
		for _, s := range d.world.servers {
			key := strings.ToLower(s.Name)
			d.folded[key] = append(d.folded[key], s)
		}
	}
	for _, s := range d.folded[strings.ToLower(name)] {
		if s.Name != name {
			d.note(name, Reason{Code: CodeAlmostSameName, Servers: others(s)})
		}
	}
}

// unlisted plans what becomes of a live server that no entry speaks for.
func (d *differ) unlisted(s *Server) {
	switch {
	case !d.fleet.OwnsName(s.Name):
		if base, ok := strings.CutSuffix(s.Name, fleet.NextSuffix); ok && d.fleet.OwnsName(base) {
			d.note(s.Name, Reason{Code: CodeNextLeft, Name: base, Servers: others(s)})
		}
	case d.fleet.Unlisted == fleet.UnlistedIgnore:
	case d.fleet.Unlisted == fleet.UnlistedDelete:
		d.delete(s, Subject{Name: s.Name, ID: s.ID, Reason: Reason{Code: CodeUnlisted}})
	default:
		d.plan.Unlisted = append(d.plan.Unlisted, *s)
	}
}

// delete plans the end of a live server, unless it is protected or must not be touched:
// one that has ended is deleted only where its entry says so.
func (d *differ) delete(s *Server, about Subject) {
	blocked := Reason{At: about.Reason.At, Action: ActionDelete, Cause: about.Reason.Code}
	target, ok := s.Status.Target()
	ok = ok || s.Status.Ended() && (about.Reason.Code == CodeAbsent || about.Reason.Code == CodeNextFailed)
	protection, protected := d.fleet.Protected(about.Name)
	if !protected {
		protection, protected = d.fleet.Protected(s.Name)
	}
	switch {
	case protected:
		blocked.Code, blocked.Pattern, blocked.Allow = CodeProtected, protection.Pattern, protection.Pos
	case !ok:
		blocked.Code, blocked.Status = CodeStatus, s.Status
	default:
		d.wait(s, about.Name, target)
		old := *s
		old.Status = target
		d.add(&Delete{about, old})
		return
	}
	d.plan.Blocked = append(d.plan.Blocked, Blocked{about.Name, []string{s.ID}, blocked})
}

// wait plans to wait for a server that is in transition.
func (d *differ) wait(s *Server, name string, target Status) {
	if s.Status != target {
		d.plan.Waits = append(d.plan.Waits, Wait{Name: name, ID: s.ID, From: s.Status, To: target})
	}
}

func (d *differ) add(c Change) { d.plan.Changes = append(d.plan.Changes, c) }

func (d *differ) note(name string, r Reason) {
	d.plan.Notes = append(d.plan.Notes, Note{name, r})
}

// unshown notes what the API does not show yet of the selected entries' servers.
func (d *differ) unshown(o Observation, sel Selection) {
	for _, x := range o.Unshown {
		if e, listed := d.fleet.Lookup(x.Name); listed && sel.Includes(e) || !listed && sel.IncludesUnlisted(x.Name) && d.fleet.OwnsName(x.Name) {
			d.note(x.Name, Reason{Code: CodeUnshown, Action: x.Action, Since: x.At})
		}
	}
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
