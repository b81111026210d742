package planner

import "time"

// Disturbed is a server that an earlier run has drained or disrupted for a rollout,
// and has not seen ready, or restored, since.
type Disturbed struct {
	Name      string    // of the entry
	ID        string    // "": not known
	Drained   time.Time // zero: it was not, or is restored
	Disrupted time.Time // zero: it was not, or was ready since
}

func (x Disturbed) is(s *Server) bool {
	return s != nil && x.Name != "" && (x.ID == "" || x.ID == s.ID)
}

// disturbed are, by the entry's name, the servers that earlier runs have disturbed.
func (o Observation) disturbed() map[string]Disturbed {
	return byKey(o.Disturbed, func(x Disturbed) string { return x.Name })
}

// disturbed reports whether an earlier run has left the server so that it is to become
// ready, and to be restored.
func (w Wait) disturbed() bool { return !w.Drained.IsZero() || !w.Disrupted.IsZero() }

// awaitDisturbed has a plan wait until the servers of its groups that earlier runs have
// disturbed are ready and restored. It leaves out a server that is stopped or stops: that
// becomes ready after its start. A server that the plan disrupts anyway is only restored
// first, because another disruption may be what it needs.
func (p *Plan) awaitDisturbed(disturbed map[string]Disturbed, w World) {
	disrupted := make(map[string]bool)
	for _, c := range p.Changes {
		if Disrupts(c) {
			disrupted[c.About().ID] = true
		}
	}
	at := make(map[string]int, len(p.Waits))
	for i, wait := range p.Waits {
		at[wait.ID] = i
	}
	for _, g := range p.Rollouts {
		for _, m := range g.Servers {
			x, s := disturbed[m.Name], w.byID[m.ID]
			if !x.is(s) {
				continue
			}
			if disrupted[s.ID] {
				x.Disrupted = time.Time{}
			}
			target, _ := s.Status.Target()
			if x.Drained.IsZero() && x.Disrupted.IsZero() || target != StatusActive {
				continue
			}
			i, waits := at[s.ID]
			if !waits {
				i, at[s.ID] = len(p.Waits), len(p.Waits)
				p.Waits = append(p.Waits, Wait{Name: m.Name, ID: s.ID, From: s.Status, To: StatusActive})
			}
			p.Waits[i].Drained, p.Waits[i].Disrupted = x.Drained, x.Disrupted
		}
	}
}
