package render

import (
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// fact is what is said of one server, as data.
type fact struct {
	Action planner.Action    // "" where nothing is changed
	Drift  planner.DriftKind // "" in a plan
	Symbol string
	Member member                `json:"-"`
	Fields []planner.FieldChange // old → new
	Spec   *planner.Spec         // of a server that is created
	Live   *planner.Server       // that is there
	From   planner.Status        // of a start or a stop, or a wait
	To     planner.Status        // likewise
	Loss   string                // how the data is lost, as the rest of a sentence; "" where none is
	What   planner.Reason        `json:"-"` // that it is blocked, or noted
	Why    planner.Reason        `json:"-"` // why it is changed, or excluded
	At     fleet.Pos             `json:"-"` // of what it differs from
}

const symbolUnlisted = "?"

// changeFact is one change as it is shown.
func changeFact(c planner.Change) fact {
	subject := c.About()
	f := fact{Action: c.Action(), Symbol: symbol(c), Member: member{Name: subject.Name, ID: subject.ID, Labels: subject.Labels}, Why: subject.Reason}
	switch c := c.(type) {
	case *planner.Create:
		f.Spec, f.Member.Location = &c.Spec, c.Spec.Location
	case *planner.Update:
		f.Fields, f.Member.Location = c.Fields, c.Location
	case *planner.Power:
		f.Member.Location = c.Location
		if c.Verb != planner.ActionReboot {
			f.From, f.To = c.From, c.Goal()
		}
	case *planner.Replace:
		f.Fields, f.Loss, f.Member.Location = c.Fields, replaceLoss(c), c.Old.Location
	case *planner.Delete:
		f.Live, f.Loss, f.Member.Location = &c.Old, "is lost for good", c.Old.Location
	}
	return f
}

func replaceLoss(r *planner.Replace) string {
	switch {
	case r.NextID != "":
		return "is lost; its replacement " + r.NextID + " exists already"
	case r.Mode == fleet.ReplaceCreateFirst:
		return "is lost, once there is a replacement"
	}
	return "is lost, before there is a replacement"
}

func waitFact(w planner.Wait) fact {
	return fact{Symbol: "…", Member: member{Name: w.Name, ID: w.ID}, From: w.From, To: w.To}
}

func blockedFact(b planner.Blocked) fact {
	return fact{Symbol: "!", Member: member{Name: b.Name, ID: strings.Join(b.IDs, ", ")}, What: b.Reason}
}

func unlistedFact(s planner.Server) fact {
	return fact{Symbol: symbolUnlisted, Member: member{Name: s.Name, ID: s.ID, Location: s.Location}, Live: &s}
}

func excludedFact(x planner.Excluded) fact {
	f := fact{Action: x.Action, Symbol: words[x.Action].symbol, Member: member{Name: x.Name, ID: x.ID}, What: x.Reason}
	if x.ExcludedBy.Code != planner.CodeExcluded {
		f.Why = x.ExcludedBy
	}
	return f
}

func noteFact(n planner.Note) fact {
	return fact{Member: member{Name: n.Name}, What: n.Reason}
}

// driftFact is one difference. Which server it is stands apart from what is said
// of it, so that many can be one group.
func driftFact(x planner.Difference) fact {
	f := fact{Drift: x.Kind, Symbol: driftWords[x.Kind].symbol, Member: member{Name: x.Name, ID: strings.Join(x.IDs, ", ")}, At: x.At, What: x.Reason}
	if x.Field != "" && x.Kind != planner.DriftUnclear {
		f.Fields = []planner.FieldChange{{Field: x.Field, From: x.Is, To: x.Want}}
	}
	return f
}

// what is what a fact says is there, or will be; "" where its fields say it.
func (f fact) what(said statement) string {
	switch {
	case f.What.Code != "":
		return said.message()
	case f.Drift != "":
		return driftText(f)
	case f.Spec != nil:
		return specText(*f.Spec)
	case f.Live != nil:
		return serverText(*f.Live)
	case f.To != "":
		return string(f.From + " → " + f.To)
	}
	return ""
}

// specText is what a server is created with, on one line.
func specText(c planner.Spec) string {
	parts := []string{called("plan", c.Plan), called("os", c.OS), c.Location}
	if c.Hostname != nil {
		parts = append(parts, planner.Text(*c.Hostname).String())
	}
	if c.SSHKey != nil {
		parts = append(parts, "ssh key "+c.SSHKey.String())
	}
	if c.BackupsEnabled != nil {
		parts = append(parts, onOff(*c.BackupsEnabled))
	}
	return strings.Join(parts, ", ")
}

// called is a plan or an operating system by its name, which needs no more words,
// or else by what its id is of.
func called(what string, n planner.Named) string {
	if n.Name == "" {
		return what + " " + n.ID
	}
	return n.String()
}

func onOff(backups bool) string {
	if backups {
		return "backups on"
	}
	return "backups off"
}

// serverText is a live server on one line, but for its name and id.
func serverText(l planner.Server) string {
	parts := []string{string(l.Status), l.Location, called("plan", l.Plan)}
	if l.Hostname != nil && *l.Hostname != "" {
		parts = append(parts, *l.Hostname)
	}
	return strings.Join(parts, ", ")
}
