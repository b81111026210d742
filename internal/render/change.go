package render

import (
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

// groupRow shows a group: what it changes, what is lost, why, and who is in it.
func (s Style) groupRow(g group) row {
	r := row{symbol: g.Symbol, color: words[g.Action].color, name: g.subject(), verb: string(g.Action),
		details: s.fields(g.Fields), remark: g.Reason, hint: g.Hint}
	if len(g.Members) > 1 {
		r.list = g.names()
	}
	what, warning := s.line(plain, Escape(g.what())), s.line(red, Escape(g.warning()))
	if warning.width > 0 {
		warning = s.line(red, "! ").plus(warning)
	}
	switch {
	case what.width > 0:
		r.details, r.warning = append(r.details, what), warning
	case warning.width > 0:
		r.details = append(r.details, warning)
	}
	return r
}

// sectionColors are the colours of the symbols where nothing is changed.
var sectionColors = map[string]color{titleWaits: cyan, titleBlocked: red, titleUnlisted: yellow}

// groupRows shows the groups of a section. A reason that the change above has
// too, as in a range, is not said again.
func (s Style) groupRows(sec section) []row {
	rows := make([]row, len(sec.Groups))
	for i, g := range sec.Groups {
		rows[i] = s.groupRow(g)
		if g.Action == "" {
			rows[i].color = sectionColors[sec.Title]
		} else if i > 0 && sec.Groups[i-1].Action == g.Action && sec.Groups[i-1].Reason == g.Reason {
			rows[i].remark = ""
		}
	}
	return rows
}
