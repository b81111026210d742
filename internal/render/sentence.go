package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// Explain writes a reason about a server as a sentence, and what to do about it,
// where that is known. Nothing else makes sentences of reasons; whoever shows them
// escapes them.
func Explain(name string, r planner.Reason) (message, hint string) {
	s := newStatement(name, r)
	return s.message(), s.hint()
}

// Statement is what is said of servers that are blocked for the same reason.
// Where there are several, {name} stands for the name of each.
type Statement struct {
	Names         []string
	Message, Hint string
}

// Statements are what is said of blocked servers, each statement once.
func Statements(blocked []planner.Blocked) (list []Statement) {
	for _, g := range groupsOf(each(blocked, blockedFact), 2) {
		s := Statement{Message: g.What, Hint: g.Hint}
		for _, m := range g.Members {
			s.Names = append(s.Names, m.Name)
		}
		list = append(list, s)
	}
	return list
}

// statement is a reason, about one server or the same about several, whose places
// are written: file:3:5, and file:3…9 of several. Of the other servers that it is
// about it knows what is the same for all.
type statement struct {
	planner.Reason
	subject string // the server's name; {name} of several
	at      []string
	allow   string
}

// newStatement makes one of reasons that have the same key.
func newStatement(name string, same ...planner.Reason) statement {
	s := statement{Reason: same[0], subject: name}
	var allow places
	at := make([]places, len(s.At))
	s.Servers = slices.Clone(s.Servers)
	for _, r := range same {
		allow = append(allow, r.Allow)
		for i, p := range r.At {
			at[i] = append(at[i], p)
		}
		for i, o := range r.Servers {
			if o.ID != s.Servers[i].ID {
				s.Servers[i].ID, s.Servers[i].Monthly = "", nil
			}
			if o.Name != s.Servers[i].Name {
				s.Servers[i].Name = ""
			}
		}
	}
	s.allow = allow.span()
	for _, p := range at {
		s.at = append(s.at, p.span())
	}
	return s
}

// message is what is the matter.
func (s statement) message() string {
	if s.ofApply() {
		text := applySentence(s.Reason)
		if s.Action != "" {
			text = fmt.Sprintf("to %s, but %s", s.Action, text)
		}
		return text
	}
	switch s.Code {
	case planner.CodeMissing, planner.CodeDiffers, planner.CodePower, planner.CodeRebootOn, planner.CodeImmutable,
		planner.CodeFinish, planner.CodeAbsent, planner.CodeUnlisted:
		return s.planned()
	case planner.CodeNextUnneeded:
		return s.otherServer() + " is left by a replacement that is not needed any more; it is billed, and fleet leaves it alone"
	case planner.CodeNextLeft:
		return fmt.Sprintf("it is left by an unfinished replacement of %s; it is billed, and fleet leaves it alone", s.Name)
	case planner.CodeBackupsDefault:
		return "backups_enabled is not declared, so the new server gets the API's default: off"
	case planner.CodeAlmostSameName:
		return strings.TrimSpace("the live server "+s.otherServer()) + " has almost the same name; it is another server"
	case planner.CodeRebootUncertain:
		return "its update is in place already; whether it was rebooted after it, nobody can tell, so it is not rebooted again"
	case planner.CodeExcluded:
		return "its kind was excluded"
	case planner.CodeNeeds:
		if s.Action == "" {
			return applySentence(s.Reason)
		}
		return fmt.Sprintf("it needs the %s of %s first", s.Action, s.Name)
	}
	return s.blocked()
}

// planned is why a change is planned.
func (s statement) planned() string {
	switch s.Code {
	case planner.CodeMissing:
		return fmt.Sprintf("no live server has this name (%s)", s.place(0))
	case planner.CodeDiffers:
		return s.differs()
	case planner.CodePower:
		text := fmt.Sprintf("status: %s at %s", s.Status, s.place(0))
		if s.Status == planner.StatusStopped {
			text += "; a stopped server is still billed"
		}
		return text
	case planner.CodeRebootOn:
		return "reboot_on at " + s.place(0)
	case planner.CodeImmutable:
		return fmt.Sprintf("the API cannot change %s; replace: %s at %s", s.keys(), s.Mode, s.place(0))
	case planner.CodeFinish:
		return "the rest of its replacement"
	case planner.CodeAbsent:
		return "absent: true at " + s.place(0)
	case planner.CodeUnlisted:
		return "no entry lists it, and unlisted: delete"
	}
	return ""
}

// differs says of each field what wants it otherwise.
func (s statement) differs() string {
	var parts []string
	for i, key := range s.Keys {
		switch key {
		case fleet.FieldRenamedFrom, fleet.FieldID:
			parts = append(parts, fmt.Sprintf("%s at %s", key, s.place(i)))
		case fleet.FieldReplace:
			parts = append(parts, "finishes the replacement of "+s.subject)
		default:
			parts = append(parts, fmt.Sprintf("%s differs from %s", key, s.place(i)))
		}
	}
	return strings.Join(parts, "; ")
}

// blocked is why nothing is done for an entry.
func (s statement) blocked() string {
	switch s.Code {
	case planner.CodeStatus:
		return s.wanted() + fmt.Sprintf("its status is %q, and fleet does nothing to such a server", s.Status)
	case planner.CodeUnread:
		return fmt.Sprintf("the API does not tell %s of this server", s.keys())
	case planner.CodeProtected:
		if s.Action == planner.ActionReplace {
			return fmt.Sprintf("%s, which the API cannot change, and it is protected by %q from being replaced", differences(s.Fields), s.Pattern)
		}
		return s.wanted() + fmt.Sprintf("protected by %q", s.Pattern)
	case planner.CodeNeedsReplace:
		return differences(s.Fields) + ", which the API cannot change"
	case planner.CodeNextUnfit:
		return fmt.Sprintf("to be replaced, but %s is there and is not what the replacement needs", s.otherServer())
	case planner.CodeNextDiffers:
		return fmt.Sprintf("an unfinished replacement has left %s, but %s", s.other().Name, differences(s.Fields))
	case planner.CodeIncomplete:
		return "it does not exist, and cannot be created without " + s.keys()
	case planner.CodeUnknownID:
		return "no live server has the id " + cmp.Or(s.other().ID, "that the file gives")
	case planner.CodeDuplicates, planner.CodeNextDuplicates:
		return s.duplicates()
	case planner.CodeNameTaken:
		return fmt.Sprintf("the name %s belongs to %s, which keeps it", s.Name, s.owner())
	case planner.CodeNameCircle:
		return fmt.Sprintf("servers exchange names in a circle through %s; rename one of them to a third name first", s.Name)
	case planner.CodeCorrected:
		return fmt.Sprintf("a fight: corrected in %d runs in a row, and undone each time: %s", s.Count, s.undone())
	case planner.CodeUnknownName:
		return fmt.Sprintf("unknown %s %q: not in the catalog, and the API tells no such name", s.keys(), s.Name)
	case planner.CodeAmbiguousName:
		return fmt.Sprintf("%s %q may be any of the ids %s", s.keys(), s.Name, strings.Join(s.Names, ", "))
	case planner.CodeUnavailable:
		return fmt.Sprintf("the plan %s is not available", s.to(0))
	case planner.CodeNotSoldAt:
		return fmt.Sprintf("the plan %s is not sold at %s, only at %s", s.to(0), s.to(1), strings.Join(s.Names, ", "))
	}
	return ""
}
