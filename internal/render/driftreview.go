package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// driftReview is what every reader of drift is shown, by what an apply would do about
// it and in the order of a plan: a difference that costs a server its data comes first.
// What is newly written in the file, and not applied yet, comes last.
type driftReview struct {
	review
	Drift *planner.Drift
}

// kindPending is drift that is none.
const kindPending = kind("pending")

// driftMeanings is how servers are marked that differ, by what an apply would do; past is
// what they are counted as.
var driftMeanings = map[kind]meaning{
	kindDelete:   {color: red, title: "Extra", past: "extra", ofMany: "an apply deletes them, and their data is lost"},
	kindReplace:  {color: red, title: "Needs a replacement", past: "to be replaced", ofMany: "an apply replaces them, and their data is lost"},
	kindBlocked:  {color: red, title: "Needs you", past: "blocked", ofMany: "an apply does nothing to them"},
	kindCreate:   {color: amber, title: "Missing", past: "missing", ofMany: "an apply creates them"},
	kindUpdate:   {color: amber, title: "Changed", past: "changed", ofMany: "an apply updates them"},
	kindStart:    {color: amber, title: "Power", past: "power", ofMany: "an apply starts or stops them"},
	kindUnlisted: {color: dim, title: "Unlisted", past: "unlisted", ofMany: "not in the file, left alone"},
	kindPending:  {color: dim, title: "Pending"},
}

// followsFrom is what an apply would do about a kind of drift, where its plan does not
// tell, as of servers in transition.
var followsFrom = map[planner.DriftKind]kind{
	planner.DriftMissing: kindCreate, planner.DriftChanged: kindUpdate, planner.DriftPower: kindStart, planner.DriftStatus: kindBlocked,
	planner.DriftUnwanted: kindDelete, planner.DriftUnlisted: kindUnlisted, planner.DriftUnclear: kindBlocked,
}

// reviewDrift puts drift in the order of reading. The plan is of the same observation.
func reviewDrift(d *planner.Drift, p *planner.Plan) driftReview {
	follows, blocked := consequences(p)
	differing, pending := driftFacts(d.Differences), driftFacts(d.Pending)
	for i, f := range differing {
		k, ok := follows[f.Member.Name]
		if !ok || k == kindUpdate && f.Drift == planner.DriftPower { // what else is changed in it is no drift
			k = followsFrom[f.Drift]
		}
		if b, ok := blocked[f.Member.Name]; ok && k == kindBlocked {
			f = b
		}
		f.Kind, f.Symbol = k, ""
		f.Titled = slices.Contains([]planner.DriftKind{planner.DriftMissing, planner.DriftUnwanted, planner.DriftUnlisted}, f.Drift)
		differing[i] = f
	}
	for _, f := range pending {
		f.Kind = kindPending
	}
	all := append(differing, pending...)
	v := driftReview{review{Plan: p, File: oneFile(all)}, d}
	for _, k := range append(kinds, kindPending) {
		facts := slices.DeleteFunc(slices.Clone(all), func(f *fact) bool { return f.Kind != k })
		if len(facts) > 0 {
			v.Sections = append(v.Sections, driftSection(k, groupsOf(facts)))
		}
	}
	return v
}

// driftSection is servers of which the same would become.
func driftSection(k kind, groups []group) section {
	s := section{Kind: k, meaning: driftMeanings[k], Said: driftMeanings[k].ofMany, Groups: groups}
	s.Word = strings.ToLower(s.meaning.title)
	s.Lead = fmt.Sprintf("%s %d", s.meaning.title, s.servers())
	if k == kindPending {
		s.Said = whyPending(groups)
	}
	return s
}

// consequences are what a plan does to each server, by name, the worst of it; and
// those to which it does nothing.
func consequences(p *planner.Plan) (follows map[string]kind, blocked map[string]*fact) {
	follows, blocked = make(map[string]kind), make(map[string]*fact)
	for _, c := range p.Changes {
		name, k := c.About().Name, kind(c.Action())
		if k == kindStop || k == kindReboot {
			k = kindStart
		}
		if _, ok := follows[name]; !ok || k.losesData() {
			follows[name] = k
		}
	}
	for _, b := range p.Blocked {
		follows[b.Name], blocked[b.Name] = kindBlocked, blockedFact(b)
	}
	return follows, blocked
}

// whyPending is why what is pending is no drift.
func whyPending(groups []group) string {
	var parts []string
	if slices.ContainsFunc(groups, func(g group) bool { return !g.waitsForTurn() }) {
		parts = append(parts, "newly written in the file, and not applied yet")
	}
	if slices.ContainsFunc(groups, group.waitsForTurn) {
		parts = append(parts, "to come in a rollout that waits")
	}
	return strings.Join(parts, "; or ")
}

// waitsForTurn reports whether what differs is left to a rollout that waits.
func (g group) waitsForTurn() bool { return g.Code != "" && g.Drift != planner.DriftUnclear }

// driftFacts are differences as they are shown: those in the fields of one server are
// one fact.
func driftFacts(list []planner.Difference) (facts []*fact) {
	at := make(map[string]int)
	for _, x := range list {
		f := driftFact(x)
		key := x.Name + "\x00" + strings.Join(x.IDs, "\x00")
		i, ok := at[key]
		if ok && f.Fields != nil && facts[i].Fields != nil {
			facts[i].Fields = append(facts[i].Fields, f.Fields...)
			continue
		}
		at[key] = len(facts)
		facts = append(facts, f)
	}
	return facts
}

// servers counts those that differ, without the unlisted ones.
func (v driftReview) servers() (n int) {
	for _, s := range v.Sections {
		if s.Kind != kindUnlisted && s.Kind != kindPending {
			n += s.servers()
		}
	}
	return n
}

// count is how many servers are in the sections of some kinds.
func (v driftReview) count(of ...kind) (n int) {
	for _, s := range v.Sections {
		if slices.Contains(of, s.Kind) {
			n += s.servers()
		}
	}
	return n
}

// losses counts the servers whose data an apply would destroy.
func (v driftReview) losses() int { return v.count(kindDelete, kindReplace) }

// repairable counts the servers that --only with driftRepairs puts right without a loss.
func (v driftReview) repairable() int { return v.count(kindUpdate, kindStart) }

// driftRepairs are the kinds of change that destroy nothing and create nothing.
const driftRepairs = "update,reboot,start,stop"

// headline is how many servers differ, with what from; "" where none does.
func (v driftReview) headline(from string) (text string) {
	n, unlisted := v.servers(), v.count(kindUnlisted)
	switch {
	case n > 0 && unlisted > 0:
		return quantity(n, "server differs", "servers differ") + from + fmt.Sprintf(", %d more unlisted", unlisted)
	case n > 0:
		return quantity(n, "server differs", "servers differ") + from
	case unlisted > 0:
		return servers(unlisted) + " unlisted"
	}
	return ""
}

// next is what can be done about the drift.
func (v driftReview) next() []phrase {
	if v.servers() == 0 {
		return nil
	}
	next := []phrase{{Text: "fleet plan", Code: true}, {Text: " shows what an apply would do"}}
	if n := v.repairable(); n > 0 {
		next = append(next, phrase{Text: "; "}, phrase{Text: "fleet apply --only " + driftRepairs, Code: true},
			phrase{Text: fmt.Sprintf(" repairs %d without any loss", n)})
	}
	return append(next, phrase{Text: "."})
}
