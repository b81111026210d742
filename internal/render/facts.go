package render

import (
	"strings"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// fact is what is said of one server, as data.
type fact struct {
	Kind   kind              // "" of drift
	Then   planner.Action    // what comes after it, in the same server; "" where nothing does
	Drift  planner.DriftKind // "" in a plan
	Titled bool              // the title of its section says what the drift is
	Symbol string
	change planner.Change
	Member member                `json:"-"`
	Fields []planner.FieldChange // old → new
	Spec   *planner.Spec         // of a server that is created
	Live   *planner.Server       // that is there
	From   planner.Status        // of a start or a stop, or a wait
	To     planner.Status        // likewise
	Made   bool                  // a replacement whose new server exists already
	What   *planner.Reason       `json:"-"` // that it is blocked, or noted; never nil
	Why    *planner.Reason       `json:"-"` // why it is changed, or excluded; never nil
	At     fleet.Pos             `json:"-"` // of what it differs from
}

// noReason is the reason of a fact that needs none.
var noReason = new(planner.Reason)

// changeFact is one change as it is shown.
func changeFact(c planner.Change) *fact {
	subject := c.About()
	f := &fact{Kind: kind(c.Action()), Symbol: symbol(c), change: c,
		Member: member{Name: subject.Name, ID: subject.ID, Labels: subject.Labels}, What: noReason}
	switch c := c.(type) {
	case *planner.Create:
		f.Why = &c.Reason
		f.Spec, f.Member.Location, f.Member.Plan = &c.Spec, c.Spec.Location, called("plan", c.Spec.Plan)
	case *planner.Update:
		f.Why = &c.Reason
		f.Fields, f.Member.Location = c.Fields, c.Location
	case *planner.Power:
		f.Why = &c.Reason
		f.Member.Location = c.Location
		if c.Verb != planner.ActionReboot {
			f.From, f.To = c.From, c.Goal()
		}
	case *planner.Replace:
		f.Why = &c.Reason
		f.Fields, f.Made, f.Member.Location, f.Member.Plan = c.Fields, c.NextID != "", c.Old.Location, called("plan", c.Old.Plan)
	case *planner.Delete:
		f.Why = &c.Reason
		f.Live, f.Member.Location, f.Member.Plan = &c.Old, c.Old.Location, called("plan", c.Old.Plan)
	}
	return f
}

func waitFact(w planner.Wait) *fact {
	f := &fact{Kind: kindWait, Symbol: meanings[kindWait].symbol, Member: member{Name: w.Name, ID: w.ID}, From: w.From, To: w.To, What: noReason, Why: noReason}
	switch {
	case !w.Drained.IsZero():
		f.From, f.To = "drained", planner.Status(planner.TargetRestored)
	case !w.Disrupted.IsZero():
		f.From, f.To = "disrupted", planner.Status(planner.TargetReady)
	}
	return f
}

func blockedFact(b planner.Blocked) *fact {
	return &fact{Kind: kindBlocked, Symbol: meanings[kindBlocked].symbol, Member: member{Name: b.Name, ID: strings.Join(b.IDs, ", ")}, What: &b.Reason, Why: noReason}
}

func unlistedFact(s planner.Server) *fact {
	return &fact{Kind: kindUnlisted, Symbol: meanings[kindUnlisted].symbol, Live: &s, What: noReason, Why: noReason,
		Member: member{Name: s.Name, ID: s.ID, Location: s.Location, Plan: called("plan", s.Plan)}}
}

func excludedFact(x planner.Excluded) *fact {
	f := &fact{Kind: kindExcluded, Symbol: meanings[kind(x.Action)].symbol, Member: member{Name: x.Name, ID: x.ID}, What: &x.Reason, Why: noReason}
	if x.ExcludedBy.Code != planner.CodeExcluded {
		f.Why = &x.ExcludedBy
	}
	return f
}

func noteFact(n planner.Note) *fact {
	return &fact{Kind: kindNote, Symbol: meanings[kindNote].symbol, Member: member{Name: n.Name}, What: &n.Reason, Why: noReason}
}

// driftFact is one difference. Which server it is stands apart from what is said
// of it, so that many can be one group.
func driftFact(x planner.Difference) *fact {
	f := &fact{Drift: x.Kind, Member: member{Name: x.Name, ID: strings.Join(x.IDs, ", ")}, At: x.At, What: &x.Reason, Why: noReason}
	if x.Field != "" && x.Kind != planner.DriftUnclear {
		f.Fields = []planner.FieldChange{{Field: x.Field, From: x.Is, To: x.Want}}
	}
	return f
}

// places are where in the file it is asked for, or caused.
func (f *fact) places() (at []fleet.Pos) {
	add := func(p fleet.Pos) {
		if p.Line > 0 {
			at = append(at, p)
		}
	}
	add(f.At)
	for _, p := range f.Why.At {
		add(p)
	}
	add(f.What.Place())
	return at
}

// factOf is what a report is about.
func factOf(r apply.Report) *fact {
	if r.Change != nil {
		return changeFact(r.Change)
	}
	return waitFact(*r.Wait)
}
