package planner

import (
	"fmt"
	"slices"
)

// LeftOut is a change that a plan would make, had it not been narrowed.
type LeftOut struct {
	Action Action `json:"action"`
	Subject
	Because string `json:"because,omitempty"` // what it needs that was left out; "" where its own kind was
}

// Only narrows a plan to some kinds of change; none given means all. A change
// that needs one that was left out is left out too. It never widens what a plan does.
func (p *Plan) Only(actions []Action) *Plan {
	if len(actions) == 0 {
		return p
	}
	rest, left := p.without(func(c Change) string {
		if slices.Contains(actions, c.Action()) {
			return ""
		}
		return "its kind was left out"
	})
	for _, l := range left {
		out := LeftOut{Action: l.change.Action(), Subject: l.change.About()}
		if slices.Contains(actions, out.Action) {
			out.Because = l.why
		}
		rest.LeftOut = append(rest.LeftOut, out)
	}
	return rest
}

// removed is a change that a narrower plan lacks.
type removed struct {
	change Change
	why    string
}

// without leaves out the changes that refuse gives a reason against, those that
// need them, and the waits that were only for them.
func (p *Plan) without(refuse func(Change) string) (*Plan, []removed) {
	n := narrowing{refuse: refuse, needs: p.needs(), verdict: make(map[Change]string)}
	rest := *p
	rest.Changes, rest.Waits = nil, nil
	var left []removed
	changed, kept := make(map[string]bool), make(map[string]bool) // ids
	for _, c := range p.Changes {
		id := c.About().ID
		changed[id] = true
		if why := n.why(c); why != "" {
			left = append(left, removed{c, why})
			continue
		}
		kept[id] = true
		rest.Changes = append(rest.Changes, c)
	}
	for _, w := range p.Waits {
		if kept[w.ID] || !changed[w.ID] {
			rest.Waits = append(rest.Waits, w)
		}
	}
	rest.Cost = p.Cost.without(left)
	return &rest, left
}

type narrowing struct {
	refuse  func(Change) string
	needs   map[Change][]Change
	verdict map[Change]string // "" is kept
}

// why says why a change is left out, or "".
func (n *narrowing) why(c Change) string {
	if why, known := n.verdict[c]; known {
		return why
	}
	n.verdict[c] = ""
	why := n.refuse(c)
	for _, before := range n.needs[c] {
		if why == "" && n.why(before) != "" {
			why = fmt.Sprintf("it needs the %s of %s first", before.Action(), before.About().Name)
		}
	}
	n.verdict[c] = why
	return why
}

// needs tells which changes each change cannot do without: those that free the
// name it takes, the one that makes its server, and, for a reboot, the update it
// is for.
func (p *Plan) needs() map[Change][]Change {
	frees, makes, updates := make(map[string][]Change), make(map[string]Change), make(map[string]Change)
	for _, c := range p.Changes {
		if name, ok := freesName(c); ok {
			frees[name] = append(frees[name], c)
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
		if name, ok := takesName(c); ok {
			needs[c] = frees[name]
		}
		power, ok := c.(*Power)
		switch {
		case !ok:
		case power.ID == "" && makes[power.Name] != nil:
			needs[c] = []Change{makes[power.Name]}
		case power.Verb == ActionReboot && updates[power.ID] != nil:
			needs[c] = []Change{updates[power.ID]}
		}
	}
	return needs
}
