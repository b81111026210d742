package render

import (
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// group is servers that the same is said of. Where there are several, {name}
// stands in its texts for the name of each, and a:3…9 for lines 3 to 9.
type group struct {
	Action  planner.Action    // "" where nothing is changed
	Drift   planner.DriftKind // "" in a plan
	Symbol  string
	Members []member              // in the plan's order, at least one
	Fields  []planner.FieldChange // old → new
	What    string                // what is there, or will be; "" where the fields say it
	Warning string                // how the data is lost, as the rest of a sentence; "" where none is
	Reason  string
	Hint    string
}

// member is one server of a group.
type member struct {
	Name     string
	ID       string // "" while it is still to be created
	Location string // "" where the plan does not tell
}

const symbolUnlisted = "?"

// changeGroup is one change as it is shown.
func changeGroup(c planner.Change) group {
	subject := c.About()
	g := group{Action: c.Action(), Symbol: symbol(c), Members: []member{{Name: subject.Name, ID: subject.ID}}, Reason: subject.Reason}
	switch c := c.(type) {
	case *planner.Create:
		g.What, g.Members[0].Location = specText(c.Spec), c.Spec.Location
	case *planner.Update:
		g.Fields, g.Members[0].Location = c.Fields, c.Location
	case *planner.Power:
		g.Members[0].Location = c.Location
		if c.Verb != planner.ActionReboot {
			g.What = string(c.From + " → " + c.Goal())
		}
	case *planner.Replace:
		g.Fields, g.Warning, g.Members[0].Location = c.Fields, replaceWarning(c), c.Old.Location
	case *planner.Delete:
		g.What, g.Warning, g.Members[0].Location = serverText(c.Old), "is lost for good", c.Old.Location
	}
	return g
}

func replaceWarning(r *planner.Replace) string {
	switch {
	case r.NextID != "":
		return "is lost; its replacement " + r.NextID + " is there already"
	case r.Mode == fleet.ReplaceCreateFirst:
		return "is lost, once there is a replacement"
	}
	return "is lost, before there is a replacement"
}

func waitGroup(w planner.Wait) group {
	return group{Symbol: "…", Members: []member{{Name: w.Name, ID: w.ID}}, What: string(w.From + " → " + w.To)}
}

func blockedGroup(b planner.Blocked) group {
	g := group{Symbol: "!", Members: []member{{Name: b.Name, ID: strings.Join(b.IDs, ", ")}}, What: b.Reason, Hint: b.Hint}
	if !strings.Contains(b.Reason+b.Hint, b.At) { // "" is in every text
		g.Reason = "(" + b.At + ")"
	}
	return g
}

func unlistedGroup(s planner.Server) group {
	return group{Symbol: symbolUnlisted, Members: []member{{s.Name, s.ID, s.Location}}, What: serverText(s)}
}

func leftOutGroup(l planner.LeftOut) group {
	return group{Action: l.Action, Symbol: words[l.Action].symbol, Members: []member{{Name: l.Name, ID: l.ID}}, What: l.Reason, Reason: l.Because}
}

func noteGroup(n planner.Note) group {
	return group{Members: []member{{Name: n.Name}}, What: n.Text}
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

// subject is a group's server, or how many it has.
func (g group) subject() string {
	if len(g.Members) == 1 {
		return g.Members[0].Name
	}
	return fmt.Sprintf("%d servers", len(g.Members))
}

// what is what the group says is there; of a server that is left alone with its id.
func (g group) what() string {
	if g.Drift == "" && g.Symbol == symbolUnlisted && len(g.Members) == 1 {
		return g.Members[0].ID + ", " + g.What
	}
	return g.whichIsThere() + g.What
}

// warning says whose data is lost, and how.
func (g group) warning() string {
	switch {
	case g.Warning == "":
		return ""
	case len(g.Members) == 1:
		return "the data of " + g.Members[0].ID + " " + g.Warning
	}
	return "their data " + g.Warning
}

// title names a group by what it changes: hostname of 40 servers.
func (g group) title() string {
	var fields []string
	for _, f := range g.Fields {
		fields = append(fields, string(f.Field))
	}
	if fields == nil {
		return g.subject()
	}
	return strings.Join(fields, ", ") + " of " + g.subject()
}

// names are the names of a group's servers, the consecutive ones as ranges.
func (g group) names() []string {
	all := make([]string, len(g.Members))
	for i, m := range g.Members {
		all[i] = m.Name
	}
	return ranges(all)
}
