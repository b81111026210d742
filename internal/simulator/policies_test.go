package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/probe/emulated"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// This file draws rollouts and windows, runs their commands, and holds, at each
// disruption, against the budget who is away by the API's status, by what is drained and
// by what has not come up again [I13].

const (
	rolledOut    kind = "a disruption of a server in a rollout"
	heldBack     kind = "a run that only waits is ended"
	commandFails kind = "a drain or restore command fails"
)

var policyKinds = []kind{rolledOut, heldBack, commandFails}

// drawPolicies writes, for some files, by what policies their servers are changed.
func drawPolicies(d dice, serving int) string {
	if !d.of("any").percent(35) || serving < 2 {
		return ""
	}
	fields := []string{"names: ['?']"}
	add := func(what string, percent int, values ...string) {
		if d.of("has", what).percent(percent) {
			fields = append(fields, what+": "+pick(d.of("value", what), values...))
		}
	}
	add("max_unavailable", 60, "1", "2", "50%", "70%")
	add("max_surge", 40, "1", "2")
	add("domain", 15, "location")
	add("max_failures", 40, "1", "2")
	add("ready", 70, "[{tcp: 22}]", "[{http: {url: 'http://{ip}/', status: 200}}]")
	add("ready_for", 40, "1s", "30s")
	if serving > 2 && d.of("steps").percent(40) {
		fields = append(fields, "steps: "+pick(d.of("which steps"), "[1, 100%]", "[1, 2, 100%]"))
		add("pause", 60, "1m", "10m", "manual")
	}
	if d.of("commands").percent(50) {
		fields = append(fields, "drain: {command: [leave, '{name}']}", "restore: {command: [join, '{name}']}")
	}
	text := fmt.Sprintf("rollouts:\n  all: {%s}\n", strings.Join(fields, ", "))
	if d.of("window").percent(15) {
		text += fmt.Sprintf("windows:\n  - {names: ['?'], hours: '%s', timezone: UTC}\n", pick(d.of("hours"), "00:20-23:50", "00:05-12:00", "22:00-20:00"))
	}
	return text
}

// isMarked tells whether it is safe on the disk that a server is so.
func (s *simulation) isMarked(name string, is func(rollout.ServerMark) bool) bool {
	store, err := state.OnDisk(s.safe()).Open(context.Background(), apply.Key{Endpoint: endpoint, Account: "sandbox@example.com"})
	if err != nil {
		return false
	}
	marks, err := store.Marks(context.Background())
	return err == nil && slices.ContainsFunc(marks, func(m rollout.Mark) bool { return m.Server != nil && m.Server.Name == name && is(*m.Server) })
}

// neverReady tells whether no run has seen a server ready, or that whose place it takes,
// so that it counts neither way.
func (s *simulation) neverReady(m planner.Member, id vpsorg.ID) bool {
	_, initial := s.processes[0].start[vpsorg.ID(m.ID)]
	switch {
	case initial || s.store != nil && string(id) != m.ID:
		return false
	case s.store != nil || !s.served[id] && string(id) == m.ID:
		return true
	}
	return s.isMarked(m.Name, func(m rollout.ServerMark) bool { return m.New })
}

// checkBudget: with the server that a request disrupts, no more of its group are away
// than allowed, but for those that somebody else has taken down a moment ago [I13].
func (s *simulation) checkBudget(c *call) {
	if c.verb != "reboot" && c.verb != "stop" && c.method != http.MethodDelete {
		return
	}
	live := s.api.Servers()
	for _, g := range c.process.plan.Rollouts {
		i := slices.IndexFunc(g.Servers, func(m planner.Member) bool { return s.isMember(c.process, m, c.id, live) })
		if i < 0 {
			continue
		}
		s.fired[rolledOut]++
		if s.neverReady(g.Servers[i], c.id) {
			continue
		}
		_, initial := s.processes[0].start[c.id]
		if drained, told := s.drained[string(c.id)]; g.Policy.Drain != nil && (initial || told) && !drained {
			s.violate("I13", "%s %s takes %s down, which is not drained", c.method, c.path, g.Servers[i].Name)
		}
		if s.takesOver(g, g.Servers[i], live) {
			continue
		}
		var away []string
		for _, m := range g.Servers {
			if m.Name != g.Servers[i].Name && !m.Leaves && m.Status != "" && s.away(g, m, live) {
				away = append(away, m.Name)
			}
		}
		if len(away)+1 > g.Budget() && !c.process.paced { // else what it knows may be old
			s.violate("I13", "%s %s takes %s down, while %v are away, of %d that may be", c.method, c.path, g.Servers[i].Name, away, g.Budget())
		}
	}
}

