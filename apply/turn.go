package apply

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// turn is what a job does to a server that rollouts, windows or freezes have a say in,
// from its first disruption until it is ready again, or gone.
type turn struct {
	rollout.Turn
	job      *job
	identity string // for later runs
	waiting  bool   // it asks to begin
	over     bool   // it came to nothing before it began, so that no decision is about it any more
	unready  bool   // it was begun, in whichever run, and its server has not become ready
	touched  bool   // a request that disrupts the server was sent, and may have been taken
}

// newTurn makes a job's turn; nil where nothing is disrupted.
func newTurn(p *planner.Plan, j *job, rule *planner.Rule, self bool) *turn {
	if !slices.ContainsFunc(j.tasks, func(t task) bool { _, ok := t.steps[0].(planner.Turn); return ok }) {
		return nil
	}
	t := &turn{job: j, Turn: rollout.Turn{Name: j.name, Self: self}}
	for _, task := range j.tasks {
		for _, s := range task.steps {
			t.Estimate += planner.Usual(s)
		}
		if task.report < len(p.Changes) {
			t.is(p.Changes[task.report])
		}
	}
	if rule != nil {
		t.Windows, t.Freezes = rule.Windows, rule.Freezes
		t.Estimate += rule.ReadyFor
		t.In = places(p, rule, j.name)
	}
	return t
}

// is adds what one of its changes does.
func (t *turn) is(c planner.Change) {
	switch c := c.(type) {
	case *planner.Replace:
		t.Destroys = true
		if c.Mode == fleet.ReplaceCreateFirst {
			t.Kind, t.Surging = rollout.Surges, c.NextID != ""
		}
		t.identity = turnIdentity(c.Name, "replace", c.Spec.Plan.ID, c.Spec.OS.ID, c.Spec.Location)
	case *planner.Delete:
		t.Destroys, t.Kind = true, rollout.Leaves
		t.identity = turnIdentity(c.Name, string(c.Action()))
	case *planner.Power:
		if c.Verb == planner.ActionStop {
			t.Kind = rollout.Leaves
		}
		if t.identity == "" && c.Verb != planner.ActionStart {
			t.identity = turnIdentity(c.Name, string(c.Verb))
		}
	}
}

// turnIdentity is the same for what is left of a turn in a later run.
func turnIdentity(parts ...string) string { return strings.Join(parts, " ") }

// places are a server's places in its groups.
func places(p *planner.Plan, rule *planner.Rule, name string) (list []rollout.Place) {
	for _, g := range rule.Groups {
		place := rollout.Place{Group: g}
		for _, m := range p.Rollouts[g].Servers {
			if m.Name == name {
				place.Domain = domain(p.Rollouts[g].Policy, m)
			}
		}
		list = append(list, place)
	}
	return list
}

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

// isIn reports whether the turn's server is in a group.
func (t *turn) isIn(group int) bool {
	return slices.ContainsFunc(t.In, func(p rollout.Place) bool { return p.Group == group })
}

// begin lets a turn begin.
func (t *turn) begin(now time.Time) {
	t.State, t.waiting = rollout.InFlight, false
	t.job.tasks[0].steps = t.job.tasks[0].steps[1:]
}

// end ends the turn of a job that has ended.
func (t *turn) end() {
	switch {
	case t.State == rollout.Pending:
		t.over = true
	case t.unready || t.job.failed != "":
		t.State = rollout.Failed
	default:
		t.State = rollout.Done
	}
}

// selvesAmong are the ids of servers that have one of the runner's own addresses.
func (r Runner) selvesAmong(servers []planner.Server) (ids []string) {
	for _, s := range servers {
		for _, text := range []*string{s.IPAddress, s.IPv6Address} {
			if text == nil {
				continue
			}
			if ip, err := netip.ParseAddr(*text); err == nil && slices.Contains(r.Self, ip.Unmap()) {
				ids = append(ids, s.ID)
			}
		}
	}
	return ids
}
