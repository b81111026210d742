package apply

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// progressEvery is the time between two Progress events.
const progressEvery = 10 * time.Second

// run is one plan being carried out. All of it belongs to the goroutine that runs
// loop: workers and readers get what they need, and send messages back.
type run struct {
	Runner
	plan    *planner.Plan
	began   time.Time
	jobs    []*job
	reports []Report
	known   map[string]bool // ids of servers that the plan speaks of: none of them is new
	cache   *cache
	poller  poller
	rolling *rolling

	resumed, fresh []*job // to be given to workers; those that have begun go first
	working        int    // steps that workers have
	handled        int    // steps that workers have ended
	open           int    // jobs that have not ended
	needing        int    // of these, those that wait for others
	size           int    // servers that there will be, of those that the fleet speaks for
	left           int    // reports to be made

	stopped   *Error               // why nothing new may start
	noCreates *Error               // why no create may start
	down      time.Time            // since when the API has been down for changes; zero: it is not
	intents   []Intent             // that are open
	owed      map[string]time.Time // reboots that earlier runs owe, and since when, by the server's id
	noting    int                  // writes of what became of intents
	stateErr  error                // the first of them that failed

	messages chan message
	stopping chan struct{} // closed when stopped
}

// message is what the loop is told: an answer, question, leaving, putOff, reading,
// listing, workerList, pollOver, noted or errandOver.
type message interface{ isMessage() }

func newRun(r Runner, p *planner.Plan) *run {
	run := &run{
		Runner: r, plan: p, began: time.Now(),
		known:    make(map[string]bool, len(p.Changes)),
		reports:  make([]Report, 0, len(p.Changes)+len(p.Waits)),
		left:     len(p.Changes) + len(p.Waits),
		messages: make(chan message), stopping: make(chan struct{}),
	}
	for _, c := range p.Changes {
		run.known[c.About().ID] = true
		run.reports = append(run.reports, Report{Change: c, Outcome: NotStarted, ID: c.About().ID})
	}
	for i := range p.Waits {
		run.reports = append(run.reports, Report{Wait: &p.Waits[i], Outcome: NotStarted, ID: p.Waits[i].ID})
	}
	run.rolling = newRolling(run)
	run.jobs = newJobs(p, run.rolling, r.ownServers(r.seen))
	run.open, run.needing = len(run.jobs), needing(run.jobs)
	run.size = p.Scope.Live + p.Count()[planner.ActionCreate] + p.Count()[planner.ActionReplace]
	run.cache = newCache(r.Settle, r.seen)
	run.poller = newPoller(run)
	return run
}

// loop hands out steps, takes answers and polls until all jobs have ended and
// nothing is under way.
func (r *run) loop(ctx context.Context, drain <-chan struct{}) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	r.rolling.begin(ctx)
	r.begin(ctx, drain)
	ended := ctx.Done()
	for r.goesOn() {
		r.checkLease()
		r.rolling.step(ctx)
		r.dispatch(ctx)
		if !r.goesOn() {
			return
		}
		if r.stuck() {
			r.failAll(&Error{Reason: planner.Reason{Code: planner.CodeNameCircle}})
			continue
		}
		timer.Reset(time.Until(r.wake()))
		select {
		case m := <-r.messages:
			r.handle(ctx, m)
		case <-timer.C:
			r.poller.onTime(ctx)
		case <-drain:
			drain = nil
			r.stop(interrupted())
		case <-ended:
			ended = nil
			r.stop(interrupted())
		}
	}
}

// goesOn reports whether a job has not ended, or something is under way.
func (r *run) goesOn() bool {
	return r.open > 0 || r.working > 0 || r.poller.polling || r.cache.reading || r.noting > 0 || r.rolling.busy > 0
}

// begin puts the jobs that need no other into the queue, the longest first.
func (r *run) begin(ctx context.Context, drain <-chan struct{}) {
	select {
	case <-drain: // before anything has begun
		r.stop(interrupted())
	case <-ctx.Done():
		r.stop(interrupted())
	default:
	}
	for _, j := range longestFirst(r.jobs) {
		if j.needs == 0 {
			r.advance(j)
		}
	}
}

func (r *run) handle(ctx context.Context, m message) {
	switch m := m.(type) {
	case answer:
		r.answered(m)
	case question:
		r.answerQuestion(ctx, m)
	case leaving:
		m.reply <- r.mayLeave(m)
	case putOff:
		r.emit(m.ChangePutOff)
	case reading:
		r.poller.read(m)
		r.rolling.read(m.Reading)
	case listing:
		r.listed(m)
	case workerList:
		r.cache.replace(m.Servers, m.Asked)
		r.rolling.listed(m.Listing)
	case pollOver:
		r.poller.over(m.failed)
	case errandOver:
		r.rolling.goOn(m.errand)
	case noted:
		r.noting--
		r.stateErr = cmp.Or(r.stateErr, m.err)
	}
}

