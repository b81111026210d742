package simulator

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// simulation is one world from its beginning to its end: an API, a disk, and the
// processes that come and go. It lives in one bubble of virtual time.
type simulation struct {
	seed    uint64
	dice    dice
	token   string
	texts   []string // fleet files: the first is applied first
	files   []*fleet.Fleet
	weather []fault
	often   int           // percent of the requests that are struck
	outage  time.Duration // after the beginning, for a minute; 0: never
	stingy  bool          // pages are smaller than asked for
	lag     time.Duration // after which lists show a new server

	listsLag, readsLag time.Duration // how far behind lists, and reads of servers, may be
	lagOften           int           // percent of them that are
	conditions         string        // of the API before the quiet, in words

	api       *emulator.Emulator
	disk      *statetest.Disk
	store     *sharedStore // of several hosts, instead of the disk; nil: there is one host
	processes []*process
	began     time.Time
	arrived   chan struct{}

	mu       sync.Mutex // guards what processes and the scheduler share
	waiting  []*call
	step     int
	diskFull bool // nothing can be written
	quiet    bool // nothing goes wrong any more
	meddling int  // how often people may still change something
	stuck    []vpsorg.ID
	touched  map[vpsorg.ID]time.Time // by people
	swapped  time.Time               // when a person last deleted a server and made another
	landing  map[vpsorg.ID]time.Time // until when a given-up change may land
	renaming map[vpsorg.ID]bool      // a rename of it was given up and may have landed late
	landed   time.Time               // when the last of them has
	adrift   time.Time               // until when anything may land that a process left on the wire
	unclear  map[string]time.Time    // creates that were given up, by name
	intents  map[string]bool         // that a create was sent under
	owes     map[vpsorg.ID]bool      // an update of it was sent that brings a reboot
	owesNot  map[vpsorg.ID]bool      // and one that brings none
	updated  map[vpsorg.ID]time.Time // when an update of it was sent that was needed
	deleted  map[vpsorg.ID]time.Time // when that was answered, and noted

	out     map[string]bool    // of the balancer, by id
	drained map[string]bool    // by id, whether the last command that succeeded has drained it, and not restored
	ran     int                // commands
	served  map[vpsorg.ID]bool // who was ever ready

	fired   map[kind]int
	lines   []line
	answers []string // since the last turn
	broken  []string
}

func newSimulation(seed uint64, token string) *simulation {
	s := &simulation{
		seed: seed, dice: dice(seed).of("seed"), token: token, disk: &statetest.Disk{}, began: time.Now(), arrived: make(chan struct{}, 1),
		touched: map[vpsorg.ID]time.Time{}, landing: map[vpsorg.ID]time.Time{}, renaming: map[vpsorg.ID]bool{}, unclear: map[string]time.Time{},
		intents: map[string]bool{}, owes: map[vpsorg.ID]bool{}, owesNot: map[vpsorg.ID]bool{}, updated: map[vpsorg.ID]time.Time{}, deleted: map[vpsorg.ID]time.Time{},
		out: map[string]bool{}, drained: map[string]bool{}, served: map[vpsorg.ID]bool{}, fired: map[kind]int{},
	}
	return s
}

// draw makes everything up that a seed is about.
func (s *simulation) draw() error {
	s.texts = []string{drawFile(s.dice.of("file"))}
	if s.dice.of("other file").percent(25) {
		s.texts = append(s.texts, drawFile(s.dice.of("second file")))
	}
	s.api = drawAPI(s.dice.of("api"))
	if !s.dice.of("fine weather").percent(10) {
		s.weather, s.often = drawWeather(s.dice.of("weather"))
		if s.dice.of("people").percent(50) {
			s.meddling = 1 + s.dice.of("how often").below(3)
		}
		if apiDown.wanted() && s.dice.of("outage").percent(4) {
			s.outage = s.dice.of("outage at").between(time.Second, time.Minute)
		}
	}
	drawConditions(s.dice.of("conditions"), s.api)
	s.drawLag(s.dice.of("reads lag"))
	s.stingy = s.api.PageSize > 0 && s.dice.of("stingy").percent(40)
	return s.open()
}

// open reads the files and connects the API to the scheduler.
func (s *simulation) open() error {
	for i, text := range s.texts {
		f, err := fleet.Parse(fleet.Text{Name: fmt.Sprintf("fleet%d.yaml", i+1), Data: []byte(text)})
		if err != nil {
			return err
		}
		s.files = append(s.files, f)
	}
	s.api.Token, s.api.Fault = s.token, struck
	s.lag = s.api.Lag.Young
	s.conditions += conditionsText(s.api)
	s.countWorld()
	return nil
}

