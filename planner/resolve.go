package planner

import (
	"maps"
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// names resolves what a fleet file calls a plan or an operating system: the
// file's catalog has had its turn, so next come the API's slugs and names, then
// the names seen on live servers.
type names map[fleet.Field]*lookup

// lookup knows ids by name, in groups from strongest to weakest, and names by id.
type lookup struct {
	groups [3]map[string][]string
	byID   map[string]string
	known  []string // all names, sorted; made when first asked for
}

// The groups.
const (
	slugs = iota
	sold
	seen
)

func newNames(w World, offers []Offer) names {
	n := names{}
	for _, field := range []fleet.Field{fleet.FieldPlan, fleet.FieldOS} {
		n[field] = &lookup{byID: map[string]string{}}
		for i := range n[field].groups {
			n[field].groups[i] = map[string][]string{}
		}
	}
	for _, offer := range offers {
		n[fleet.FieldPlan].add(slugs, Named{offer.ID, offer.Slug})
		n[fleet.FieldPlan].add(sold, Named{offer.ID, offer.Name})
	}
	for _, s := range w.servers {
		n[fleet.FieldPlan].add(seen, s.Plan)
		n[fleet.FieldOS].add(seen, s.OS)
	}
	return n
}

func (l *lookup) add(group int, n Named) {
	if n.Name == "" || n.ID == "" {
		return
	}
	if ids := l.groups[group][n.Name]; !slices.Contains(ids, n.ID) {
		l.groups[group][n.Name] = append(ids, n.ID)
	}
	l.byID[n.ID] = n.Name
}

// find gives the ids that a name stands for in the strongest group that has it.
func (l *lookup) find(name string) []string {
	for _, group := range l.groups {
		if ids := group[name]; len(ids) > 0 {
			return ids
		}
	}
	return nil
}

// FindID finds the id that a name of a plan or an operating system stands for,
// where the catalog of a fleet file does not say: "" where there is not exactly one.
func (o Observation) FindID(f fleet.Field, name string) string {
	if ids := newNames(NewWorld(o.Servers...), o.Offers)[f].find(name); len(ids) == 1 {
		return ids[0]
	}
	return ""
}

// resolve turns a reference into an id with a name to show, or says why it can't.
func (n names) resolve(e *fleet.Server, field fleet.Field, ref fleet.Ref) (Named, []Reason) {
	l := n[field]
	if ref.ID != "" {
		if ref.Name == "" {
			ref.Name = l.byID[ref.ID]
		}
		return Named(ref), nil
	}
	why := reasonAt(CodeUnknownName, e, field)
	why.Keys, why.Name = []fleet.Field{field}, ref.Name
	switch ids := l.find(ref.Name); len(ids) {
	case 0:
	case 1:
		return Named{ID: ids[0], Name: ref.Name}, nil
	default:
		why.Code, why.Names = CodeAmbiguousName, slices.Sorted(slices.Values(ids))
		return Named{}, []Reason{why}
	}
	known := l.names()
	why.Names, why.Count = known[:min(len(known), maxKnown)], len(known)
	return Named{}, []Reason{why}
}

// maxKnown is how many known names a reason gives.
const maxKnown = 8

func (l *lookup) names() []string {
	if l.known == nil {
		all := make(map[string]bool)
		for _, group := range l.groups {
			for name := range group {
				all[name] = true
			}
		}
		l.known = slices.Sorted(maps.Keys(all))
	}
	return l.known
}

// notSold says why the API would not sell what an entry is to be made with, as far
// as that is known. A plan that some server has may be sold although it is not offered.
func (d *differ) notSold(e *fleet.Server, s Spec) []Reason {
	r := reasonAt(CodeUnavailable, e, fleet.FieldPlan)
	r.Fields = []FieldChange{{Field: fleet.FieldPlan, To: Reference(s.Plan)}}
	runs := func(live *Server) bool { return live.Plan.ID == s.Plan.ID }
	switch o, offered := d.offer(s.Plan.ID); {
	case !offered && (len(d.offers) == 0 || s.Plan.ID == "" || slices.ContainsFunc(d.world.servers, runs)):
		return nil
	case !o.Available:
	case o.Locations == nil || s.Location == "" || slices.Contains(o.Locations, s.Location):
		return nil
	default:
		r.Code, r.Names = CodeNotSoldAt, o.Locations
		r.Fields = append(r.Fields, FieldChange{Field: fleet.FieldLocation, To: Text(s.Location)})
	}
	return []Reason{r}
}

// offer is what the API sells under a plan's id; the zero Offer where it does not.
func (m *matching) offer(planID string) (o Offer, offered bool) {
	at := slices.IndexFunc(m.offers, func(o Offer) bool { return o.ID == planID })
	if at < 0 {
		return Offer{}, false
	}
	return m.offers[at], true
}