// dispatch hands steps to workers as long as there is room, those of jobs that have
// begun first.
func (r *run) dispatch(ctx context.Context) {
	for r.working < r.Parallelism && len(r.resumed)+len(r.fresh) > 0 {
		queue := &r.resumed
		if len(r.resumed) == 0 {
			queue = &r.fresh
		}
		j := (*queue)[0]
		*queue = (*queue)[1:]
		change := j.request()
		if why := r.gate(j, change); why != nil {
			r.end(j, r.unstarted(j), why)
			r.advance(j)
			continue
		}
		if rep := &r.reports[j.tasks[0].report]; rep.begin("") && rep.Change != nil {
			r.emit(ChangeStarted{rep.Change})
		}
		r.working++
		r.poller.sending()
		w := worker{
			Runner: r.Runner, answer: answer{job: j, change: change, down: r.down}, messages: r.messages, stopping: r.stopping,
			key: Key{r.plan.Endpoint, r.plan.Account}, trustAbsence: r.cache.past[cmp.Or(change.About().ID, j.made)].TrustAbsence(r.Settle), trustStatus: r.trustStatus(change),
			owes: j.reboots(change), since: r.owed[change.About().ID], toMark: r.rolling.disrupting(j, change),
		}
		go w.work(ctx)
	}
}

// gate is asked before a step begins. What must not begin now is refused with the
// reason.
func (r *run) gate(j *job, c planner.Change) *Error {
	switch {
	case r.stopped != nil:
		return r.stopped
	case r.noCreates != nil && (c.Action() == planner.ActionCreate || j.createsLater()):
		return r.noCreates
	}
	return nil
}

// mayLeave decides, when the turn of a request has come, whether it may leave. It may not
// where the run has stopped, where the run may not change the account, or where the
// server has been seen in conflict with the change. The right to change the account is
// checked first: without it, the conflict may be the work of another apply.
func (r *run) mayLeave(m leaving) error {
	if r.stopped != nil {
		return &ending{NotStarted, r.stopped}
	}
	if err := r.State.MayChange(); err != nil {
		return notNoted(err)
	}
	if e, known := r.cache.entries[m.change.About().ID]; known {
		if x := planner.Compare(m.change, planner.NewWorld(e.Server)); x.Standing == planner.InConflict {
			return &ending{Failed, &Error{Reason: x.Reason}}
		}
	}
	if e := r.taken(m.change); e != nil {
		return e
	}
	m.job.sent = time.Now()
	return nil
}

// trustStatus is from when an answer is believed that shows the status to which a change
// leads; zero for a change that leads to none.
func (r *run) trustStatus(c planner.Change) time.Time {
	if power, ok := c.(*planner.Power); ok {
		return r.cache.past[power.ID].TrustStatus(power.Goal(), r.Settle)
	}
	return time.Time{}
}

// wake is when there is something to do next.
func (r *run) wake() time.Time {
	at := r.poller.wake()
	if next := r.rolling.next(); !next.IsZero() && next.Before(at) {
		return next
	}
	return at
}

// stop lets nothing new start, for the first reason given, and ends all waits.
func (r *run) stop(why *Error) {
	if r.stopped != nil {
		return
	}
	r.stopped = why
	close(r.stopping)
	r.poller.abandon()
	r.rolling.abandon()
	for _, queue := range []*[]*job{&r.resumed, &r.fresh} {
		jobs := *queue
		*queue = nil
		for _, j := range jobs {
			r.advance(j)
		}
	}
}

// stopFor stops the run for an error after which whatever comes would fail as well:
// the API refuses the token, or takes nothing for longer than there is time for.
func (r *run) stopFor(err error) {
	if errors.Is(err, vpsorg.ErrUnauthorized) || errors.Is(err, vpsorg.ErrForbidden) || toldToWait(err) {
		r.stop(&Error{Reason: planner.Reason{Code: refusal(err)}, Err: cause(err)})
	}
}

// cause is what the API said, without what it meant for one change.
func cause(err error) error {
	var why *Error
	if errors.As(err, &why) {
		return why.Err
	}
	return err
}

// stuck reports whether the jobs that are left wait for each other.
func (r *run) stuck() bool {
	return r.open > 0 && r.working == 0 && len(r.resumed)+len(r.fresh) == 0 && !r.poller.waiting() && !r.poller.polling && !r.cache.reading && !r.rolling.waiting()
}

// emit tells an event.
func (r *run) emit(e Event) {
	if r.Emit != nil {
		r.Emit(e)
	}
}

func interrupted() *Error {
	return &Error{Reason: planner.Reason{Code: planner.CodeInterrupted}}
}
