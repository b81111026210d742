package planner

import "slices"

// Excluded is a change that a plan would make, had it not been narrowed.
type Excluded struct {
	Action Action `json:"action"`
	Subject
	ExcludedBy Reason `json:"excluded_by"` // its kind, or that it needs a change that is excluded
}

// Only narrows a plan to some kinds of change; none given means all. A change
// that needs one that is excluded is excluded too. It never widens what a plan does.
func (p *Plan) Only(actions []Action) *Plan {
	if len(actions) == 0 {
		return p
	}
	rest, out := p.without(func(c Change) (why Reason, out bool) {
		return Reason{Code: CodeExcluded}, !slices.Contains(actions, c.Action())
	})
	for _, r := range out {
		rest.Excluded = append(rest.Excluded, Excluded{r.Change.Action(), r.Change.About(), r.Reason})
	}
	return rest
}

// without removes the changes that refuse gives a reason against, those that need
// them, and the waits that were only for them.
func (p *Plan) without(refuse func(Change) (why Reason, out bool)) (*Plan, []Refused) {
	because, why := make([]int, len(p.Changes)), make([]Reason, len(p.Changes))
	for i, c := range p.Changes {
		because[i] = -1
		if reason, out := refuse(c); out {
			because[i], why[i] = i, reason
		}
	}
	needs := p.needs()
	spread(because, func(i int) []int { return needs[i] })
	rest := *p
	rest.Changes, rest.Waits = nil, nil
	var out []Refused
	returned := false                                             // a server is not away any more
	changed, kept := make(map[string]bool), make(map[string]bool) // ids
	for i, c := range p.Changes {
		id := c.About().ID
		changed[id] = true
		switch before := because[i]; {
		case before < 0:
			kept[id] = true
			rest.Changes = append(rest.Changes, c)
			continue
		case before != i:
			needed := p.Changes[before]
			why[i] = Reason{Code: CodeNeeds, Action: needed.Action(), Name: needed.About().Name}
		}
		out = append(out, Refused{c, why[i]})
		returned = returned || returns(c)
	}
	rest.Waits = keep(p.Waits, func(w Wait) bool { return kept[w.ID] || !changed[w.ID] || w.disturbed() })
	rest.Cost = p.Cost.without(out)
	if returned {
		rest.Notes = keep(p.Notes, func(n Note) bool { return n.Reason.Code != CodeAtOnce })
	}
	rest.regroup()
	rest.Cost.Peak = rest.peak()
	return &rest, out
}
