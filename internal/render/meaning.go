package render

import (
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// This file has how everything is marked: its symbol, its colour, its words and its
// place in the order of reading, for text, HTML and Markdown alike.

// kind is what a plan says of a server. It is also what a page is filtered by.
type kind string

// kinds are all of them, in the order of reading: losses first, then what needs a person.
var kinds = []kind{kindDelete, kindReplace, kindBlocked, kindCreate, kindUpdate, kindReboot, kindStart, kindStop,
	kindWait, kindUnlisted, kindExcluded, kindNote}

const (
	kindDelete   = kind(planner.ActionDelete)
	kindReplace  = kind(planner.ActionReplace)
	kindBlocked  = kind("blocked")
	kindCreate   = kind(planner.ActionCreate)
	kindUpdate   = kind(planner.ActionUpdate)
	kindReboot   = kind(planner.ActionReboot)
	kindStart    = kind(planner.ActionStart)
	kindStop     = kind(planner.ActionStop)
	kindWait     = kind("waiting")
	kindUnlisted = kind("unlisted")
	kindExcluded = kind("excluded")
	kindNote     = kind("note")
)

// losesData reports whether what is done to servers of a kind ends their data.
func (k kind) losesData() bool { return k == kindDelete || k == kindReplace }

// meaning is how a kind is marked.
type meaning struct {
	symbol string
	color  color
	title  string // of its section, before the number of servers
	past   string // what was done; "" where nothing is
	of1    string // what is the same for the one server of a section
	ofMany string // likewise, of several
	brief  bool   // a section is a paragraph: its names, and what is said once
}

var meanings = map[kind]meaning{
	kindDelete:   {"-", red, "Delete", "deleted", "its data is lost for good", "their data is lost for good", false},
	kindReplace:  {"-/+", red, "Replace", "replaced", "its data is lost; the new one has another id and address", "their data is lost; the new ones have other ids and addresses", false},
	kindBlocked:  {"!", red, "Blocked", "", "nothing is done to it", "nothing is done to them", false},
	kindCreate:   {"+", green, "Create", "created", "", "", false},
	kindUpdate:   {"~", amber, "Update", "updated", "", "", false},
	kindReboot:   {"@", amber, "Reboot", "rebooted", "", "", true},
	kindStart:    {"^", amber, "Start", "started", "", "", true},
	kindStop:     {"v", amber, "Stop", "stopped", "it is still billed", "they are still billed", true},
	kindWait:     {"…", dim, "Wait for", "ready", "", "", true},
	kindUnlisted: {"?", dim, "Unlisted", "", "not in the file, left alone", "not in the file, left alone", true},
	kindExcluded: {"·", dim, "Excluded", "", "not among the kinds of --only", "not among the kinds of --only", false},
	kindNote:     {"i", dim, "Notes", "", "", "", true},
}

const (
	symbolThenReboot  = "~@"  // an update and the reboot after it
	symbolCreateFirst = "+/-" // a replacement that begins with the new server
)

// symbol is what a change is marked with.
func symbol(c planner.Change) string {
	if r, ok := c.(*planner.Replace); ok && r.Mode == fleet.ReplaceCreateFirst {
		return symbolCreateFirst
	}
	return meanings[kind(c.Action())].symbol
}

// fate is what became of a change or of a wait, as people are told it.
type fate string

const (
	fateDoubt      fate = "in doubt"     // it may have taken effect
	fateFailed     fate = "failed"       // it has not
	fateNotReady   fate = "not ready"    // the server exists and is not yet as it is to be
	fateNotSeen    fate = "not seen yet" // the server was made, and no list has shown it
	fateNotStarted fate = "not started"
	fateDone       fate = "done"
)

// fates are all of them, in the order of reading.
var fates = []fate{fateDoubt, fateFailed, fateNotReady, fateNotSeen, fateNotStarted, fateDone}

// fateMeaning is how a fate is marked.
type fateMeaning struct {
	symbol string
	color  color
	title  string // of its section, before the number of servers
	said   string // what is the same for all of a section
}

var fateMeanings = map[fate]fateMeaning{
	fateDoubt:      {"?", red, "In doubt", "nobody can tell whether it took effect"},
	fateFailed:     {"✗", red, "Failed", ""},
	fateNotReady:   {"…", amber, "Not ready", "exists and is billed"},
	fateNotSeen:    {"…", amber, "Not seen yet", "was created and is billed, and no list has shown it"},
	fateNotStarted: {"·", dim, "Not started", ""},
	fateDone:       {"✓", green, "Done", ""},
}

// Meaning is a symbol of a plan or a result and what it stands for.
type Meaning struct{ Symbol, Meaning string }

// Symbols are the symbols of plans, in the order in which plans show them.
func Symbols() []Meaning {
	symbol := func(k kind) string { return meanings[k].symbol }
	return []Meaning{
		{symbol(kindDelete), "delete, its data is lost"},
		{symbol(kindReplace), "replace, the old server goes first, its data is lost"},
		{symbolCreateFirst, "replace, the new server comes first, the old one's data is lost"},
		{symbol(kindBlocked), "blocked, nothing is done to it"},
		{symbol(kindCreate), "create"},
		{symbol(kindUpdate), "update"},
		{symbolThenReboot, "update, then reboot"},
		{symbol(kindReboot), "reboot"},
		{symbol(kindStart), "start"},
		{symbol(kindStop), "stop"},
		{symbol(kindWait), "in transition, waited for"},
		{symbol(kindUnlisted), "unlisted, left alone"},
	}
}

// Outcomes are the symbols of results, in the order in which results show them.
func Outcomes() (list []Meaning) {
	for _, f := range fates {
		m := Meaning{fateMeanings[f].symbol, string(f)}
		if said := fateMeanings[f].said; said != "" {
			m.Meaning += ", " + said
		}
		list = append(list, m)
	}
	return list
}