// lookAround notes who serves, or has served before.
func (s *simulation) lookAround() {
	for _, v := range s.api.Servers() {
		s.served[v.ID] = s.served[v.ID] || v.Status == vpsorg.StatusActive && v.IPAddress != nil && s.api.Serve(*v.IPAddress) == emulator.Ready
	}
}

func (s *simulation) isMember(p *process, m planner.Member, id vpsorg.ID, live []vpsorg.Server) bool {
	if m.ID == string(id) {
		return true
	}
	return slices.ContainsFunc(live, func(v vpsorg.Server) bool { return v.ID == id && v.Name == m.Name }) && m.Status != ""
}

// takesOver tells whether a new server serves in the place of one that goes.
func (s *simulation) takesOver(g planner.Group, m planner.Member, live []vpsorg.Server) bool {
	i := slices.IndexFunc(live, func(v vpsorg.Server) bool { return v.Name == m.Name+fleet.NextSuffix })
	return i >= 0 && s.serves(g, live[i])
}

// away tells whether a member does not serve. What others have just done to it, nobody
// can know yet; nor can a file without a restore command bring back who was drained.
func (s *simulation) away(g planner.Group, m planner.Member, live []vpsorg.Server) bool {
	if s.takesOver(g, m, live) || s.neverReady(m, "") {
		return false
	}
	for _, v := range live {
		if v.Name != m.Name && string(v.ID) != m.ID {
			continue
		}
		if s.justTouched(v.ID) {
			return false
		}
		if s.neverReady(m, v.ID) {
			return false
		}
		if s.serves(g, v) {
			return s.out[string(v.ID)] && g.Policy.Restore != nil
		}
	}
	for _, at := range s.touched {
		if at.After(s.processes[len(s.processes)-1].began) {
			return false // it may be among those that were renamed or deleted by hand
		}
	}
	return true
}

// justTouched tells whether others have changed a server, or a late request has, so
// lately that nobody need know.
func (s *simulation) justTouched(id vpsorg.ID) bool {
	recent := time.Now().Add(-settleWindow)
	return s.touched[id].After(recent) || s.landing[id].After(recent)
}

func (s *simulation) serves(g planner.Group, v vpsorg.Server) bool {
	prober := emulated.Prober{Emulator: s.api}
	return v.Status == vpsorg.StatusActive && v.IPAddress != nil && !slices.ContainsFunc(g.Policy.Ready, func(p fleet.Probe) bool {
		return prober.Probe(context.Background(), p, apply.Target{IP: *v.IPAddress}) != nil
	})
}

// heldFor tells whether a group is held back for good: by a server that nobody can act
// on, or because its budget is used up by servers that are stopped, or is none.
func (s *simulation) heldFor(p *planner.Plan) bool {
	for _, g := range p.Rollouts {
		stopped, stay := 0, 0
		for _, m := range g.Servers {
			if !m.Leaves && m.Status == planner.StatusStopped {
				stopped++
				if !m.Changes {
					stay++
				}
			}
		}
		if stopped > g.Budget() || stay >= g.Budget() {
			return true
		}
		for _, v := range s.api.Servers() {
			known := (v.Status == vpsorg.StatusActive || v.Status == vpsorg.StatusStopped) && v.IPAddress != nil
			if !known && slices.ContainsFunc(g.Servers, func(m planner.Member) bool {
				return m.ID == string(v.ID) || m.Name == strings.TrimSuffix(v.Name, fleet.NextSuffix)
			}) {
				return true
			}
		}
	}
	return false
}

// rest waits, where a run has ended because it only waits, until it can go on.
func (s *simulation) rest(r *apply.Result) bool {
	rests, until := false, time.Now()
	for _, rep := range r.Reports {
		var why *apply.Error
		if errors.As(rep.Err, &why) && slices.Contains([]planner.Code{planner.CodePaused, planner.CodeWindow}, why.Code) {
			rests = true
			if why.Until.After(until) {
				until = why.Until
			}
		}
	}
	if rests {
		s.fire(heldBack)
	}
	time.Sleep(time.Until(until))
	return rests
}

// checkRestored: nobody is left out of the balancer, of those that the file can restore.
func (s *simulation) checkRestored(f *fleet.Fleet) {
	if len(f.Rollouts) == 0 || f.Rollouts[0].Restore == nil {
		return
	}
	for _, v := range s.api.Servers() {
		e, listed := f.Lookup(v.Name)
		if s.out[string(v.ID)] && listed && f.Rollouts[0].IsMember(e) && v.Status == vpsorg.StatusActive && v.IPAddress != nil {
			s.violate("I13", "server %s, %s, is left out of its balancer", v.ID, v.Name)
		}
	}
}
