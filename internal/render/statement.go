package render

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// hint is what to do about what is the matter; "" where nothing is sure to help.
func (s statement) hint() string {
	if s.ofApply() {
		return applyHint(s.Reason)
	}
	switch s.Code {
	case planner.CodeStatus:
		if s.Action == planner.ActionDelete {
			return "settle it with the provider, or delete it by hand"
		}
		return "settle it with the provider; the next run goes on from there"
	case planner.CodeUnread:
		return fmt.Sprintf("leave %s out of the entry", s.keys())
	case planner.CodeProtected:
		return s.protectedHint()
	case planner.CodeNeedsReplace:
		return fmt.Sprintf("to have a new server in its place, write replace: delete-first, or create-first, in the entry at %s; the old one's data is lost", s.allow)
	case planner.CodeNextUnfit:
		return fmt.Sprintf("look at server %s, and delete it if nothing on it is needed", s.otherID())
	case planner.CodeNextDiffers:
		return fmt.Sprintf("look at server %s: rename it to %s to keep it, or delete it", s.otherID(), s.subject)
	case planner.CodeIncomplete:
		return fmt.Sprintf("write %s in the entry or in defaults", s.keys())
	case planner.CodeUnknownID:
		return "correct the id, or remove the line to match by name or create the server"
	case planner.CodeDuplicates:
		if s.other().ID == "" {
			return fmt.Sprintf("write the id of the one that is meant as id: in the entry at %s", s.place(0))
		}
		return fmt.Sprintf("write id: %s (or another of them) in the entry at %s to say which one is meant", s.other().ID, s.place(0))
	case planner.CodeNextDuplicates:
		return "an unfinished replacement is not clear; delete all but one of them"
	case planner.CodeNameTaken, planner.CodeNameCircle:
		return "rename or delete the other server, or list it in the file with the change it needs"
	case planner.CodeCorrected:
		return "find out who undoes it, or change the file; an apply that a person approves corrects it again"
	case planner.CodeUnknownName:
		return s.knownNames()
	case planner.CodeAmbiguousName:
		return "write the id, or name it in the catalog"
	case planner.CodeUnavailable, planner.CodeNotSoldAt:
		return "choose another plan or location"
	}
	return ""
}

func (s statement) protectedHint() string {
	switch s.Action {
	case planner.ActionDelete:
		return "take it out of protect to delete it"
	case planner.ActionStop:
		return fmt.Sprintf("take it out of protect (%s) to stop it", s.allow)
	}
	return fmt.Sprintf("to replace it, take it out of protect (%s) and write replace: in the entry at %s; the old one's data is lost", s.allow, s.place(1))
}

// knownNames are names that would do in the place of an unknown one.
func (s statement) knownNames() string {
	if len(s.Names) == 0 {
		return fmt.Sprintf("write its id, or add it to the catalog's %s", map[string]string{"plan": "plans", "os": "os"}[s.keys()])
	}
	text := "known are " + strings.Join(s.Names, ", ")
	if s.Count > len(s.Names) {
		text += ", …"
	}
	return text + "; or add it to the catalog"
}

// remark is the place in the file that a message is about and does not name.
func (s statement) remark() string {
	switch s.Code {
	case planner.CodeStatus, planner.CodeProtected:
		if s.Action == planner.ActionDelete { // the message names what wants it deleted
			return s.allow
		}
	case planner.CodeUnread, planner.CodeNeedsReplace, planner.CodeNextUnfit, planner.CodeNextDiffers, planner.CodeIncomplete,
		planner.CodeUnknownID, planner.CodeNextDuplicates, planner.CodeNameTaken, planner.CodeNameCircle,
		planner.CodeUnknownName, planner.CodeAmbiguousName, planner.CodeUnavailable, planner.CodeNotSoldAt:
	default:
		return ""
	}
	return s.place(0)
}

// place is one of the places that caused it.
func (s statement) place(i int) string {
	if i >= len(s.at) {
		return ""
	}
	return s.at[i]
}

func (s statement) keys() string {
	var keys []string
	for _, k := range s.Keys {
		keys = append(keys, string(k))
	}
	return strings.Join(keys, ", ")
}

// to is what a field is to be.
func (s statement) to(i int) planner.Value {
	if i >= len(s.Fields) {
		return planner.Value{}
	}
	return s.Fields[i].To
}

// other is the other server that a reason is about.
func (s statement) other() planner.Other {
	if len(s.Servers) == 0 {
		return planner.Other{}
	}
	return s.Servers[0]
}

// otherID is the other server's id; its name where several servers are meant.
func (s statement) otherID() string { return cmp.Or(s.other().ID, s.other().Name) }

// owner is the server that has a name.
func (s statement) owner() string {
	if s.other().ID == "" {
		return "another server"
	}
	return "server " + s.other().ID
}

// otherServer is the other server's name with its id, where just one is meant.
func (s statement) otherServer() string {
	if s.other().ID == "" {
		return s.other().Name
	}
	return fmt.Sprintf("%s (%s)", s.other().Name, s.other().ID)
}

// wanted begins a sentence about what was to be done.
func (s statement) wanted() string {
	switch s.Action {
	case planner.ActionStop:
		return "to be stopped, but "
	case planner.ActionDelete:
		cause := s
		cause.Code = s.Cause
		return "to be deleted (" + cause.planned() + "), but "
	}
	return ""
}

// duplicates names the servers that bear a name, with what each costs.
func (s statement) duplicates() string {
	text := fmt.Sprintf("%d live servers are named %s", len(s.Servers), s.Name)
	if s.other().ID == "" {
		return text
	}
	return text + ": ids " + otherPrices(s.Servers)
}

// undone is what somebody has made of the server again.
func (s statement) undone() string {
	switch {
	case len(s.Fields) > 0:
		return differences(s.Fields)
	case s.Status != "":
		return "it is " + string(s.Status)
	case s.Action == planner.ActionDelete:
		return "it is there"
	}
	return "it is not there"
}

// differences says which fields are not as they are wanted.
func differences(fields []planner.FieldChange) string {
	var parts []string
	for _, c := range fields {
		parts = append(parts, fmt.Sprintf("%s is %s, not %s", c.Field, c.From, c.To))
	}
	return strings.Join(parts, "; ")
}

// ofApply reports whether it is why an approved change is not carried out.
func (s statement) ofApply() bool {
	switch s.Code {
	case planner.CodeGone, planner.CodeChanged, planner.CodeTaken, planner.CodeInterrupted,
		planner.CodeRefused, planner.CodeNoCredit, planner.CodeUnanswered, planner.CodeUnresolved, planner.CodeUnfit,
		planner.CodeNotReady, planner.CodeEnded, planner.CodeNotRead:
		return true
	case planner.CodeStatus, planner.CodeNextUnfit:
		return s.Action != "" && s.Cause == ""
	}
	return false
}