// run plays the whole of a seed: some runs in any weather, then the quiet.
func (s *simulation) run() {
	runs := 1 + s.dice.of("runs").below(3)
	for i := range runs {
		d := s.dice.of("run").at(i)
		f := s.files[min(i, len(s.files)-1)]
		p := s.drawProcess(d, f)
		p.crash = drawEnd(d.of("end"))
		if p.crash.atWrite > 0 {
			p.parallelism = 1 // of two at once, chance would say which is written first
		}
		s.diskFull = diskFull.wanted() && d.of("full").percent(4)
		s.play(p)
		s.diskFull = false
		if gap := d.of("gap"); gap.percent(60) {
			time.Sleep(gap.between(0, 4*time.Minute))
		}
	}
	s.calm()
	s.converge(s.files[len(s.files)-1])
	s.countRefusals()
}

// drawProcess makes a run, and before it the one that makes the plan that it needs.
func (s *simulation) drawProcess(d dice, f *fleet.Fleet) *process {
	only := drawOnly(d.of("only"))
	n := d.of("approval").below(100)
	last := s.lastApproved()
	begun := last != nil && last.byDigest && d.of("go on").percent(60)
	switch {
	case n < 30 && !begun:
		reviewed := s.newProcess(f)
		reviewed.planOnly, reviewed.only = true, only
		s.play(reviewed)
		if reviewed.err != nil {
			break
		}
		time.Sleep(d.of("review").between(0, time.Hour))
		p := s.newProcess(f)
		p.only, p.saved, p.byDigest = only, n < 12, n >= 12
		p.approved = reviewed.decoded()
		return p
	case begun || n < 55 && last != nil:
		s.fire(twice)
		p := s.newProcess(f)
		p.only, p.byDigest = last.only, begun || n >= 42
		p.saved = !p.byDigest
		p.approved = last.decoded()
		return p
	}
	p := s.newProcess(f)
	p.only, p.asks = only, n >= 80
	if len(only) > 0 {
		s.fire(narrowed)
	}
	return p
}

// drawOnly narrows a plan now and then.
func drawOnly(d dice) (only []planner.Action) {
	if !d.percent(15) {
		return nil
	}
	for _, a := range planner.Actions {
		if d.of(string(a)).percent(50) {
			only = append(only, a)
		}
	}
	return only
}

// lastApproved is the last process, if its plan was approved.
func (s *simulation) lastApproved() *process {
	if len(s.processes) == 0 || s.processes[len(s.processes)-1].approved == nil {
		return nil
	}
	return s.processes[len(s.processes)-1]
}

// play plays a process to its end and holds what it did against what it may do.
func (s *simulation) play(p *process) {
	s.playAtOnce(p)
}

// playAtOnce plays processes that are begun at once, each on a host of its own.
func (s *simulation) playAtOnce(list ...*process) {
	for _, p := range list {
		s.tellRun(p)
	}
	s.drive(list)
}

// calm ends all that goes wrong, and waits until what was on its way has landed.
func (s *simulation) calm() {
	s.quiet = true
	s.unstick()
	s.api.Lag, s.api.Busy.For, s.api.Credit, s.api.Limit = emulator.Lag{}, 0, 0, 0
	if wait := time.Until(s.landed); wait > 0 {
		time.Sleep(wait + time.Millisecond)
	}
	time.Sleep(maxLag)
	if slices.ContainsFunc(s.api.Servers(), func(v vpsorg.Server) bool { return v.Status == "rescue" }) {
		time.Sleep(time.Hour) // until then it may be what a server passes through that was just made
	}
	s.tell("all is quiet from now on")
}

// converge runs fleet until it has nothing to do, three times at most.
func (s *simulation) converge(f *fleet.Fleet) {
	var p *process
	for tries, rests := 0, 0; tries < 3 && rests < 30; tries++ {
		p = s.newProcess(f)
		p.asks = true // an unattended run may leave alone what was corrected in vain
		s.play(p)
		if p.err != nil || p.result == nil {
			break
		}
		if s.rest(p.result) {
			tries--
			rests++
		}
	}
	s.checkConverged(f, p)
}

// fire counts something that went wrong.
func (s *simulation) fire(k kind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fired[k]++
}

// countWorld counts what is wrong with the world from the beginning.
func (s *simulation) countWorld() {
	seen := map[string]bool{}
	for _, v := range s.api.Servers() {
		if seen[v.Name] {
			s.fired[twinsFound]++
		}
		seen[v.Name] = true
		if v.Hostname == nil {
			s.fired[noHostname]++
		}
		if v.Status == vpsorg.StatusSuspended || v.Status == "error" {
			s.fired[oddStatus]++
		}
	}
	if s.api.Queue != nil {
		s.fired[queuedServers]++
	}
	if s.api.Lag.Young > 0 {
		s.fired[slowLists]++
	}
}
