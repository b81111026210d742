package render

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// group is servers of which the same is said. Where there are several, {name}
// stands in its texts for the name of each, and file:3…9 for lines 3 to 9.
type group struct {
	Kind    kind              // "" of drift
	Then    planner.Action    // what comes after it, in the same servers; "" where nothing does
	Drift   planner.DriftKind // "" in a plan
	Code    planner.Code      // of why nothing is done; "" where something is
	Symbol  string
	Members members               // in the plan's order, at least one
	Fields  []planner.FieldChange // old → new; those of drift are in What
	What    string                // what is there, or will be, or is the matter; "" where the fields say it
	Remark  string                // what its section does not say of it; "" where that is nothing
	Reason  string                // why it is so, in full
	Hint    string
	At      []fleet.Pos // where the file asks for it
	Cost    costChange

	facts []*fact // one of each member
}

// member is one server of a group.
type member struct {
	Name     string
	ID       string       // "" while it is still to be created
	Location string       // "" where the plan does not tell
	Plan     string       // likewise
	Labels   fleet.Labels // of its entry
}

type members []member

// names are those of all.
func (list members) names() []string {
	return each(list, func(m member) string { return m.Name })
}

// ranges are the names, the consecutive ones as ranges.
func (list members) ranges() []string { return ranges(list.names()) }

// note is what tells servers apart beside their names: the id of one, or how many they are.
func (list members) note() string {
	if len(list) == 1 {
		return list[0].ID
	}
	return fmt.Sprintf("×%d", len(list))
}

// groupsOf makes one group of those facts that say the same. It stands where its first
// fact did.
func groupsOf(facts []*fact) (groups []group) {
	for _, same := range grouped(facts, (*fact).key) {
		groups = append(groups, newGroup(same...))
	}
	return groups
}

// singles makes a group of each fact.
func singles(facts []*fact) []group {
	return each(facts, func(f *fact) group { return newGroup(f) })
}

// key is equal for the facts that say the same of their servers, but for the
// servers' names and the lines of the file. It is the fact itself where a text holds the
// mark of a name: such a server is shown alone, so that the mark means one thing.
// Where a server is, and what is there that is deleted or left alone, is counted, and
// makes no groups.
func (f *fact) key() any {
	marks, bare := 0, *f
	bare.Live = nil
	marked := bare.withMarks(&marks)
	if marked.Spec != nil {
		marked.Spec.Location = ""
	}
	data, _ := json.Marshal(struct { // texts, numbers and booleans always encode
		fact
		What, Why, File string
	}{*marked, marked.What.Key(), marked.Why.Key(), f.At.File})
	if strings.Count(string(data), nameMark) != marks {
		return f
	}
	return string(data)
}

// newGroup is what facts that say the same say.
func newGroup(facts ...*fact) group {
	first := facts[0]
	name := first.Member.Name
	if len(facts) > 1 {
		first, name = first.withMarks(new(int)), nameMark
	}
	g := group{Kind: first.Kind, Then: first.Then, Drift: first.Drift, Code: first.What.Code, Symbol: first.Symbol, facts: facts}
	what, why, at := newStatement(name, *first.What), newStatement(name, *first.Why), newPlaces(first.At)
	g.Members = make(members, 0, len(facts))
	for i, f := range facts {
		g.Members, g.At = append(g.Members, f.Member), append(g.At, f.places()...)
		if i > 0 {
			f = f.withMarks(new(int))
			what.add(*f.What)
			why.add(*f.Why)
			at.add(f.At)
		}
	}
	g.What, g.Hint, g.Reason, g.Remark = first.what(what, g.Members), what.hint(), why.message(), remark(first)
	switch {
	case first.Drift != "":
		g.Hint, g.Reason = "", bracketed(at.String())
	case first.Why.Code == planner.CodeAskedFor: // What says it
		g.Reason = ""
	case first.Why.Code == "":
		g.Reason = bracketed(what.remark())
	}
	if first.Drift == "" {
		g.Fields = first.Fields
	}
	return g
}

// singly is a group's members, each as a group of its own.
func (g group) singly(c planner.Cost) []group {
	groups := singles(g.facts)
	price(groups, c)
	return groups
}

// mostPlans is how many plans the servers of one group may have to be told apart.
const mostPlans = 6

// byPlan divides groups whose servers have a few plans, so that it is seen what each
// of them ends.
func byPlan(groups []group) (divided []group) {
	for _, g := range groups {
		parts := grouped(g.facts, func(f *fact) string { return f.Member.Plan })
		if len(parts) > mostPlans {
			parts = [][]*fact{g.facts}
		}
		for _, facts := range parts {
			divided = append(divided, newGroup(facts...))
		}
	}
	return divided
}
