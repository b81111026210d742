package importer

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// names are what plans and operating systems are called in the files.
type names struct{ plans, os *catalog }

// catalog is the names of one kind: those that the files have, and those that they
// are to get.
type catalog struct {
	kind   string
	byID   map[string]string
	taken  map[string]bool   // names that stand for something
	called map[string]string // what the API calls an id
	added  []fleet.FieldText // names with their ids, as YAML writes them, in the order in which they were needed
	closed bool              // no more names are added
}

// newNames takes the names of the files, and knows the API's.
func newNames(f *fleet.Fleet, o planner.Observation) *names {
	n := &names{newCatalog("plans", f.Catalog.Plans), newCatalog("os", f.Catalog.OS)}
	for _, s := range o.Servers {
		n.plans.call(s.Plan.ID, s.Plan.Name)
		n.os.call(s.OS.ID, s.OS.Name)
	}
	for _, offer := range o.Offers {
		n.plans.call(offer.ID, offer.Name)
		if offer.Slug != "" {
			n.plans.called[offer.ID] = offer.Slug
		}
	}
	for i := range f.Servers {
		n.plans.refer(f.Servers[i].Plan, o, fleet.FieldPlan)
		n.os.refer(f.Servers[i].OS, o, fleet.FieldOS)
	}
	n.plans.refer(f.Defaults.Plan, o, fleet.FieldPlan)
	n.os.refer(f.Defaults.OS, o, fleet.FieldOS)
	return n
}

func newCatalog(kind string, written map[string]string) *catalog {
	c := &catalog{kind: kind, byID: map[string]string{}, taken: map[string]bool{}, called: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(written)) {
		c.taken[name] = true
		if id := written[name]; c.byID[id] == "" {
			c.byID[id] = name
		}
	}
	return c
}

// call notes the first name that the API has for an id.
func (c *catalog) call(id, name string) {
	if c.called[id] == "" {
		c.called[id] = name
	}
}

// refer notes a name of the API's that the files use without having it in the
// catalog. It stays what it is.
func (c *catalog) refer(r fleet.Ref, o planner.Observation, f fleet.Field) {
	if r.ID != "" || r.Name == "" || c.taken[r.Name] {
		return
	}
	c.taken[r.Name] = true
	if id := o.FindID(f, r.Name); id != "" && c.byID[id] == "" {
		c.byID[id] = r.Name
	}
}

// text is how an entry refers to an id: by its name, which the catalog gets if it
// has none yet, or by the id where that name stands for something else.
func (c *catalog) text(id string) string {
	if name := c.byID[id]; name != "" {
		return fleet.QuoteText(name)
	}
	name := shortName(c.called[id])
	if name == "" || c.taken[name] || c.closed {
		return fleet.QuoteID(id)
	}
	c.byID[id], c.taken[name] = name, true
	c.added = append(c.added, fleet.FieldText{Field: fleet.Field(fleet.QuoteText(name)), Text: fleet.QuoteID(id)})
	return fleet.QuoteText(name)
}

var (
	notInNames = regexp.MustCompile(`[^a-z0-9._]+`)
	fillers    = regexp.MustCompile(`-(vps|lts)$`)
)

// shortName is a name of the API's as people write it in a file: "Ubuntu 22.04 LTS"
// is ubuntu-22.04. It is "" where nothing is left, or no more than a number.
func shortName(name string) string {
	short := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(name), "-"), "-._")
	short = fillers.ReplaceAllString(short, "")
	if strings.Trim(short, "0123456789.") == "" {
		return ""
	}
	return short
}
