package simulator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/vpsorg"
)

// This file runs the commands of rollouts, and holds what is true when one is run [I13].

// hooks run the commands of a process.
type hooks struct{ *process }

func (h hooks) Probe(ctx context.Context, _ fleet.Probe, _ apply.Target) error { return ctx.Err() }

// Run takes a server out of its balancer, or puts it back.
func (h hooks) Run(ctx context.Context, _ fleet.Command, t apply.Target, phase apply.Phase) error {
	s := h.sim
	if h.dead.Load() {
		return errDead
	}
	s.mu.Lock()
	s.ran++
	if t.ID == "" || t.IP == "" && slices.ContainsFunc(s.api.Servers(), func(v vpsorg.Server) bool { return string(v.ID) == t.ID && v.IPAddress != nil }) {
		s.violate("I13", "a command is to %s %s, and is not told which server that is: id %q, address %q", phase, t.Name, t.ID, t.IP)
	}
	d := s.dice.of("command", string(phase), t.Name).at(h.number)
	fails := !s.quiet && d.of("fails").percent(10)
	if phase == apply.PhaseDrain {
		s.checkMarked(h.process, t.Name)
		s.out[t.ID] = true
	}
	s.mu.Unlock()
	select {
	case <-time.After(d.of("takes").between(0, 10*time.Second)):
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case h.dead.Load():
		return errDead
	case fails:
		s.fired[commandFails]++
		s.answers = append(s.answers, fmt.Sprintf("run %d fails to %s %s, %s", h.number, phase, t.ID, t.Name))
		return errors.New("exit status 1")
	case phase == apply.PhaseRestore:
		delete(s.out, t.ID)
		s.drained[t.ID] = false
	default:
		s.drained[t.ID] = true
	}
	s.answers = append(s.answers, fmt.Sprintf("run %d has done the %s of %s, %s", h.number, phase, t.ID, t.Name))
	return nil
}

// checkMarked: before a server is drained, it is safe in the state that it may be.
func (s *simulation) checkMarked(p *process, name string) {
	if s.store == nil && !p.frozen.Load() && !s.isMarked(name, func(m rollout.ServerMark) bool { return !m.Drained.IsZero() }) {
		s.violate("I13", "%s is drained, and nothing on disk says so", name)
	}
}
