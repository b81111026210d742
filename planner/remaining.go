package planner

import (
	"slices"
	"time"
)

// Refused is a change of an approved plan that is not to be carried out any more.
type Refused struct {
	Change Change
	Reason Reason
}

// Remaining holds an approved plan against a new observation and returns what of it
// is still to do. What is in place already is left out, and so is what is refused:
// changes that are in conflict with the live servers, all others of the same server,
// and whatever needs these. Nothing is ever added.
func (p *Plan) Remaining(o Observation) (*Plan, []Refused) {
	r := remainder{plan: p, world: newWorld(o).World, left: make(map[int]Change), why: make(map[int]Reason),
		makes: make(map[string]bool), updated: make(map[string]bool), known: make(map[string]bool), owed: o.owedReboots(), taken: make(map[string]Taken)}
	for _, t := range o.Taken {
		r.taken[t.ID] = t
	}
	for _, c := range p.Changes {
		r.known[c.About().ID] = true
	}
	for i, c := range p.Changes {
		r.compare(i, c)
	}
	jobs := p.Jobs()
	r.refuseJobs(jobs)
	rest := *p
	rest.Changes, rest.Waits = nil, nil
	rest.Notes, rest.Blocked = append(slices.Clone(p.Notes), r.notes...), append(slices.Clone(p.Blocked), r.blocked...)
	var refused []Refused
	for i, c := range p.Changes {
		if why, ok := r.why[i]; ok {
			refused = append(refused, Refused{c, why})
		} else if left := r.left[i]; left != nil {
			rest.Changes = append(rest.Changes, left)
		}
	}
	rest.Waits = r.waits(rest.Changes, jobs)
	rest.awaitDisturbed(o.disturbed(), r.world)
	rest.sort()
	return &rest, refused
}

// remainder gathers what is left of a plan, by the indexes of its changes.
type remainder struct {
	plan    *Plan
	world   World
	left    map[int]Change
	why     map[int]Reason  // a change is refused
	makes   map[string]bool // names of servers that are still to be made
	updated map[string]bool // ids of servers whose update is in place
	known   map[string]bool // ids that the plan speaks of
	owed    map[string]Owed
	taken   map[string]Taken
	notes   []Note
	blocked []Blocked
}

// compare finds out what is left of a change. What one server's changes leave of
// each other is beyond Compare: a stop of a server that is still to be made, and a
// reboot whose update is in place.
func (r *remainder) compare(i int, c Change) {
	power, _ := c.(*Power)
	if power != nil && power.ID == "" && r.makes[c.About().Name] {
		r.left[i] = c
		return
	}
	if c.Action() == ActionReboot && power.Reason.Code == CodeAskedFor && r.wasTaken(power) {
		return
	}
	x := Compare(c, r.world)
	switch {
	case x.Standing == InConflict:
		r.why[i] = x.Reason
	case x.Standing == InPlace && c.Action() == ActionDelete && r.reused(c.(*Delete)) != nil:
		r.why[i] = taken(r.reused(c.(*Delete)))
	case x.Standing == InPlace:
		r.updated[c.About().ID] = c.Action() == ActionUpdate
	case c.Action() == ActionReboot && r.mayHaveBeen(power):
		r.leaveOut(power)
	default:
		r.left[i] = x.Left
		if c.Action() == ActionCreate || c.Action() == ActionReplace {
			r.makes[c.About().Name] = true
		}
	}
}

// wasTaken reports whether an earlier run of the plan has sent a reboot. Nobody sends it
// again, even where it is not known whether it was taken.
func (r *remainder) wasTaken(reboot *Power) bool {
	t, sent := r.taken[reboot.ID]
	switch {
	case t.Unclear:
		r.block(reboot, t.At)
	case sent:
		r.note(reboot, Reason{Code: CodeAskedDone, Since: t.At})
	}
	return sent
}

// leaveOut says why a reboot is not repeated that may have been taken already.
func (r *remainder) leaveOut(reboot *Power) {
	t, sent := r.taken[reboot.ID]
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
	r.notes = append(r.notes, Note{reboot.Name, why})
}

// block says that nobody can tell whether a reboot was taken.
func (r *remainder) block(reboot *Power, since time.Time) {
	r.blocked = append(r.blocked, Blocked{reboot.Name, []string{reboot.ID}, Reason{Code: CodeRebootUnclear, Since: since}})
}

// mayHaveBeen reports whether a reboot may have been taken already: its update is in
// place, or it was itself owed when it was approved, and nothing says that it still is.
func (r *remainder) mayHaveBeen(reboot *Power) bool {
	x, owed := r.owed[reboot.ID]
	return (r.updated[reboot.ID] || reboot.Reason.Code == CodeOwed) && (!owed || x.Unclear)
}

// reused are servers that the plan does not know and that have the name of a server
// that it deletes.
func (r *remainder) reused(c *Delete) (others []*Server) {
	for _, s := range r.world.byName[c.Old.Name] {
		if !r.known[s.ID] {
			others = append(others, s)
		}
	}
	return others
}

// refuseJobs refuses the whole of each job in which a change is in conflict, and the
// jobs that need it.
func (r *remainder) refuseJobs(jobs []Job) {
	bad := make(map[int]string) // jobs, with the name to tell
	for again := true; again; {
		again = false
		for i, j := range jobs {
			_, already := bad[i]
			name, refused := r.refusal(j, bad)
			if !already && refused {
				bad[i], again = name, true
			}
		}
	}
	for i, j := range jobs {
		name, refused := bad[i]
		for _, c := range j.Changes {
			if _, known := r.why[c]; refused && !known && r.left[c] != nil {
				r.why[c] = Reason{Code: CodeNeeds, Name: name}
			}
		}
	}
}

// refusal reports whether a job is refused, and the server because of which.
func (r *remainder) refusal(j Job, bad map[int]string) (name string, refused bool) {
	for _, c := range j.Changes {
		if _, conflict := r.why[c]; conflict {
			return j.Name, true
		}
	}
	for _, before := range j.Needs {
		if name, refused := bad[before]; refused {
			return name, true
		}
	}
	return "", false
}

// waits are for servers in transition: those that are still to be changed, and those
// that the plan waited for, but for those of refused changes.
func (r *remainder) waits(left []Change, jobs []Job) (waits []Wait) {
	waiting := make(map[string]bool)
	add := func(name, id string) {
		live := r.world.byID[id]
		if live == nil || waiting[id] {
			return
		}
		if target, ok := live.Status.Target(); ok && target != live.Status {
			waiting[id] = true
			waits = append(waits, Wait{Name: name, ID: live.ID, From: live.Status, To: target})
		}
	}
	for _, c := range left {
		add(c.About().Name, c.About().ID)
	}
	for _, j := range jobs {
		refused := slices.ContainsFunc(j.Changes, func(c int) bool { _, ok := r.why[c]; return ok })
		if j.Wait >= 0 && !refused {
			add(r.plan.Waits[j.Wait].Name, r.plan.Waits[j.Wait].ID)
		}
	}
	return waits
}
