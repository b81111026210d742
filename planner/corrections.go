package planner

import (
	"cmp"
	"slices"
	"strings"
)

// Correction is one thing that unattended applies have put right, and how many of
// them in a row did so.
type Correction struct {
	Name  string `json:"name"` // of the server
	What  string `json:"what"` // what was corrected, from what to what
	Times int    `json:"times"`
}

// BlockCorrected blocks what was corrected at least limit times in a row and would be
// corrected once more, because somebody undoes it each time. What needs it is blocked
// too. With limit 0 nothing is blocked.
func (p *Plan) BlockCorrected(past []Correction, limit int) *Plan {
	if limit <= 0 {
		return p
	}
	times := timesOf(past)
	rest, left := p.without(func(c Change) (why Reason, out bool) {
		for _, k := range corrections(c) {
			if n := times[k]; n >= limit {
				return corrected(c, n), true
			}
		}
		return Reason{}, false
	})
	rest.Blocked = slices.Clone(p.Blocked)
	for _, l := range left {
		rest.Blocked = append(rest.Blocked, l.Blocked())
	}
	rest.sort()
	return rest
}

// CountCorrections is what is known of corrections after a run: planned are those it
// would make, before any were blocked, and done are those it has made. What is in
// the run's scope and was found as it should be is forgotten; what is not in its
// scope stays.
func CountCorrections(past []Correction, planned, done []Change, inScope func(name string) bool) []Correction {
	was := timesOf(past)
	now := make(map[Correction]int)
	for _, c := range past {
		if !inScope(c.Name) {
			now[c.key()] = c.Times
		}
	}
	for _, c := range planned {
		for _, k := range corrections(c) {
			now[k] = was[k]
		}
	}
	for _, c := range done {
		for _, k := range corrections(c) {
			now[k] = was[k] + 1
		}
	}
	var list []Correction
	for k, n := range now {
		if n > 0 {
			list = append(list, Correction{k.Name, k.What, n})
		}
	}
	slices.SortFunc(list, func(a, b Correction) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.What, b.What))
	})
	return list
}

// key is a correction without its count.
func (c Correction) key() Correction { return Correction{Name: c.Name, What: c.What} }

func timesOf(past []Correction) map[Correction]int {
	times := make(map[Correction]int)
	for _, c := range past {
		times[c.key()] = c.Times
	}
	return times
}

// corrections are what a change puts right, one for each field. A reboot puts nothing
// right, nor does what was asked for. Ids do not count: a server that is made anew has
// another one.
func corrections(c Change) (list []Correction) {
	power, ok := c.(*Power)
	if c.About().Reason.Code == CodeAskedFor || ok && (power.Verb == ActionReboot || power.ID == "") {
		return nil
	}
	add := func(what ...string) {
		list = append(list, Correction{Name: c.About().Name, What: encodeIdentity(append([]string{string(c.Action())}, what...)...)})
	}
	fields := fieldsOf(c)
	for _, f := range fields {
		add(fieldsIdentity([]FieldChange{f})...)
	}
	if fields == nil {
		add()
	}
	return list
}

// fieldsOf are the fields that a change changes; nil where it is about the whole server.
func fieldsOf(c Change) []FieldChange {
	switch c := c.(type) {
	case *Update:
		return c.Fields
	case *Replace:
		return c.Fields
	}
	return nil
}

// corrected is why a change is blocked that was made so many times in a row.
func corrected(c Change, times int) Reason {
	r := Reason{Code: CodeCorrected, Count: times, Action: c.Action(), Fields: fieldsOf(c)}
	if power, ok := c.(*Power); ok {
		r.Status = power.From
	}
	return r
}
