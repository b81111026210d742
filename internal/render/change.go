package render

import (
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// word is how an action is written.
type word struct {
	symbol string
	color  color
	past   string
}

var words = map[planner.Action]word{
	planner.ActionCreate:  {"+", green, "created"},
	planner.ActionUpdate:  {"~", yellow, "updated"},
	planner.ActionStart:   {"^", cyan, "started"},
	planner.ActionStop:    {"v", cyan, "stopped"},
	planner.ActionReboot:  {"@", cyan, "rebooted"},
	planner.ActionReplace: {"-/+", red, "replaced"},
	planner.ActionDelete:  {"-", red, "deleted"},
}

// symbol is what a change is marked with.
func symbol(c planner.Change) string {
	if r, ok := c.(*planner.Replace); ok && r.Mode == fleet.ReplaceCreateFirst {
		return "+/-"
	}
	return words[c.Action()].symbol
}

// changeRow shows a change with its symbol, its fields and why.
func (s Style) changeRow(c planner.Change) row {
	subject := c.About()
	r := row{symbol: symbol(c), color: words[c.Action()].color, name: subject.Name, verb: string(c.Action()), remark: subject.Reason}
	switch c := c.(type) {
	case *planner.Create:
		r.details = []line{s.line(plain, spec(c.Spec))}
	case *planner.Update:
		r.details = s.fields(c.Fields)
	case *planner.Power:
		r.details = s.power(c)
	case *planner.Replace:
		r.details = append(s.fields(c.Fields), s.line(red, "! "+replaceWarning(c)))
	case *planner.Delete:
		old := s.line(plain, server(c.Old)+"  ").plus(s.line(red, "! its data is lost for good"))
		r.details = []line{old}
	}
	return r
}

func (s Style) power(p *planner.Power) []line {
	if p.Verb == planner.ActionReboot {
		return nil
	}
	return []line{s.line(plain, Escape(string(p.From+" → "+p.Goal())))}
}

func replaceWarning(r *planner.Replace) string {
	switch {
	case r.NextID != "":
		return "the data of " + Escape(r.ID) + " is lost; its replacement " + Escape(r.NextID) + " is there already"
	case r.Mode == fleet.ReplaceCreateFirst:
		return "the data of " + Escape(r.ID) + " is lost, once its replacement is there"
	}
	return "the data of " + Escape(r.ID) + " is lost, before its replacement is there"
}

// spec is what a server is created with, on one line.
func spec(c planner.Spec) string {
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
	return Escape(strings.Join(parts, ", "))
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

// server is a live server on one line.
func server(l planner.Server) string {
	parts := []string{l.ID, string(l.Status), l.Location, called("plan", l.Plan)}
	if l.Hostname != nil && *l.Hostname != "" {
		parts = append(parts, *l.Hostname)
	}
	return Escape(strings.Join(parts, ", "))
}
