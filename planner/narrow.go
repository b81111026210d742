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
		rest.Excluded = append(rest.Excluded, Excluded{r.change.Action(), r.change.About(), r.why})
	}
	return rest
}

// removed is a change that a narrower plan lacks.
type removed struct {
	change Change
	why    Reason
}

// without removes the changes that refuse gives a reason against, those that need
// them, and the waits that were only for them.
func (p *Plan) without(refuse func(Change) (why Reason, out bool)) (*Plan, []removed) {
	n := narrowing{refuse: refuse, needs: p.needs(), verdicts: make(map[Change]verdict)}
	rest := *p
	rest.Changes, rest.Waits = nil, nil
	var out []removed
	changed, kept := make(map[string]bool), make(map[string]bool) // ids
	for _, c := range p.Changes {
		id := c.About().ID
		changed[id] = true
		if v := n.verdict(c); v.out {
			out = append(out, removed{c, v.why})
			continue
		}
		kept[id] = true
		rest.Changes = append(rest.Changes, c)
	}
	for _, w := range p.Waits {
		if kept[w.ID] || !changed[w.ID] || w.disturbed() {
			rest.Waits = append(rest.Waits, w)
		}
	}
	rest.Cost = p.Cost.without(out)
	if slices.ContainsFunc(out, func(r removed) bool { return returns(r.change) }) { // so many are not away any more
		rest.Notes = slices.DeleteFunc(slices.Clone(p.Notes), func(n Note) bool { return n.Reason.Code == CodeAtOnce })
	}
	rest.regroup()
	rest.Cost.Peak = rest.peak()
	return &rest, out
}

// narrowing finds out which changes stay in a plan.
type narrowing struct {
	refuse   func(Change) (why Reason, out bool)
	needs    map[Change][]Change
	verdicts map[Change]verdict
}

// verdict is whether a change is out, and why.
type verdict struct {
	out bool
	why Reason
}

func (n *narrowing) verdict(c Change) verdict {
	if v, known := n.verdicts[c]; known {
		return v
	}
	n.verdicts[c] = verdict{} // changes that need one another in a circle do not put each other out
	why, out := n.refuse(c)
	for _, before := range n.needs[c] {
		if !out && n.verdict(before).out {
			why, out = Reason{Code: CodeNeeds, Action: before.Action(), Name: before.About().Name}, true
		}
	}
	n.verdicts[c] = verdict{out, why}
	return n.verdicts[c]
}

// needs tells which changes each change cannot do without: those that release the
// name it claims, the one that makes its server, and, for a reboot, the update it
// is for.
func (p *Plan) needs() map[Change][]Change {
	released, makes, updates := make(map[string][]Change), make(map[string]Change), make(map[string]Change)
	for _, c := range p.Changes {
		if name, ok := releases(c); ok {
			released[name] = append(released[name], c)
		}
		switch c.Action() {
		case ActionCreate, ActionReplace:
			makes[c.About().Name] = c
		case ActionUpdate:
			updates[c.About().ID] = c
		}
	}
	needs := make(map[Change][]Change)
	for _, c := range p.Changes {
		if name, ok := claims(c); ok {
			needs[c] = released[name]
		}
		power, ok := c.(*Power)
		switch {
		case !ok:
		case power.ID == "" && makes[power.Name] != nil:
			needs[c] = []Change{makes[power.Name]}
		case power.Verb == ActionReboot && power.Reason.Code != CodeAskedFor && updates[power.ID] != nil:
			needs[c] = []Change{updates[power.ID]}
		}
	}
	return needs
}
