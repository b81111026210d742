package importer

import (
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// Why is why a server has got no entry, or why what differs has stayed.
type Why string

// The reasons, with the fields of Left that they fill.
const (
	WhyStatus    Why = "status"    // suspended, or a status that is unknown to us: fleet would block its entry
	WhyName      Why = "name"      // no entry can have its name. Lines
	WhyNext      Why = "next"      // its name is that of a replacement on its way
	WhyDuplicate Why = "duplicate" // another server has its name, and an entry. Other, Lines
	WhyUnclear   Why = "unclear"   // an entry may mean it or another server. At, Lines
	WhyTaken     Why = "taken"     // the entry of its name is for another server. At, Lines
	WhyCase      Why = "case"      // an entry has its name in another case, and does not pin its server. At
	WhyRenamed   Why = "renamed"   // an entry is renamed from its name. At
	WhyID        Why = "id"        // its entry has to pin its id, which a fleet file cannot have
	WhyField     Why = "field"     // a fleet file cannot have its value of Field
	WhyMissing   Why = "missing"   // it does not exist; entries of servers that do not are removed by hand. At
	WhyRename    Why = "rename"    // it has another name than its entry, Other. At
	WhyOther     Why = "other"     // it differs in more than values of fields. At
)

// Left is a server that has got no entry, or an entry that has not been changed.
type Left struct {
	Server planner.Server // of an entry without a server, its name alone
	Why    Why
	Field  fleet.Field
	Other  string    // the id of another server, or a name
	At     fleet.Pos // of the entry that stands in the way
	Lines  string    // that would manage it, put into a fleet file
}

// Unmanaged is a field that was not written, as a fleet file cannot have its value.
type Unmanaged struct {
	Name  string // of the server
	Field fleet.Field
	Value string
}

// Inherited is a field that an entry says itself from now on.
type Inherited struct {
	Name  string // of the entry
	Field fleet.Field
	From  fleet.Pos // where it had the value from
}

// candidate is a server that gets an entry.
type candidate struct {
	live *planner.Server
	pin  bool // by its id
}

// choose finds the servers that no entry lists and that can have one, in natural
// order of their names.
func (j Job) choose() ([]candidate, *Result) {
	c := newChooser(j)
	r := new(Result)
	var chosen []candidate
	sel := planner.Selection{Targets: j.Patterns}
	for _, s := range inOrder(j.Observation.Servers) {
		switch left := c.obstacle(s); {
		case !sel.IncludesUnlisted(s.Name):
		case c.listed[s.ID] != nil:
			r.Existing++
		case left.Why != "":
			left.Server = *s
			r.Left = append(r.Left, left)
		default:
			c.taken[s.Name] = s
			chosen = append(chosen, candidate{s, c.mustPin(s)})
			if h := s.Hostname; h != nil && !fleet.ValidHostname(*h) {
				r.Unmanaged = append(r.Unmanaged, Unmanaged{s.Name, fleet.FieldHostname, *h})
			}
		}
	}
	return chosen, r
}

// inOrder are servers in natural order of their names, and of their ids where
// several have one name.
func inOrder(servers []planner.Server) []*planner.Server {
	sorted := make([]*planner.Server, len(servers))
	for i := range servers {
		sorted[i] = &servers[i]
	}
	slices.SortFunc(sorted, func(a, b *planner.Server) int {
		if a.Name != b.Name {
			return fleet.CompareNames(a.Name, b.Name)
		}
		return fleet.CompareNames(a.ID, b.ID)
	})
	return sorted
}

// chooser knows who has which name.
type chooser struct {
	listed  map[string]*fleet.Server   // entries by the id of their server
	folded  map[string][]*fleet.Server // entries by name in lower case
	renamed map[string]*fleet.Server   // entries by the name that they are renamed from
	live    map[string]int             // how many servers have a name in lower case
	unclear map[string]int             // of those that no entry lists, how many have a name
	taken   map[string]*planner.Server // servers that get an entry, by its name
}

func newChooser(j Job) *chooser {
	c := &chooser{
		listed: planner.Entries(j.Fleet, j.Observation.Servers),
		folded: map[string][]*fleet.Server{}, renamed: map[string]*fleet.Server{},
		live: map[string]int{}, unclear: map[string]int{}, taken: map[string]*planner.Server{},
	}
	for i := range j.Fleet.Servers {
		e := &j.Fleet.Servers[i]
		c.folded[strings.ToLower(e.Name)] = append(c.folded[strings.ToLower(e.Name)], e)
		if e.RenamedFrom != "" {
			c.renamed[e.RenamedFrom] = e
		}
	}
	for _, s := range j.Observation.Servers {
		c.live[strings.ToLower(s.Name)]++
		if c.listed[s.ID] == nil {
			c.unclear[s.Name]++
		}
	}
	return c
}

// obstacle is what keeps a server from having an entry of its name; zero if nothing does.
func (c *chooser) obstacle(s *planner.Server) Left {
	if _, ok := s.Status.Target(); !ok {
		return Left{Why: WhyStatus}
	}
	if strings.HasSuffix(s.Name, fleet.NextSuffix) {
		return Left{Why: WhyNext}
	}
	for _, e := range c.folded[strings.ToLower(s.Name)] {
		switch {
		case e.Name == s.Name && e.ID == "" && c.unclear[s.Name] > 1:
			return Left{Why: WhyUnclear, At: e.Source.Entry}
		case e.Name == s.Name:
			return Left{Why: WhyTaken, At: e.Source.Entry}
		case e.ID == "":
			return Left{Why: WhyCase, At: e.Source.Entry}
		}
	}
	if e := c.renamed[s.Name]; e != nil {
		return Left{Why: WhyRenamed, At: e.Source.Entry}
	}
	if other := c.taken[s.Name]; other != nil {
		return Left{Why: WhyDuplicate, Other: other.ID}
	}
	return c.unwritable(s)
}

// unwritable is what of a server a fleet file cannot have.
func (c *chooser) unwritable(s *planner.Server) Left {
	switch {
	case !fleet.CanList(s.Name):
		return Left{Why: WhyName}
	case c.mustPin(s) && !fleet.ValidCode(s.ID):
		return Left{Why: WhyID}
	case !fleet.ValidCode(s.Plan.ID):
		return Left{Why: WhyField, Field: fleet.FieldPlan}
	case !fleet.ValidCode(s.OS.ID):
		return Left{Why: WhyField, Field: fleet.FieldOS}
	case !fleet.ValidCode(s.Location):
		return Left{Why: WhyField, Field: fleet.FieldLocation}
	}
	return Left{}
}

// mustPin reports whether the name alone does not tell a server.
func (c *chooser) mustPin(s *planner.Server) bool {
	lower := strings.ToLower(s.Name)
	return !fleet.ValidName(s.Name) || c.live[lower] > 1 || len(c.folded[lower]) > 0
}
