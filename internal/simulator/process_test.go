package simulator

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/probe/emulated"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

const (
	endpoint       = "https://api.example.com" + basePath
	maxCorrections = 3
)

// process is one run of fleet: it plans, or resumes a plan, and applies.
type process struct {
	sim         *simulation
	number      int
	file        *fleet.Fleet
	only        []planner.Action // the kinds of change to make; none: all
	planOnly    bool
	saved       bool // it resumes the approved plan
	byDigest    bool // it may do what is in the approved plan
	asks        bool // a person says yes
	parallelism int
	crash       end
	wait        time.Duration // for another process to end
	asleep      span          // while the host is

	began  time.Time
	cancel context.CancelFunc
	drain  chan struct{}
	done   chan struct{}
	dead   atomic.Bool
	frozen atomic.Bool // what it writes is lost, but it does not know

	approved *planner.Plan // what was allowed; nil until it is known
	plan     *planner.Plan // what of it was still to do
	result   *apply.Result
	err      error // why nothing was applied

	// What the scheduler and the checks know of it; guarded by the simulation's lock.
	calls   int
	writes  int            // to the disk
	paced   bool           // its client has been told to slow down, so the order in which requests queue matters
	sent    map[string]int // by identity
	sends   []*call        // that left
	last    map[vpsorg.ID]lastCall
	booted  map[vpsorg.ID]bool           // by a reboot that was taken, or may have been
	refused int                          // the turn in which it heard that its token is no good; 0: never
	seen    map[vpsorg.ID]planner.Server // as it was last told
	paged   map[vpsorg.ID]planner.Server // as a page has told it since, whose list may have been refused
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
		sent: map[string]int{}, last: map[vpsorg.ID]lastCall{}, booted: map[vpsorg.ID]bool{}, seen: map[vpsorg.ID]planner.Server{}, paged: map[vpsorg.ID]planner.Server{}, start: map[vpsorg.ID]string{},
	}
	if s.store != nil {
		p.wait = patience
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
	clear(p.sim.deleted) // what was noted last may be lost
	p.sim.tell("run %d dies %s", p.number, fmt.Sprintf(how, args...))
	switch store := p.sim.store; {
	case store == nil:
		p.sim.disk.Crash(p.sim.dice.of("torn").at(p.number).below(1001))
	case store.leaseOf(p) != nil:
		p.sim.fire(cutOff)
	}
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
	s.mu.Lock()
	for _, c := range p.sends {
		if c.method != http.MethodGet && !c.over {
			s.postpone(c, s.adrift)
		}
	}
	s.mu.Unlock()
	p.cancel()
}

// main is what the command does between its flags and its output.
func (p *process) main(ctx context.Context) {
	defer p.sim.wake()
	defer close(p.done)
	client, err := vpsorg.New(vpsorg.Config{BaseURL: endpoint, Token: p.sim.token, Transport: wire{p}, BeforeQueue: p.queue})
	if err != nil {
		p.err = err
		return
	}
	engine := apply.Engine{
		Client: client, Store: p.store(), MaxCorrections: maxCorrections,
		Holder: apply.Holder{PID: p.number}, LockTimeout: p.wait,
		Runner: apply.Runner{Parallelism: p.parallelism, Prober: emulated.Prober{Emulator: p.sim.api, Others: hooks{p}},
			Overrides: apply.Overrides{AllowCommands: true, AllowUnready: names}}, Emit: p.emit,
	}
	in := apply.Input{Fleet: p.file, Only: p.only}
	var result *apply.Result
	switch {
	case p.planOnly:
		var planned apply.Planned
		planned, p.err = engine.Plan(ctx, in)
		p.approved, p.plan = planned.Plan, planned.Plan
		return
	case p.saved:
		result, p.err = engine.Resume(ctx, p.drain, p.approved, planner.Allowance{})
	default:
		result, p.err = engine.Apply(ctx, p.drain, in, p.approval())
	}
	if result != nil && len(result.Reports) > 0 {
		p.result = result
	}
}

// approval is who approves the process's plan.
func (p *process) approval() (by apply.Approval) {
	switch {
	case p.byDigest:
		by.Digest = p.approved.Digest()
	case p.asks:
		by.Ask = func(context.Context) error {
			time.Sleep(p.sim.dice.of("answer").at(p.number).between(time.Second, time.Minute))
			return nil
		}
	}
	return by
}

// emit notes which plan is approved and which is carried out. What was reviewed
// before is not for the engine to say.
func (p *process) emit(e apply.Event) {
	switch e := e.(type) {
	case apply.Planned:
		if !p.byDigest && !p.saved {
			p.approved = e.Plan
		}
	case apply.Starting:
		p.plan = e.Plan
		if p.byDigest && !e.Plan.Empty() && e.Plan.Digest() != p.approved.Digest() {
			p.sim.fire(resumed)
		}
	}
}

// document is the plan that was approved, as it would be saved.
func (p *process) document() []byte {
	var b bytes.Buffer
	if err := planner.Encode(&b, p.approved, nil); err != nil {
		p.sim.violate("I9", "a plan cannot be saved: %s", err)
	}
	return b.Bytes()
}

// decoded is the plan that was approved, as it is read again.
func (p *process) decoded() *planner.Plan {
	plan, err := planner.Decode(bytes.NewReader(p.document()))
	if err != nil {
		p.sim.violate("I9", "a saved plan cannot be read: %s", err)
	}
	return plan
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
