package apply

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// group is a rollout as it goes.
type group struct {
	planner.Group
	mark       GroupMark // what later runs are to know of it
	earlier    int       // servers whose turns are over since earlier runs
	changed    int       // servers that the rollout is about, in all of its runs
	steps      []int
	gate       time.Time // since when the gate holds
	gateNext   time.Time // when it is to be asked again
	gateBusy   bool
	gateWhy    error
	gateFrom   time.Time // what is asked before tells nothing
	progressed time.Time
	active     bool       // it has turns that have not ended
	stopped    bool       // turns of it have come to nothing
	version    int        // of the mark: none begins before this one is in the state
	noted      int        // the version that is
	stale      bool       // the mark has more to tell, which nobody waits for
	keeping    bool       // it is being written
	unkept     error      // why it cannot be
	rest       GroupState // what has become of those that did not begin; "": nothing yet
	why        planner.Reason
	told       GroupResult
}

// recall goes on where earlier runs of the same rollout have come to: it is the same
// as long as something of it is left. A person who says so ends a manual pause.
func (g *group) recall(left GroupMark, turns []*turn, goes bool) {
	now, under := make(map[string]bool), 0
	same := false
	for _, t := range turns {
		if t.identity == "" {
			under++
			same = true
			continue
		}
		now[t.identity] = true
		same = same || slices.Contains(left.Turns, t.identity)
	}
	if !same {
		left = GroupMark{}
	}
	g.mark = GroupMark{Name: g.Policy.Name, Begun: left.Begun, Progress: left.Progress}
	for _, identity := range left.Turns {
		begun := slices.Contains(left.Begun, identity)
		if begun && !now[identity] {
			g.earlier++
		}
		if begun || now[identity] { // else nobody wants it any more
			g.mark.Turns = append(g.mark.Turns, identity)
		}
	}
	g.earlier = max(g.earlier-under, 0)
	for _, t := range turns {
		if t.identity != "" && !slices.Contains(left.Turns, t.identity) {
			g.mark.Turns = append(g.mark.Turns, t.identity)
		}
	}
	if goes && g.Policy.Pause.Manual {
		g.mark.Released = g.mark.StepsOver
	}
	if len(turns) > under {
		g.version++
	}
	g.changed = len(g.mark.Turns)
	g.steps = g.StepsOf(g.changed)
}

// world is the group as a decision is made about it.
func (g *group) world() rollout.Group {
	p := g.Policy
	w := rollout.Group{
		Name: p.Name, MaxUnavailable: g.Budget(), MaxSurge: g.Surge(), After: p.After, Steps: g.steps, Pause: p.Pause, MaxFailures: p.MaxFailures,
		Gated: len(p.Gate) > 0, GateFor: p.ReadyFor.Duration, ProgressDeadline: p.ProgressDeadline.Duration,
		Stopped: g.stopped, Gate: g.gate, Progressed: g.progressed, Progress: g.mark.Progress,
	}
	w.Disrupted = g.earlier
	for _, m := range g.Servers {
		if !m.Leaves {
			w.Members = append(w.Members, m.Name)
		}
	}
	return w
}

// over notes how many steps are over.
func (g *group) over(steps int, now time.Time) {
	if steps > g.mark.StepsOver {
		g.mark.StepsOver, g.mark.OverAt = steps, now.Round(0)
		g.version++
		g.progressed = now
	}
}

// begin notes that a turn begins.
func (g *group) begin(t *turn) {
	if !slices.Contains(g.mark.Begun, t.identity) {
		g.mark.Begun, g.stale = append(slices.Clip(g.mark.Begun), t.identity), true
	}
}

// finished reports whether nothing of the rollout is left for later runs.
func (g *group) finished(turns []*turn) bool {
	return !slices.ContainsFunc(turns, func(t *turn) bool { return t.over || t.State != rollout.Done })
}

// result is how far the group has come, with so many members away.
func (g *group) result(turns []*turn, away int) GroupResult {
	r := GroupResult{Name: g.Policy.Name, Size: g.Size(), Changed: g.changed, Done: g.earlier, Budget: g.Budget(), Away: away,
		Step: g.mark.StepsOver, Steps: len(g.steps), State: GroupDone, Why: g.why, Until: g.why.Until}
	pending := 0
	for _, t := range turns {
		switch {
		case t.over:
		case t.State == rollout.Pending:
			pending++
		case t.State == rollout.Failed:
			r.Failed++
		case t.State == rollout.Done:
			r.Done++
		case t.job.readying:
			r.Readying++
		default:
			r.Disrupting++
		}
	}
	switch {
	case pending+r.Readying+r.Disrupting > 0:
		r.State = GroupRunning
	case g.rest != "":
		r.State = g.rest
	case r.Failed > g.Policy.MaxFailures:
		r.State = GroupStopped
	}
	return r
}
