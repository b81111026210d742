package apply

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// Defaults of a Runner.
const (
	DefaultParallelism = 10
	DefaultTimeout     = 15 * time.Minute // the API documents 2–5 minutes for a new server
	DefaultSettle      = 2 * time.Minute
)

// Runner carries plans out.
type Runner struct {
	Client       *vpsorg.Client
	Parallelism  int           // changes whose requests are under way at once; 0: DefaultParallelism
	PollInterval time.Duration // between two looks at servers in transit; 0: growing with the wait, 1 s to 10 s
	Timeout      time.Duration // of one wait; 0: DefaultTimeout
	Settle       time.Duration // after an unclear create was given up, until absence from the list proves that it made nothing; 0: DefaultSettle
	State        LockedState   // keeps the intents of creates for the next run; nil: nothing does
	Emit         func(Event)   // is told what happens; may be nil
}

// ErrInterrupted is why changes were not started or not waited for after the
// first interrupt.
var ErrInterrupted = errors.New("interrupted")

// Run carries a plan out and returns when every change is done, failed, unknown
// or not started. When drain is closed it starts nothing more, lets the requests
// that are under way finish and returns; when ctx ends it leaves at once, and what
// was under way is unknown.
func (r Runner) Run(ctx context.Context, drain <-chan struct{}, p *planner.Plan) *Result {
	if r.Parallelism <= 0 {
		r.Parallelism = DefaultParallelism
	}
	if r.Timeout <= 0 {
		r.Timeout = DefaultTimeout
	}
	if r.Settle <= 0 {
		r.Settle = DefaultSettle
	}
	if r.State == nil {
		r.State = noState{}
	}
	run := newRun(r, p)
	started := time.Now()
	ctx, cancel := context.WithCancel(vpsorg.Rereading(ctx))
	defer cancel()
	unwatch := context.AfterFunc(ctx, func() { run.stop(ErrInterrupted) })
	defer unwatch()

	select {
	case <-drain: // before anything began
		run.stop(ErrInterrupted)
	default:
	}
	var group, watching errgroup.Group
	watching.Go(func() error { run.watcher.loop(ctx); return nil })
	watching.Go(func() error {
		select {
		case <-drain:
			run.stop(ErrInterrupted)
		case <-run.finished:
		}
		return nil
	})
	for range r.Parallelism {
		group.Go(func() error { run.work(ctx); return nil })
	}
	run.begin()
	group.Wait()
	close(run.watcher.quit)
	watching.Wait()
	return &Result{
		Reports: run.reports, Blocked: p.Blocked, Interrupted: errors.Is(run.stopped(), ErrInterrupted),
		Started: started, Duration: time.Since(started),
	}
}

// run is one plan being carried out.
type run struct {
	Runner
	plan    *planner.Plan
	lanes   []*lane
	known   map[string]bool // ids of servers that the plan speaks of: none of them is new
	reports []Report        // each is written by the lane it belongs to, and by no other
	watcher *watcher
	view    *view

	fresh, resumed chan *lane    // lanes to be worked on; those that have begun go first
	stopping       chan struct{} // closed when nothing new may start
	finished       chan struct{} // closed when no lane is left

	mu       sync.Mutex
	why      error // that nothing new may start
	noCredit error // that no create may start
	left     int   // reports to be made
	open     int   // lanes not ended
	listed   int   // lanes not ended when the list was last read
	held     int   // servers in that list; before the first, those that the fleet speaks for
	coming   int   // servers still to be made then
	made     int   // of these, those made since
	working  int   // lanes that a worker has or is about to have
	handled  int   // how often a worker has had a lane
	spent    int   // requests to look at servers
	emitting sync.Mutex
}

// lane is one server's tasks, one after another. Only one goroutine has it at a time.
type lane struct {
	planner.Job
	tasks   []task
	made    vpsorg.ID // the server that it created or adopted
	sent    time.Time // its last change; zero: it has not sent any since its last wait
	settled int       // how often an unclear create turned out to have made nothing
	doubted bool      // a delete found the server gone already, which only a list proves
	waiting int       // lanes it has to wait for
	next    []*lane   // lanes that wait for it
	failed  bool      // a task was not done, so nothing after it may start
}

func newRun(r Runner, p *planner.Plan) *run {
	plan := p.Jobs()
	run := &run{
		Runner: r, plan: p,
		lanes:    make([]*lane, len(plan)),
		known:    make(map[string]bool, len(p.Changes)),
		reports:  make([]Report, 0, len(p.Changes)+len(p.Waits)),
		fresh:    make(chan *lane, len(plan)),
		resumed:  make(chan *lane, len(plan)),
		stopping: make(chan struct{}), finished: make(chan struct{}),
		held: p.Scope.Live, coming: p.Count()[planner.ActionCreate] + p.Count()[planner.ActionReplace],
		left: len(p.Changes) + len(p.Waits), open: len(plan), listed: len(plan),
	}
	for _, c := range p.Changes {
		run.known[c.About().ID] = true
		run.reports = append(run.reports, Report{Change: c, Outcome: NotStarted, ID: c.About().ID})
	}
	for i := range p.Waits {
		run.reports = append(run.reports, Report{Wait: &p.Waits[i], Outcome: NotStarted, ID: p.Waits[i].ID})
	}
	for i := range plan {
		run.lanes[i] = newLane(p, plan[i])
	}
	run.settleFirst()
	for _, l := range run.lanes {
		for _, before := range l.Needs {
			run.lanes[before].next = append(run.lanes[before].next, l)
			l.waiting++
		}
	}
	run.watcher = newWatcher(run)
	run.view = newView(r, p)
	return run
}

func newLane(p *planner.Plan, l planner.Job) *lane {
	out := &lane{Job: l}
	if l.Wait >= 0 {
		out.tasks = append(out.tasks, waitTask(len(p.Changes)+l.Wait, p.Waits[l.Wait]))
	}
	for _, c := range l.Changes {
		out.tasks = append(out.tasks, changeTask(c, p.Changes[c]))
		if r, ok := p.Changes[c].(*planner.Replace); ok {
			out.made = vpsorg.ID(r.NextID)
		}
	}
	return out
}

// stop lets nothing new start, for the first reason given.
func (r *run) stop(why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.why == nil {
		r.why = why
		close(r.stopping)
	}
}

// stopped is why nothing new may start, or nil.
func (r *run) stopped() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.why
}

// lanesOpen is how many lanes had not ended when the list was last read.
func (r *run) lanesOpen() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.listed
}

// emit tells events one at a time.
func (r *run) emit(e Event) {
	if r.Emit == nil {
		return
	}
	r.emitting.Lock()
	defer r.emitting.Unlock()
	r.Emit(e)
}
