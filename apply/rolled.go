package apply

import (
	"time"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// This file has what happens to turns and members while jobs go on.

func (g *rolling) handle(m message) {
	g.busy--
	switch m := m.(type) {
	case probed:
		g.probed(m)
	case gateAsked:
		g.gateAsked(m)
	case errandOver:
		g.errandOver(m)
	case kept:
		g.noted(m)
	}
}

// disrupting is the mark to be noted before a change is sent: that its server is being
// disrupted, or is made and was never ready. One that leaves for good leaves no mark,
// nor does one whose place a new one has taken.
func (g *rolling) disrupting(j *job, c planner.Change) *Mark {
	m := g.members[j.name]
	if m == nil || m.Leaves || j.turn != nil && j.turn.Kind == rollout.Surges {
		return nil
	}
	s := g.marks[j.name]
	s.Name = j.name
	switch c.Action() {
	case planner.ActionReboot:
		s.ID, s.Rebooted = c.About().ID, true
	case planner.ActionDelete:
		s.ID = "" // that of the new one is not known yet
	case planner.ActionCreate:
		if !s.Disrupted.IsZero() {
			return nil
		}
		s.ID, s.New = "", j.turn == nil // else it takes the place of one that was there
	default:
		return nil
	}
	return &Mark{Endpoint: g.run.plan.Endpoint, Account: g.run.plan.Account, Server: &s}
}

// answered takes in what became of a job's change.
func (g *rolling) answered(a answer) {
	j := a.job
	g.dirty = true
	if a.mark != nil {
		g.marks[j.name] = *a.mark.Server
	}
	if a.change.Action() == planner.ActionReboot {
		j.answered, j.left = time.Now(), a.left
	}
	if t := j.turn; t != nil && t.State == rollout.InFlight {
		g.went(j)
		if planner.Disrupts(a.change) {
			t.touched = t.touched || a.outcome == Done || a.outcome == Unknown
		}
	}
}

// went notes that a job's turn has gone on.
func (g *rolling) went(j *job) {
	for _, p := range j.turn.In {
		g.groups[p.Group].progressed = time.Now()
	}
}

// left ends the turn of a job that has ended.
func (g *rolling) left(j *job) {
	g.dirty = true
	if j.turn != nil {
		g.went(j)
		j.turn.end()
	}
	if g.run.open == 0 {
		g.close()
	}
}

// read takes in a server that was read alone.
func (g *rolling) read(s reading) {
	g.dirty = true
	if s.err == nil {
		g.saw(s.id, s.server.Status, s.asked)
	}
}

// unready is a server of a group that is waited for, and what its probe has told last.
func (g *rolling) unready(group int) (probe, server string) {
	for _, x := range g.readies {
		w := g.watches[x.ID]
		if x.job.turn != nil && x.job.turn.isIn(group) && w.why != nil {
			return w.why.Error(), x.job.name
		}
	}
	return "", ""
}

// close ends what is under way when nothing is left to be done, and notes and tells how
// far the groups have come.
func (g *rolling) close() {
	if g.closed {
		return
	}
	g.closed = true
	g.cancel()
	now := time.Now()
	turns := g.open()
	d := rollout.Decide(g.world(now, turns))
	for i, group := range g.groups {
		group.over(d.Steps[i], now)
		if list := g.of(i); len(group.mark.Turns) > 0 && group.finished(list) {
			group.mark.Turns, group.mark.Begun = nil, nil
			group.version++
		}
	}
	g.keep()
	g.tell(turns, d, now)
}

// results are how the groups have ended.
func (g *rolling) results() (list []GroupResult) {
	for _, group := range g.groups {
		list = append(list, group.told)
	}
	return list
}
