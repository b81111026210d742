package apply

import (
	"cmp"
	"slices"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// job is one server's tasks, one after another.
type job struct {
	name       string
	tasks      []task // what is left of them
	made       string // the id of the server that it created or adopted
	sent       time.Time
	resolved   int       // how often an ambiguous create turned out to have made nothing
	begun      bool      // it has been in a queue
	needs      int       // jobs that have to be done first
	dependents []*job    // jobs that need it
	turn       *turn     // what rollouts, windows and freezes have a say in; nil: nothing
	answered   time.Time // when its reboot was
	left       bool      // its server has left active since
	finished   bool      // nothing is left to be done but to leave
	failed     string    // a server whose change was not done, so that nothing after it may start; "": none
}

// task is a change, or a wait, as the steps that are left of it.
type task struct {
	report     int // index into the result's reports
	steps      []planner.Step
	acted      bool        // a step was carried out
	unresolved *unresolved // what its Resolve step is about
}

// newJobs makes a plan's jobs, with the turns that they take. own are the ids of the
// servers that this host, or its state, runs on.
func newJobs(p *planner.Plan, g *rolling, own []string) []*job {
	plan := p.Jobs()
	jobs := make([]*job, len(plan))
	for i, j := range plan {
		jobs[i] = &job{name: j.Name, needs: len(j.Needs)}
		self := slices.ContainsFunc(j.Changes, func(c int) bool { return slices.Contains(own, p.Changes[c].About().ID) })
		for _, t := range p.Tasks(j, g.rules[j.Name], self) {
			report := t.Change
			if t.Wait >= 0 {
				report = len(p.Changes) + t.Wait
			} else if r, ok := p.Changes[t.Change].(*planner.Replace); ok {
				jobs[i].made = r.NextID
			}
			jobs[i].tasks = append(jobs[i].tasks, task{report: report, steps: t.Steps})
		}
		jobs[i].turn = g.newTurn(jobs[i], self)
	}
	for i, j := range plan {
		for _, before := range j.Needs {
			jobs[before].dependents = append(jobs[before].dependents, jobs[i])
		}
	}
	return jobs
}

// longestFirst orders jobs by how long they usually take. One that begins with a
// delete comes last, when creates have shown whether there is credit.
func longestFirst(jobs []*job) []*job {
	usual := make(map[*job]time.Duration, len(jobs))
	for _, j := range jobs {
		if !sends(j.tasks[0].steps[0], planner.ActionDelete) {
			usual[j] = j.usual()
		}
	}
	return slices.SortedStableFunc(slices.Values(jobs), func(a, b *job) int { return cmp.Compare(usual[b], usual[a]) })
}

// needing is how many jobs need others.
func needing(jobs []*job) (n int) {
	for _, j := range jobs {
		if j.needs > 0 {
			n++
		}
	}
	return n
}

// sends reports whether a step sends a change of a kind.
func sends(s planner.Step, a planner.Action) bool {
	r, ok := s.(planner.Request)
	return ok && r.Change.Action() == a
}

// usual is how long a job takes, by what the API documents and by habit.
func (j *job) usual() (takes time.Duration) {
	for _, t := range j.tasks {
		for _, s := range t.steps {
			takes += planner.Usual(s)
		}
	}
	return takes
}

// request is the change that a job's next step sends, about the server that the job
// has made where it names none.
func (j *job) request() planner.Change {
	c := j.tasks[0].steps[0].(planner.Request).Change
	switch c := c.(type) {
	case *planner.Update:
		about := *c
		about.ID = cmp.Or(c.ID, j.made)
		return &about
	case *planner.Power:
		about := *c
		about.ID = cmp.Or(c.ID, j.made)
		return &about
	}
	return c
}

// createsLater reports whether a create follows in the change that is under way: the
// delete before it must not go where the create cannot.
func (j *job) createsLater() bool {
	return slices.ContainsFunc(j.tasks[0].steps, func(s planner.Step) bool { return sends(s, planner.ActionCreate) })
}

// reboots reports whether a change is an update whose reboot is still to come.
func (j *job) reboots(c planner.Change) bool {
	return c.Action() == planner.ActionUpdate && slices.ContainsFunc(j.tasks[1:], func(t task) bool { return sends(t.steps[0], planner.ActionReboot) })
}

// advance carries a job on as far as it goes without sending anything: into a queue,
// to a wait, or to its end.
func (r *run) advance(j *job) {
	for len(j.tasks) > 0 {
		t := &j.tasks[0]
		switch {
		case len(t.steps) == 0:
			r.end(j, Done, nil)
			continue
		case t.restores(): // also when nothing new is to start
			if r.rolling.restore(j, t.pop().(planner.Restore)) {
				return
			}
			continue
		case r.stopped != nil:
			r.end(j, r.unstarted(j), r.whyStopped(t))
			continue
		case j.failed != "":
			r.end(j, NotStarted, &Error{Reason: planner.Reason{Code: planner.CodeNeeds, Name: j.failed}})
			continue
		}
		switch s := t.steps[0].(type) {
		case planner.Await:
			t.steps = t.steps[1:]
			s.ID = cmp.Or(s.ID, j.made)
			r.poller.await(j, s)
		case planner.Resolve:
			t.steps = t.steps[1:]
			r.poller.resolve(j, s)
		case planner.Turn:
			r.rolling.join(j)
		case planner.Drain:
			t.pop()
			r.rolling.drain(j, cmp.Or(s.ID, j.made))
		case planner.Ready:
			t.pop()
			r.rolling.await(j, s)
		default:
			if j.begun {
				r.resumed = append(r.resumed, j)
			} else {
				r.fresh = append(r.fresh, j)
			}
			j.begun = true
		}
		return
	}
	if !r.rolling.finish(j) {
		r.leave(j)
	}
}

// whyStopped is why a task ends that a stop finds at a step that has not begun.
func (r *run) whyStopped(t *task) *Error {
	if r.reports[t.report].Started.IsZero() {
		return r.stopped
	}
	switch s := t.steps[0].(type) {
	case planner.Await:
		return r.stopped.before(s.Target, "")
	case planner.Resolve:
		return t.unresolved.doubt(r.stopped)
	}
	return r.stopped
}

// before is the error for a wait that it has cut short.
func (e *Error) before(target planner.Target, last planner.Status) *Error {
	why := *e
	why.Fields = waitFields(target, last)
	return &why
}

// waitFields say how far a wait has come: from the status that was last seen, null
// where none was, to its target.
func waitFields(target planner.Target, last planner.Status) []planner.FieldChange {
	f := planner.FieldChange{Field: fleet.FieldStatus, To: planner.Text(string(target))}
	if last != "" {
		f.From = planner.Text(string(last))
	}
	return []planner.FieldChange{f}
}

// unstarted is the outcome of a task whose next step was not begun. Something may have
// been sent for its earlier steps.
func (r *run) unstarted(j *job) Outcome {
	t := j.tasks[0]
	switch {
	case r.reports[t.report].Started.IsZero():
		return NotStarted
	case j.resolved > 0 && !t.acted && t.unresolved == nil:
		return Failed // it was sent, and proven to have made nothing
	}
	return Unknown
}

// end reports what became of a job's first task and drops it.
func (r *run) end(j *job, o Outcome, why *Error) {
	rep := &r.reports[j.tasks[0].report]
	j.tasks = j.tasks[1:]
	if rep.Outcome = o; why != nil {
		rep.Err = why
	}
	_, created := rep.Change.(*planner.Create)
	_, replaced := rep.Change.(*planner.Replace)
	if j.made != "" && (rep.ID == "" || replaced) {
		rep.ID = j.made
	}
	if ip := r.cache.entries[j.made].IPAddress; ip != nil && (created || replaced) {
		rep.IPAddress = *ip
	}
	if !rep.Started.IsZero() {
		rep.Duration = time.Since(rep.Started)
	}
	if o != Done && !rep.restores() {
		j.failed = cmp.Or(j.failed, j.name)
	}
	r.left--
	r.emit(ChangeFinished{*rep, r.left})
}

// leave ends a job and lets those begin that needed it. Where it failed they come to
// nothing, each with a report of its own.
func (r *run) leave(j *job) {
	r.open--
	r.rolling.left(j)
	for _, next := range j.dependents {
		next.needs--
		next.failed = cmp.Or(next.failed, j.failed)
		if next.needs == 0 {
			r.needing--
			r.advance(next)
		}
	}
}

// failAll ends all jobs that have not ended.
func (r *run) failAll(why *Error) {
	for _, j := range r.jobs {
		for len(j.tasks) > 0 {
			r.end(j, NotStarted, why)
		}
	}
	r.open = 0
}

// pop takes a task's next step.
func (t *task) pop() planner.Step {
	s := t.steps[0]
	t.steps = t.steps[1:]
	return s
}

// restores reports whether a task's next step is to restore its server.
func (t *task) restores() bool {
	_, ok := t.steps[0].(planner.Restore)
	return ok
}
