package planner

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
)

// names resolves what a fleet file calls a plan or an operating system: the
// file's catalog has had its turn, so next come the API's slugs and names, then
// the names seen on live servers.
type names struct {
	fleet     *fleet.Fleet
	plans, os lookup
	problems  fleet.Problems
	reported  map[complaint]bool
}

// lookup knows ids by name, in groups from strongest to weakest, and names by id.
type lookup struct {
	groups []map[string][]string
	byID   map[string]string
}

func newNames(f *fleet.Fleet, o Observation) *names {
	slugs, sold, plans, systems := map[string][]string{}, map[string][]string{}, map[string][]string{}, map[string][]string{}
	n := &names{fleet: f, reported: make(map[complaint]bool)}
	n.plans = lookup{[]map[string][]string{slugs, sold, plans}, map[string]string{}}
	n.os = lookup{[]map[string][]string{systems}, map[string]string{}}
	for _, offer := range o.Offers {
		n.plans.add(slugs, offer.Slug, offer.ID)
		n.plans.add(sold, offer.Name, offer.ID)
	}
	for i := range o.Servers {
		n.plans.add(plans, o.Servers[i].Plan.Name, o.Servers[i].Plan.ID)
		n.os.add(systems, o.Servers[i].OS.Name, o.Servers[i].OS.ID)
	}
	return n
}

func (l lookup) add(group map[string][]string, name, id string) {
	if name == "" || id == "" {
		return
	}
	if !slices.Contains(group[name], id) {
		group[name] = append(group[name], id)
	}
	l.byID[id] = name
}

// resolve turns a reference into an id with a name to show. Where it can't, it
// notes a problem once for each place in the file.
func (n *names) resolve(e *fleet.Server, field fleet.Field, ref fleet.Ref) Named {
	l := n.plans
	if field == fleet.FieldOS {
		l = n.os
	}
	if ref.ID != "" {
		if ref.Name == "" {
			ref.Name = l.byID[ref.ID]
		}
		return Named(ref)
	}
	for _, group := range l.groups {
		switch ids := group[ref.Name]; len(ids) {
		case 0:
		case 1:
			return Named{ID: ids[0], Name: ref.Name}
		default:
			slices.Sort(ids)
			n.problem(e.Source.At(field), fmt.Sprintf("%s %q may be any of the ids %s", field, ref.Name, strings.Join(ids, ", ")),
				"write the id, or name it in the catalog")
			return Named{}
		}
	}
	n.problem(e.Source.At(field), fmt.Sprintf("unknown %s %q: not in the catalog, and the API tells no such name", field, ref.Name), l.hint(field))
	return Named{}
}

// complaint is a problem at a place, told once however many servers it concerns.
type complaint struct {
	pos     fleet.Pos
	message string
}

func (n *names) problem(pos fleet.Pos, message, hint string) {
	if told := (complaint{pos, message}); !n.reported[told] {
		n.reported[told] = true
		n.problems = append(n.problems, n.fleet.ProblemAt(pos, message, hint))
	}
}

// hint lists what is known, as far as a line can hold.
func (l lookup) hint(field fleet.Field) string {
	known := map[string]bool{}
	for _, group := range l.groups {
		for name := range group {
			known[name] = true
		}
	}
	list := slices.Sorted(maps.Keys(known))
	if len(list) == 0 {
		return fmt.Sprintf("write its id, or add it to the catalog's %s", catalogKey(field))
	}
	if len(list) > 8 {
		list = append(list[:8], "…")
	}
	return "known are " + strings.Join(list, ", ") + "; or add it to the catalog"
}

func catalogKey(field fleet.Field) string {
	if field == fleet.FieldOS {
		return "os"
	}
	return "plans"
}

// checkSold notes a problem where the API would not sell what an entry is to be
// made with, as far as that is known.
func (d *differ) checkSold(e *fleet.Server, s Spec) {
	const hint = "choose another plan or location"
	for _, o := range d.world.offers {
		switch {
		case o.ID != s.Plan.ID:
		case !o.Available:
			d.names.problem(e.Source.At(fleet.FieldPlan), fmt.Sprintf("the plan %s is not available", s.Plan), hint)
		case o.Locations != nil && !slices.Contains(o.Locations, s.Location):
			d.names.problem(e.Source.At(fleet.FieldPlan),
				fmt.Sprintf("the plan %s is not sold at %s, only at %s", s.Plan, s.Location, strings.Join(o.Locations, ", ")), hint)
		}
	}
}
