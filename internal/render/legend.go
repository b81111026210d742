package render

import "github.com/vps-fleet/fleet/planner"

// Meaning is a symbol of a plan and what it stands for.
type Meaning struct{ Symbol, Meaning string }

// Symbols are the symbols of plans, in the order in which plans show them.
func Symbols() []Meaning {
	return []Meaning{
		{words[planner.ActionDelete].symbol, "delete, its data is lost"},
		{words[planner.ActionReplace].symbol, "replace, the old server goes first, its data is lost"},
		{"+/-", "replace, the new server comes first, the old one's data is lost"},
		{"!", "blocked, nothing is done to it"},
		{words[planner.ActionCreate].symbol, "create"},
		{words[planner.ActionUpdate].symbol, "update"},
		{words[planner.ActionReboot].symbol, "reboot"},
		{words[planner.ActionStart].symbol, "start"},
		{words[planner.ActionStop].symbol, "stop"},
		{"…", "on its way, waited for"},
		{symbolUnlisted, "unlisted, left alone"},
	}
}
