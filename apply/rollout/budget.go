package rollout

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/planner"
)

// tally is a group in numbers, which grow with what begins.
type tally struct {
	*Group
	unavailable int
	blamed      []string // who is unavailable without being disrupted
	unchecked   []string
	ready       int
	failed      []string

	pending  int // beside this host, which comes last of all
	inFlight int
	begun    int // servers whose turns have begun, in whichever run
	ended    int
	dropped  bool // some of its turns have come to nothing
	step     int  // steps that are over
	surging  int  // new servers beside those that they replace
	domains  map[string]int
	gate     time.Time // since when it holds, as far as was asked since the last turn began
}

func newSurvey(w World) *survey {
	s := &survey{World: w, groups: make([]tally, len(w.Groups))}
	disrupted := make(map[string]bool)
	for _, t := range w.Turns {
		switch {
		case t.State == InFlight:
			disrupted[t.Name] = t.Kind == Restarts
			s.inFlight++
		case t.State == Pending && !t.Self:
			s.others++
		}
	}
	for i := range w.Groups {
		g := &s.groups[i]
		*g = tally{Group: &w.Groups[i], gate: w.Groups[i].Gate, domains: make(map[string]int)}
		g.begun, g.ended = g.Disrupted, g.Disrupted
		for _, name := range g.Members {
			g.look(name, w.Members[name], disrupted[name])
		}
	}
	for _, t := range w.Turns {
		for _, p := range t.In {
			s.groups[p.Group].count(t, p.Domain)
		}
	}
	s.unreachable = len(w.Groups) > 0
	for i := range s.groups {
		g := &s.groups[i]
		g.step = g.stepsOver()
		s.unreachable = s.unreachable && g.ready == 0 && g.blamesHealth(w.Members)
	}
	return s
}

// look counts a member.
func (g *tally) look(name string, m Member, disrupted bool) {
	switch {
	case m.New:
	case disrupted:
		g.unavailable++
	case m.Active && !m.Drained && m.Health == Unchecked:
		g.unavailable++
		g.unchecked = append(g.unchecked, name)
	case !m.Available():
		g.unavailable++
		g.blamed = append(g.blamed, name)
	default:
		g.ready++
	}
}

// count counts a turn as it is.
func (g *tally) count(t *Turn, domain string) {
	if t.Kind == Surges && (t.State == InFlight || t.Surging && t.State != Done && t.State != Dropped) {
		g.surging++
	}
	switch t.State {
	case Dropped:
		g.dropped = true
		return
	case Pending:
		if !t.Self {
			g.pending++
		}
		return
	case InFlight:
		g.inFlight++
		g.domains[domain]++
		if t.Kind == Leaves {
			g.unavailable++
		}
	case Done:
		g.ended++
	case Failed:
		g.failed = append(g.failed, t.Name)
		g.ended++
	}
	g.begun++
}

// begin counts a turn that begins. What a gate said was said before.
func (g *tally) begin(t *Turn, m Member, domain string) {
	g.unavailable += cost(t, m)
	if !t.Self {
		g.pending--
	}
	g.inFlight++
	g.begun++
	g.domains[domain]++
	if t.Kind == Surges && !t.Surging {
		g.surging++
	}
	g.gate = time.Time{}
}

// cost is how many more members are unavailable while a turn is under way. A member
// that is away already costs nothing. One that leaves is none: it counts while it goes.
func cost(t *Turn, m Member) int {
	if t.Kind == Leaves || t.Kind == Restarts && m.Available() && !m.New {
		return 1
	}
	return 0
}

// affords reports whether the budget has room for a turn.
func (g *tally) affords(t *Turn, m Member) bool {
	return g.unavailable+cost(t, m) <= g.MaxUnavailable
}

// overBudget is that a group has no room for a turn. Where that is so even when all
// turns under way are over, the servers to blame are told.
func (s *survey) overBudget(g *tally, t *Turn, m Member) *Hold {
	h := g.held(planner.CodeOverBudget, AwaitsTurns, g.blamed)
	if len(g.blamed)+cost(t, m) > g.MaxUnavailable {
		h.Awaits = AwaitsHealth
		if s.unreachable {
			h.Code = planner.CodeUnreachable
		}
	}
	h.Count = g.MaxUnavailable
	return h
}

// blamesHealth reports whether all that is wrong with a group's members is what probes
// have told from here.
func (g *tally) blamesHealth(members map[string]Member) bool {
	return len(g.blamed) > 0 && !slices.ContainsFunc(g.blamed, func(name string) bool { return !members[name].Active || members[name].Drained })
}

// inDomain reports whether a disruption in a domain keeps apart from all others.
func (g *tally) inDomain(domain string) bool {
	return domain == "" || len(g.domains) == 0 || g.domains[domain] > 0
}
