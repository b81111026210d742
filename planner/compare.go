package planner

import (
	"fmt"
	"slices"

	"github.com/vps-fleet/fleet/fleet"
)

// Standing says how far an approved change has come.
type Standing int

// The standings.
const (
	Todo       Standing = iota // it, or a part of it, is still to be carried out
	InPlace                    // the live servers are as it would leave them
	InConflict                 // the live servers are neither as it found them nor as it would leave them
)

// Comparison is an approved change compared with the live servers.
type Comparison struct {
	Standing Standing
	Left     Change // what is still to be carried out; nil unless Todo
	Reason   Reason // what is in conflict; empty unless InConflict
}

func todo(left Change) Comparison     { return Comparison{Standing: Todo, Left: left} }
func conflict(why Reason) Comparison  { return Comparison{Standing: InConflict, Reason: why} }
func taken(named []*Server) Reason    { return Reason{Code: CodeTaken, Servers: others(named...)} }
func changed(f ...FieldChange) Reason { return Reason{Code: CodeChanged, Fields: f} }

var inPlace = Comparison{Standing: InPlace}

// others are servers as a reason about another names them.
func others(servers ...*Server) (list []Other) {
	for _, s := range servers {
		list = append(list, Other{ID: s.ID, Name: s.Name})
	}
	return list
}

// Compare compares an approved change with live servers, by values, wherever that has
// to be known: before a run, before each request, and after an unclear answer.
//
// A field that was not read counts as the old value where an update sets it, and is
// left out of the comparison elsewhere. A server that has been renamed by others, or
// that nothing may be done to, is in conflict with whatever would still be sent.
func Compare(c Change, w World) Comparison {
	switch c := c.(type) {
	case *Create:
		return compareCreate(c, w)
	case *Update:
		return compareUpdate(c, w)
	case *Power:
		return comparePower(c, w)
	case *Replace:
		return compareReplace(c, w)
	case *Delete:
		return compareDelete(c, w)
	}
	panic(fmt.Sprintf("unknown change %T", c))
}

func compareCreate(c *Create, w World) Comparison {
	switch named := w.byName[c.Name]; {
	case len(named) == 0:
		return todo(c)
	case len(named) == 1 && c.Spec.Made(*named[0]):
		return inPlace
	default:
		return conflict(taken(named))
	}
}

// compareUpdate leaves the fields that still have their old values.
func compareUpdate(c *Update, w World) Comparison {
	live := w.byID[c.ID]
	if live == nil {
		return conflict(Reason{Code: CodeGone})
	}
	var left, others []FieldChange
	for _, f := range c.Fields {
		switch now, read := live.Value(f.Field); {
		case read && now.Equal(f.To):
		case !read || now.Equal(f.From):
			left = append(left, f)
		default:
			others = append(others, FieldChange{f.Field, f.From, now})
		}
	}
	if Claims(c) == "" && live.Name != c.Name {
		others = append(others, renamed(c.Name, live))
	}
	_, ok := live.Status.Target()
	switch {
	case len(others) > 0:
		return conflict(changed(others...))
	case len(left) == 0:
		return inPlace
	case !ok:
		return conflict(Reason{Code: CodeStatus, Status: live.Status})
	case len(left) == len(c.Fields):
		return todo(c)
	}
	rest := *c
	rest.Fields = left
	return todo(&rest)
}

func renamed(name string, live *Server) FieldChange {
	return FieldChange{fleet.FieldName, Text(name), Text(live.Name)}
}

// comparePower compares the status a server has or is about to have. A reboot leaves
// nothing to be seen, so it is never in place.
func comparePower(c *Power, w World) Comparison {
	live := w.byID[c.ID]
	if named := w.byName[c.Name]; c.ID == "" && len(named) == 1 {
		live = named[0]
	}
	if live == nil {
		return conflict(Reason{Code: CodeGone})
	}
	target, ok := live.Status.Target()
	switch {
	case live.Name != c.Name && live.Name != c.Was:
		return conflict(changed(renamed(c.Name, live)))
	case !ok:
		return conflict(Reason{Code: CodeStatus, Status: live.Status})
	case target == c.Goal() && c.Verb != ActionReboot:
		return inPlace
	case target != c.From:
		return conflict(changed(statusChange(c.From, live.Status)))
	}
	rest := *c
	rest.ID = live.ID
	return todo(&rest)
}

func statusChange(from, to Status) FieldChange {
	return FieldChange{fleet.FieldStatus, Text(string(from)), Text(string(to))}
}

// compareDelete wants the server to be exactly the one that was observed.
func compareDelete(c *Delete, w World) Comparison {
	live := w.byID[c.ID]
	if live == nil {
		return inPlace
	}
	if why, ok := unchanged(c.Old, *live); !ok {
		return conflict(why)
	}
	return todo(c)
}

// unchanged reports whether a server is as it was observed, and if not, in what.
func unchanged(old, now Server) (why Reason, ok bool) {
	status, ok := now.Status.Target()
	if !ok && (!status.Ended() || status != old.Status) {
		return Reason{Code: CodeStatus, Status: now.Status}, false
	}
	now.Status = status
	differ := differences(old.Value, now.Value, slices.Concat(FixedFields, MutableFields, []fleet.Field{fleet.FieldStatus})...)
	return changed(differ...), len(differ) == 0
}

// compareReplace finds out how far a replacement has come.
func compareReplace(c *Replace, w World) Comparison {
	next := keep(w.byName[c.Name+fleet.NextSuffix], func(s *Server) bool { return s.ID != c.FailedID })
	finish := func() []FieldChange { return c.Spec.mutableFields(c.Name, next[0]) }
	if old := w.byID[c.ID]; old != nil {
		if why, ok := unchanged(c.Old, *old); !ok {
			return conflict(why)
		}
		rest := *c
		if c.Mode == fleet.ReplaceCreateFirst && len(next) > 0 {
			if len(next) > 1 || !usable(next[0], c.Spec) {
				return conflict(Reason{Code: CodeNextUnfit, Servers: others(next...)})
			}
			rest.NextID, rest.Finish = next[0].ID, finish()
		}
		return todo(&rest)
	}
	named := w.byName[c.Name]
	switch {
	case len(named) == 1 && c.Spec.Made(*named[0]):
		return inPlace
	case len(named) > 0:
		return conflict(taken(named))
	case c.Mode == fleet.ReplaceDeleteFirst:
		return todo(c.rest("", nil))
	case len(next) == 1 && usable(next[0], c.Spec):
		return todo(c.rest(next[0].ID, finish()))
	}
	return conflict(Reason{Code: CodeGone})
}

// rest is what is left of a replacement whose old server is gone: to create the
// new one, or to finish the one that is there.
func (c *Replace) rest(next string, finish []FieldChange) Change {
	s := Subject{c.Name, next, Reason{Code: CodeFinish}, c.Labels}
	if c.Mode == fleet.ReplaceDeleteFirst {
		return &Create{s, c.Spec}
	}
	return &Update{Subject: s, Fields: finish, Location: c.Spec.Location}
}

// finishName is the last step of a create-first replacement.
func finishName(name string) FieldChange {
	return FieldChange{fleet.FieldName, Text(name + fleet.NextSuffix), Text(name)}
}
