package render

import (
	"os"
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
	_, planned := sayingOf(r)
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

// Explain writes a reason about a server as a sentence, and what to do about it.
// Nothing else makes sentences of reasons; whoever shows them escapes them.
func Explain(name string, r planner.Reason) (message, hint string) {
	s := newStatement(name, r)
	return s.message(), s.hint()
}

// message is what is the matter.
func (s statement) message() string {
	text := os.Expand(s.saying().Message, s.word)
	if s.outcome && s.Action != "" {
		text = "to " + string(s.Action) + ", but " + text
	}
	return text
}

// hint is what to do about it; "" where nothing is sure to help.
func (s statement) hint() string { return os.Expand(s.saying().Hint, s.word) }

// remark is the place in the file that a statement is about and does not name.
func (s statement) remark() string {
	said := s.saying()
	for _, names := range []string{"$at", "$cause", "$differs"} {
		if strings.Contains(said.Message+said.Hint, names) {
			return ""
		}
	}
	return s.place(0)
}

// Statement is what is said of servers that are blocked for the same reason.
// Where there are several, {name} stands for the name of each.
type Statement struct {
	Code          planner.Code
	Names         []string
	Message, Hint string
}

// Statements are what is said of blocked servers, each statement once.
func Statements(blocked []planner.Blocked) (list []Statement) {
	for _, g := range groupsOf(each(blocked, blockedFact)) {
		list = append(list, Statement{Code: g.Code, Names: g.Members.names(), Message: g.What, Hint: g.Hint})
	}
	return list
}

func (s statement) saying() saying {
	if s.outcome {
		return outcomes[s.Code]
	}
	said, _ := sayingOf(s.Reason)
	return said
}

// sayingOf is what a plan says of a reason, if it says anything.
func sayingOf(r planner.Reason) (said saying, ok bool) {
	if said, ok = sayings[codeAndAction{r.Code, r.Action}]; !ok {
		said, ok = sayings[codeAndAction{code: r.Code}]
	}
	return said, ok
}
