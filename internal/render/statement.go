package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/planner"
)

// statement is a reason, about one server or the same about several, whose places
// are written: file:3:5, and file:3…9 of several. Of the other servers that it is
// about it knows what is the same for all.
type statement struct {
	planner.Reason
	subject string // the server's name; {name} of several
	at      []places
	allow   places
	outcome bool // it is about an approved change that is not carried out
}

// newStatement is a reason about one server; add makes it one about several.
func newStatement(name string, r planner.Reason) statement {
	s := statement{Reason: r, subject: name, allow: newPlaces(r.Allow)}
	_, planned := sayings[codeAndAction{s.Code, s.Action}]
	if !planned {
		_, planned = sayings[codeAndAction{code: s.Code}]
	}
	s.outcome = !planned ||
		s.Action != "" && s.Cause == "" && (s.Code == planner.CodeStatus || s.Code == planner.CodeNextUnfit) ||
		s.Action == "" && s.Code == planner.CodeNeeds
	for _, p := range r.At {
		s.at = append(s.at, newPlaces(p))
	}
	s.Servers = slices.Clone(s.Servers)
	return s
}

// add makes a statement one about one more server, whose reason has the same key.
func (s *statement) add(r planner.Reason) {
	s.allow.add(r.Allow)
	for i, p := range r.At {
		s.at[i].add(p)
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

// word is what stands in a saying for a name behind a $.
func (s statement) word(name string) string {
	switch name {
	case "subject":
		return s.subject
	case "at":
		return s.place(0)
	case "entry":
		return s.place(1)
	case "allow":
		return s.allow.String()
	case "name":
		return s.Name
	case "names":
		return strings.Join(s.Names, ", ")
	case "pattern":
		return quoted(s.Pattern)
	case "mode":
		return string(s.Mode)
	case "status":
		return quoted(string(s.Status))
	case "action":
		return string(s.Action)
	case "count":
		return fmt.Sprint(s.Count)
	case "since":
		return s.Since.UTC().Format("2006-01-02 15:04 UTC")
	case "servers":
		return fmt.Sprint(len(s.Servers))
	case "cause":
		return newStatement(s.subject, planner.Reason{Code: s.Cause, At: s.Reason.At}).message()
	}
	if text, ok := s.fieldWord(name); ok {
		return text
	}
	if text, ok := s.rolloutWord(name); ok {
		return text
	}
	return s.serverWord(name)
}

// fieldWord is a word about keys and fields.
func (s statement) fieldWord(name string) (text string, ok bool) {
	switch name {
	case "keys":
		return s.keys(), true
	case "fields":
		if len(s.Fields) == 0 {
			return "its replacement was asked for", true
		}
		return differences(s.Fields), true
	case "changed":
		return joined(s.Fields, "; ", func(f planner.FieldChange) string {
			name, was, is := fieldWords(f)
			return fmt.Sprintf("%s was %s and is %s now", name, was, is)
		}), true
	case "differs":
		return s.differs(), true
	case "plan":
		return s.field(0).To.String(), true
	case "location":
		return s.field(1).To.String(), true
	case "billed":
		if s.Status == planner.StatusStopped {
			return "; a stopped server is still billed", true
		}
		return "", true
	case "undone":
		return s.undone(), true
	case "known":
		return s.knownNames(), true
	}
	return "", false
}

// serverWord is a word about other servers, or about how far a wait has come.
func (s statement) serverWord(name string) string {
	other := s.other()
	switch name {
	case "id":
		return cmp.Or(other.ID, "that the file gives")
	case "ids":
		return joined(s.Servers, ", ", func(o planner.Other) string { return o.ID })
	case "other_id":
		return cmp.Or(other.ID, other.Name)
	case "other":
		if other.ID == "" || other.Name == "" {
			return other.Name + other.ID
		}
		return fmt.Sprintf("%s (%s)", other.Name, other.ID)
	case "owner":
		if other.ID == "" {
			return "another server"
		}
		return "server " + other.ID
	case "prices":
		return s.prices()
	case "unresolved":
		if s.Count > 0 {
			return fmt.Sprintf("the create was given up %d times, and each time nothing was created", s.Count)
		}
		return s.Name + " may have been created"
	case "later":
		if s.Count > 0 {
			return "the API does not answer creates reliably; run again later"
		}
	case "not_yet":
		if len(s.Fields) > 0 {
			return fmt.Sprintf("not yet %s: ", s.field(0).To)
		}
	case "still":
		if s.field(0).From.IsNull() {
			return "not seen yet"
		}
		return fmt.Sprintf("still %s, not %s", s.field(0).From, s.field(0).To)
	case "ended":
		return fmt.Sprintf("%s, not %s", s.field(0).From, s.field(0).To)
	}
	return ""
}
