package simulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

const (
	endpoint    = "https://api.example.com" + basePath
	waitTimeout = 3 * time.Minute
)

// process is one run of fleet: it plans, or takes up a saved plan, and applies.
type process struct {
	sim         *simulation
	number      int
	file        *fleet.Fleet
	saved       []byte // a plan to take up; nil: it makes its own
	planOnly    bool
	parallelism int
	crash       end

	began  time.Time
	cancel context.CancelFunc
	drain  chan struct{}
	done   chan struct{}
	dead   atomic.Bool
	frozen atomic.Bool // what it writes is lost, but it does not know

	approved *planner.Plan // what was allowed
	plan     *planner.Plan // what of it was still to do
	result   *apply.Result
	err      error // why nothing was applied

	// What the scheduler and the checks know of it; guarded by the simulation's lock.
	calls   int
	writes  int            // to the journal
	paced   bool           // its client has been told to slow down, so the order in which requests queue matters
	sent    map[string]int // by identity
	sends   []*call        // that left
	last    map[vpsorg.ID]lastCall
	booted  map[vpsorg.ID]bool           // by a reboot that was taken, or may have been
	refused int                          // the turn in which it heard that its token is no good; 0: never
	seen    map[vpsorg.ID]planner.Server // as it was last told
	start   map[vpsorg.ID]string         // names that lists showed when it began
}

type lastCall struct {
	method string
	status int
}

func (s *simulation) newProcess(f *fleet.Fleet) *process {
	p := &process{
		sim: s, number: len(s.processes) + 1, file: f, parallelism: 1 + s.dice.of("parallelism").at(len(s.processes)).below(4),
		began: time.Now(), drain: make(chan struct{}), done: make(chan struct{}),
		sent: map[string]int{}, last: map[vpsorg.ID]lastCall{}, booted: map[vpsorg.ID]bool{}, seen: map[vpsorg.ID]planner.Server{}, start: map[vpsorg.ID]string{},
	}
	for _, v := range s.api.Servers() {
		if s.listedFrom(v).Before(p.began) {
			p.start[v.ID] = v.Name
		}
	}
	s.processes = append(s.processes, p)
	return p
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// die ends a process as a kill does: what it holds in memory is lost, and what is
// on the wire goes on alone.
func (p *process) die(how string, args ...any) {
	if p.dead.Swap(true) {
		return
	}
	p.sim.fire(crashed)
	p.sim.tell("run %d dies %s", p.number, fmt.Sprintf(how, args...))
	p.sim.disk.crash(p.sim.dice.of("torn").at(p.number).below(1001))
	p.cutOff()
}

// cutOff ends a process's context. What it has on the wire may land yet, in the
// moment that every request takes.
func (p *process) cutOff() {
	s := p.sim
	s.adrift = time.Now().Add(maxLatency)
	if s.landed.Before(s.adrift) {
		s.landed = s.adrift
	}
	p.cancel()
}

// errRefused is a run that ended before its first change, as it should.
var errRefused = errors.New("refused")

// main is what the command does between its flags and its output.
func (p *process) main(ctx context.Context) {
	defer close(p.done)
	client, err := vpsorg.New(vpsorg.Config{BaseURL: endpoint, Token: p.sim.token, Transport: wire{p}, BeforeQueue: p.queue})
	if err != nil {
		p.err = err
		return
	}
	journal, err := apply.NewJournal(storage{p})
	if err == nil {
		err = p.approve(ctx, apply.NewObserver(client), journal)
	}
	if err != nil || p.planOnly || p.plan.Empty() && len(p.plan.Waits) == 0 {
		p.err = err
		return
	}
	r := apply.Runner{Client: client, Journal: journal, Parallelism: p.parallelism, Timeout: waitTimeout, Settle: settleWindow, PollInterval: 4 * time.Second}
	p.result = r.Run(ctx, p.drain, p.plan)
}

// approve makes a plan or takes one up, and refuses what must not be applied.
func (p *process) approve(ctx context.Context, o *apply.Observer, j *apply.Journal) (err error) {
	if p.saved != nil {
		err = p.takeUp(ctx, o, j)
	} else {
		err = p.diff(ctx, o, j)
	}
	if err == nil && len(p.approved.Violations()) > 0 {
		err = fmt.Errorf("%w: %+v", errRefused, p.approved.Violations()[0])
	}
	return err
}

func (p *process) diff(ctx context.Context, o *apply.Observer, j *apply.Journal) error {
	seen, err := o.Fleet(ctx, p.file, planner.Selection{})
	if err != nil {
		return err
	}
	j.Settle(seen)
	p.approved = planner.Diff(p.file, seen, planner.Selection{})
	p.plan = p.approved
	return nil
}

func (p *process) takeUp(ctx context.Context, o *apply.Observer, j *apply.Journal) (err error) {
	p.approved, err = planner.Decode(bytes.NewReader(p.saved))
	if err != nil {
		return err
	}
	seen, err := o.Plan(ctx, p.approved)
	if err != nil {
		return err
	}
	j.Settle(seen)
	left, refused := p.approved.Remaining(seen)
	for _, x := range refused {
		left.Blocked = append(left.Blocked, planner.Blocked{Name: x.Change.About().Name})
	}
	p.plan = left
	return nil
}

// document is the plan that was approved, as it would be saved.
func (p *process) document() []byte {
	var b bytes.Buffer
	if err := planner.Encode(&b, p.approved, nil); err != nil {
		p.sim.violate("I9", "a plan cannot be saved: %s", err)
	}
	return b.Bytes()
}

// changed tells whether it sent anything but reads.
func (p *process) changed() bool {
	for _, c := range p.sends {
		if c.method != http.MethodGet {
			return true
		}
	}
	return false
}
