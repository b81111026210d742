package planner

import (
	"slices"
	"time"
)

// Refused is a change that is not to be carried out, and why.
type Refused struct {
	Change Change
	Reason Reason
}

// Blocked is the change as an entry that is not carried out.
func (r Refused) Blocked() Blocked {
	b := Blocked{Name: r.Change.About().Name, Reason: r.Reason}
	if id := r.Change.About().ID; id != "" {
		b.IDs = []string{id}
	}
	return b
}

// Remaining compares an approved plan with a new observation and returns what of it
// is still to do. What is in place already is left out, and so is what is refused:
// changes that are in conflict with the live servers, all others of the same server,
// and whatever needs these. Nothing is ever added.
func (p *Plan) Remaining(o Observation) (*Plan, []Refused) {
	rest := *p
	rest.Changes, rest.Waits = nil, nil
	rest.Notes, rest.Blocked = slices.Clone(p.Notes), slices.Clone(p.Blocked)
	r := remainder{plan: p, rest: &rest, world: sortedWorld(o.Servers), owed: o.owed(), left: make([]Change, len(p.Changes)), why: make(map[int]Reason),
		makes: make(map[string]bool), updated: make(map[string]bool), known: make(map[string]bool)}
	r.sent = byKey(o.Sent, func(s SentReboot) string { return s.ID })
	for _, c := range p.Changes {
		r.known[c.About().ID] = true
	}
	for i, c := range p.Changes {
		r.compare(i, c)
	}
	jobs := p.Jobs()
	r.refuseJobs(jobs)
	var refused []Refused
	for i, c := range p.Changes {
		if why, ok := r.why[i]; ok {
			refused = append(refused, Refused{c, why})
		} else if r.left[i] != nil {
			rest.Changes = append(rest.Changes, r.left[i])
		}
	}
	r.wait(jobs)
	rest.awaitDisturbed(o.disturbed(), r.world)
	rest.sort()
	return &rest, refused
}

// remainder gathers what is left of a plan.
type remainder struct {
	plan, rest *Plan
	world      World
	left       []Change        // by the indexes of the plan's changes; nil: nothing
	why        map[int]Reason  // by the same: a change is refused
	makes      map[string]bool // names of servers that are still to be made
	updated    map[string]bool // ids of servers whose update is in place
	known      map[string]bool // ids that the plan speaks of
	owed       map[string]Owed
	sent       map[string]SentReboot
}

// compare finds out what is left of a change. Two cases depend on other changes of the
// server, which Compare does not see: a stop of a server that is still to be made, and
// a reboot whose update is in place.
func (r *remainder) compare(i int, c Change) {
	power, _ := c.(*Power)
	reboot := c.Action() == ActionReboot
	switch x := Compare(c, r.world); {
	case power != nil && power.ID == "" && r.makes[power.Name]:
		r.left[i] = c
	case reboot && power.Reason.Code == CodeAskedFor && r.wasSent(power):
	case x.Standing == InConflict:
		r.why[i] = x.Reason
	case x.Standing == InPlace && c.Action() == ActionDelete && r.reused(c.(*Delete)) != nil:
		r.why[i] = taken(r.reused(c.(*Delete)))
	case x.Standing == InPlace:
		r.updated[c.About().ID] = c.Action() == ActionUpdate
	case reboot && r.mayHaveRebooted(power):
		r.leaveOut(power)
	default:
		r.left[i] = x.Left
		if c.Action() == ActionCreate || c.Action() == ActionReplace {
			r.makes[c.About().Name] = true
		}
	}
}

// wasSent reports whether an earlier run of the plan has sent a reboot. It is not sent
// again, even where nobody knows whether the API took it.
func (r *remainder) wasSent(reboot *Power) bool {
	t, sent := r.sent[reboot.ID]
	switch {
	case t.Unclear:
		r.block(reboot, t.At)
	case sent:
		r.note(reboot, Reason{Code: CodeAskedDone, Since: t.At})
	}
	return sent
}

// mayHaveRebooted reports whether a reboot may have happened already: its update is in
// place, or it was owed when it was approved, and nothing says that it still is.
func (r *remainder) mayHaveRebooted(reboot *Power) bool {
	x, owed := r.owed[reboot.ID]
	return (r.updated[reboot.ID] || reboot.Reason.Code == CodeOwed) && (!owed || x.Unclear)
}

// leaveOut notes why a reboot that may have happened already is not repeated.
func (r *remainder) leaveOut(reboot *Power) {
	t, sent := r.sent[reboot.ID]
	switch x := r.owed[reboot.ID]; {
	case x.Unclear:
		r.block(reboot, x.Since)
	case sent && !t.Unclear:
		r.note(reboot, Reason{Code: CodeAskedDone, Since: t.At})
	default:
		r.note(reboot, Reason{Code: CodeRebootUncertain})
	}
}

func (r *remainder) note(reboot *Power, why Reason) {
	r.rest.Notes = append(r.rest.Notes, Note{reboot.Name, why})
}

// block blocks a reboot of which nobody can tell whether it happened.
func (r *remainder) block(reboot *Power, since time.Time) {
	r.rest.Blocked = append(r.rest.Blocked, Blocked{reboot.Name, []string{reboot.ID}, Reason{Code: CodeRebootUnclear, Since: since}})
}

// reused are servers that the plan does not know and that have the name of a server
// that it deletes.
func (r *remainder) reused(c *Delete) []*Server {
	return keep(r.world.byName[c.Old.Name], func(s *Server) bool { return !r.known[s.ID] })
}

// refuseJobs refuses the whole of each job in which a change is in conflict, and the
// jobs that need it.
func (r *remainder) refuseJobs(jobs []Job) {
	because := make([]int, len(jobs))
	for i, j := range jobs {
		because[i] = -1
		if r.conflicts(j) {
			because[i] = i
		}
	}
	spread(because, func(i int) []int { return jobs[i].Needs })
	for i, j := range jobs {
		root := because[i]
		for root >= 0 && because[root] != root {
			root = because[root]
		}
		for _, c := range j.Changes {
			if _, known := r.why[c]; root >= 0 && !known && r.left[c] != nil {
				r.why[c] = Reason{Code: CodeNeeds, Name: jobs[root].Name}
			}
		}
	}
}

// conflicts reports whether a change of a job is refused.
func (r *remainder) conflicts(j Job) bool {
	return slices.ContainsFunc(j.Changes, func(c int) bool { _, refused := r.why[c]; return refused })
}

// wait adds the waits for servers in transition: those that are still to be changed,
// and those that the plan waited for, but for those of refused changes.
func (r *remainder) wait(jobs []Job) {
	waiting := make(map[string]bool)
	add := func(name, id string) {
		live := r.world.byID[id]
		if live == nil || waiting[id] {
			return
		}
		if target, ok := live.Status.Target(); ok && target != live.Status {
			waiting[id] = true
			r.rest.Waits = append(r.rest.Waits, Wait{Name: name, ID: live.ID, From: live.Status, To: target})
		}
	}
	for _, c := range r.rest.Changes {
		add(c.About().Name, c.About().ID)
	}
	for _, j := range jobs {
		if j.Wait >= 0 && !r.conflicts(j) {
			add(r.plan.Waits[j.Wait].Name, r.plan.Waits[j.Wait].ID)
		}
	}
}
