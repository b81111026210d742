package rollout

import (
	"math"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// stepsOver is how many steps are over: as many servers as each allows have had their
// turns. A step that was over once stays so; one in which the group has stopped is not
// over, so that a later run does not go past a failed canary.
func (g *tally) stepsOver() int {
	if g.halted() {
		return g.StepsOver
	}
	n := 0
	for n < len(g.Steps) && g.Steps[n] <= g.ended {
		n++
	}
	return max(n, g.StepsOver)
}

// limit is how many servers may have begun their turns in the step that is under way.
func (g *tally) limit() int {
	if g.step < len(g.Steps) {
		return g.Steps[g.step]
	}
	return math.MaxInt
}

// pausing is the pause between the step that is over and the next one; nil where there
// is none, or it is over. One by the clock holds for whoever comes next; a manual one
// until somebody lets the rollout go on.
func (g *tally) pausing(now time.Time) *Hold {
	pause := g.Policy.Pause
	if g.step == 0 || g.Released >= g.step || pause == (fleet.Pause{}) {
		return nil
	}
	since := g.OverAt
	if g.step > g.StepsOver || since.IsZero() {
		since = now
	}
	h := g.held(planner.CodePaused, AwaitsTime, nil)
	h.Since, h.Count = since, g.step
	if !pause.Manual {
		h.Until = since.Add(pause.For.Duration)
		if !now.Before(h.Until) {
			return nil
		}
	}
	return h
}

// halted reports whether a group has stopped for its failures: more than it may have,
// or one in its first step.
func (g *tally) halted() bool {
	canary := len(g.Steps) > 1 && g.ended-len(g.failed) < g.Steps[0]
	return len(g.failed) > g.Policy.MaxFailures || canary && len(g.failed) > 0
}

// deadline is when a group stops that makes no progress; zero: never.
func (g *tally) deadline() time.Time {
	limit := g.Policy.ProgressDeadline.Duration
	if limit <= 0 || g.Progressed.IsZero() {
		return time.Time{}
	}
	return g.Progressed.Add(limit)
}

// overdue is a hold, or that the group has not progressed for too long, where it waits
// for servers or for what is under way.
func (g *tally) overdue(now time.Time, h *Hold) *Hold {
	at := g.deadline()
	if at.IsZero() || now.Before(at) || h.Awaits == AwaitsTurns && g.inFlight == 0 {
		return h
	}
	return &Hold{planner.Reason{Code: planner.CodeStalled, Cause: h.Code, Name: g.Policy.Name, Servers: h.Servers, Since: g.Progressed}, AwaitsNothing}
}

// blocked is that something beside rollouts is awaited, which may take too long.
func (s *survey) blocked(t *Turn) *Hold {
	h := held(planner.CodeNeeds, AwaitsHealth)
	if !t.Blocked && s.Moving == 0 {
		h.Awaits = AwaitsTurns // those of the jobs that it needs
	}
	for _, p := range t.In {
		if h.Awaits == AwaitsHealth {
			h = s.groups[p.Group].overdue(s.Now, h)
		}
	}
	return h
}

// refusedAfter is that a group which is to be done first has stopped; nil otherwise.
func (s *survey) refusedAfter(t *Turn, g *tally) *Hold {
	return s.before(t, g, AwaitsNothing, func(first *tally) bool { return first.halted() || first.dropped })
}

// waitAfter is that a group which is to be done first is not; nil otherwise.
func (s *survey) waitAfter(t *Turn, g *tally) *Hold {
	return s.before(t, g, AwaitsTurns, func(first *tally) bool { return first.pending+first.inFlight > 0 })
}

// before is the first of the groups that are to be done before a turn of a group of
// which something holds. A group that the server is in itself cannot be done first.
func (s *survey) before(t *Turn, g *tally, a Awaited, is func(*tally) bool) *Hold {
	for i := range s.groups {
		first := &s.groups[i]
		own := slices.ContainsFunc(t.In, func(p Place) bool { return p.Group == i })
		if !own && slices.Contains(g.Policy.After, first.Policy.Name) && is(first) {
			h := g.held(planner.CodeAfter, a, first.failed)
			h.Names = []string{first.Policy.Name}
			return h
		}
	}
	return nil
}
