package rollout

import (
	"cmp"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// Decide says which turns may begin now, and why each of the others may not. A turn
// begins when every group of its server allows it, together with those before it.
func Decide(w World) Decision {
	s := newSurvey(w)
	d := Decision{Held: make(map[int]Hold), Over: s.inFlight == 0}
	for i := range s.groups {
		d.Away = append(d.Away, s.groups[i].unavailable-len(s.groups[i].unchecked))
	}
	for _, i := range s.order() {
		h := s.hold(w.Turns[i])
		if h == nil {
			s.begin(w.Turns[i])
			d.Begin = append(d.Begin, i)
			d.Over = false
			continue
		}
		d.Held[i] = *h
		d.Over = d.Over && h.Awaits != AwaitsHealth && !(w.Turns[i].Early && w.Moving > 0)
		d.wake(w.Now, h.Until)
		d.wake(w.Now, w.Members[w.Turns[i].Name].Recovers)
	}
	for i := range s.groups {
		g := &s.groups[i]
		d.Steps = append(d.Steps, g.step)
		if g.pending > 0 || g.inFlight > 0 {
			d.wake(w.Now, g.deadline())
			if !g.Gate.IsZero() {
				d.wake(w.Now, g.Gate.Add(g.Policy.ReadyFor.Duration))
			}
		}
	}
	return d
}

// wake notes a time at which the decision may change.
func (d *Decision) wake(now, at time.Time) {
	if at.After(now) {
		d.Wake = Sooner(d.Wake, at)
	}
}

// survey is the world in numbers, which grow with what begins.
type survey struct {
	World
	groups      []tally
	inFlight    int  // turns
	others      int  // that have not begun when the decision is made, beside those of this host
	unreachable bool // no member of any group is ready from this host
}

// order is the order in which pending turns are tried: those of a group's first step
// begin with servers that serve, since they prove most; then come servers that are
// away already, since disrupting them costs nothing; then the rest, and this host.
func (s *survey) order() (list []int) {
	rank := make(map[int]int)
	for i, t := range s.Turns {
		if t.State == Pending {
			list = append(list, i)
			rank[i] = s.rank(t)
		}
	}
	slices.SortFunc(list, func(a, b int) int {
		return cmp.Or(rank[a]-rank[b], fleet.CompareNames(s.Turns[a].Name, s.Turns[b].Name))
	})
	return list
}

func (s *survey) rank(t *Turn) int {
	switch {
	case t.Self:
		return 3
	case !s.Members[t.Name].Available():
		return 1
	case !s.first(t):
		return 2
	}
	return 0
}

// first reports whether one of a turn's groups is in its first step of several.
func (s *survey) first(t *Turn) bool {
	return slices.ContainsFunc(t.In, func(p Place) bool {
		g := &s.groups[p.Group]
		return g.step == 0 && len(g.Steps) > 1
	})
}

// hold is why a turn may not begin; nil where it may. What nothing can change comes
// first, then what only time or people can, then what may pass.
func (s *survey) hold(t *Turn) *Hold {
	if t.Self && !s.AllowSelf {
		return held(planner.CodeSelf, AwaitsNothing)
	}
	for _, p := range t.In {
		if h := s.refuse(t, p); h != nil {
			return h
		}
	}
	if t.Early || t.Blocked {
		return s.blocked(t)
	}
	if h := s.closed(t); h != nil {
		return h
	}
	for _, p := range t.In {
		if h := s.groups[p.Group].pausing(s.Now); h != nil {
			return h
		}
	}
	for _, p := range t.In {
		if h := s.wait(t, p); h != nil {
			return s.groups[p.Group].overdue(s.Now, h)
		}
	}
	switch {
	case t.Self && s.inFlight+s.others > 0:
		return held(planner.CodeSelfLast, AwaitsTurns)
	case t.Self && s.Moving > 0:
		return held(planner.CodeSelfLast, AwaitsHealth) // they end by themselves
	}
	return nil
}

// refuse is why a turn will never begin in one of its groups.
func (s *survey) refuse(t *Turn, p Place) *Hold {
	g, m := &s.groups[p.Group], s.Members[t.Name]
	switch {
	case g.halted():
		return g.held(planner.CodeHalted, AwaitsNothing, g.failed)
	case t.Destroys && !t.AllowUnready && !m.New && m.Health != Unchecked && !m.Available():
		if s.Now.Before(m.Recovers) {
			return g.held(planner.CodeUnready, AwaitsHealth, nil)
		}
		return g.held(planner.CodeUnready, AwaitsNothing, nil)
	case t.Kind != Surges && g.MaxUnavailable == 0, t.Kind == Surges && g.MaxSurge == 0:
		return g.held(planner.CodeNoBudget, AwaitsNothing, nil)
	}
	return s.refusedAfter(t, g)
}

// wait is why a turn does not begin in one of its groups just now.
func (s *survey) wait(t *Turn, p Place) *Hold {
	g, m := &s.groups[p.Group], s.Members[t.Name]
	if h := s.waitAfter(t, g); h != nil {
		return h
	}
	switch {
	case len(g.unchecked) > 0 || t.Destroys && !m.New && m.Health == Unchecked:
		return g.held(planner.CodeUnchecked, AwaitsHealth, g.unchecked)
	case !g.affords(t, m):
		return s.overBudget(g, t, m)
	case t.Kind == Surges && !t.Surging && g.surging >= g.MaxSurge:
		return g.held(planner.CodeSurge, AwaitsTurns, nil)
	case !g.inDomain(p.Domain):
		return g.held(planner.CodeDomain, AwaitsTurns, nil)
	case g.begun >= g.limit():
		return g.held(planner.CodeStep, AwaitsTurns, nil)
	case len(g.Policy.Gate) > 0 && (g.gate.IsZero() || s.Now.Before(g.gate.Add(g.Policy.ReadyFor.Duration))):
		return g.held(planner.CodeGate, AwaitsHealth, nil)
	}
	return nil
}

// begin counts a turn that begins.
func (s *survey) begin(t *Turn) {
	s.inFlight++
	for _, p := range t.In {
		s.groups[p.Group].begin(t, s.Members[t.Name], p.Domain)
	}
}

func held(code planner.Code, a Awaited) *Hold {
	return &Hold{planner.Reason{Code: code}, a}
}

// held is a hold in a group, with the servers that it is about.
func (g *tally) held(code planner.Code, a Awaited, servers []string) *Hold {
	h := held(code, a)
	h.Name = g.Policy.Name
	for _, name := range servers {
		h.Servers = append(h.Servers, planner.Other{Name: name})
	}
	return h
}
