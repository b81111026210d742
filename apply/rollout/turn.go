package rollout

import (
	"slices"
	"strings"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// NewTurn is what changes of a plan do to a server, by the rule that is about it; nil:
// none is. Without changes it goes on with what an earlier run has disrupted.
func NewTurn(p *planner.Plan, name string, rule *planner.Rule, changes []planner.Change) *Turn {
	t := &Turn{Name: name}
	if len(changes) == 0 {
		t.State = InFlight
	}
	for _, c := range changes {
		t.add(c)
	}
	if rule == nil {
		return t
	}
	t.Windows, t.Freezes, t.Estimate = rule.Windows, rule.Freezes, rule.ReadyFor
	for _, i := range rule.Groups {
		g := p.Rollouts[i]
		place := Place{Group: i}
		if at := slices.IndexFunc(g.Servers, func(m planner.Member) bool { return m.Name == name }); at >= 0 {
			m := g.Servers[at]
			place.Domain = domain(g.Policy, m)
			t.AllowUnready = t.AllowUnready || m.Status == planner.StatusStopped // it need not be ready
		}
		t.In = append(t.In, place)
	}
	return t
}

// add adds what one of its changes does.
func (t *Turn) add(c planner.Change) {
	switch c := c.(type) {
	case *planner.Replace:
		t.Destroys = true
		if c.Mode == fleet.ReplaceCreateFirst {
			t.Kind, t.Surging = Surges, c.NextID != ""
		}
		t.Identity = identity(c.Name, "replace", c.Spec.Plan.ID, c.Spec.OS.ID, c.Spec.Location)
	case *planner.Delete:
		t.Destroys, t.Kind = true, Leaves
		t.Identity = identity(c.Name, string(c.Action()))
	case *planner.Power:
		if c.Verb == planner.ActionStop {
			t.Kind = Leaves
		}
		if t.Identity == "" && c.Verb != planner.ActionStart {
			t.Identity = identity(c.Name, string(c.Verb))
		}
	}
}

func identity(parts ...string) string { return strings.Join(parts, " ") }

// domain is where a member's disruptions are kept apart from those elsewhere.
func domain(policy fleet.Rollout, m planner.Member) string {
	if key, ok := strings.CutPrefix(policy.Domain, fleet.DomainLabel); ok {
		return m.Labels[key]
	}
	if policy.Domain == fleet.DomainLocation {
		return m.Location
	}
	return ""
}

// IsIn reports whether the turn's server is in a group.
func (t *Turn) IsIn(group int) bool {
	return slices.ContainsFunc(t.In, func(p Place) bool { return p.Group == group })
}

// End ends the turn of a job that has ended, well or not.
func (t *Turn) End(failed bool) {
	switch {
	case t.State == Pending:
		t.State = Dropped
	case t.State == InFlight && failed:
		t.State = Failed
	case t.State == InFlight:
		t.State = Done
	}
}
