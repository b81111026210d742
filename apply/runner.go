package apply

import (
	"context"
	"net/netip"
	"slices"
	"time"

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
	PollInterval time.Duration // between two polls of a server; 0: as it can be expected
	Timeout      time.Duration // of one wait; 0: DefaultTimeout
	Settle       time.Duration // for which answers may be from before a change; a list proves only after it that an ambiguous create made nothing; 0: DefaultSettle
	Digest       string        // of the approved plan, under which reboots are noted; "": it cannot be resumed
	State        LockedState   // of the account
	Emit         func(Event)   // is told what happens; may be nil

	Overrides
	Prober    Prober       // asks servers whether they are ready, and runs commands; nil: no probe holds
	Self      []netip.Addr // of this host, and of its state's
	EndPauses bool         // a person lets rollouts go on after a manual pause

	seen []planner.Server // that the plan was made from
}

// Overrides are what a run may do beyond what a fleet file allows by itself.
type Overrides struct {
	AllowCommands  bool     // the commands of probes and rollouts are run
	AllowSelf      bool     // the host that fleet runs on, or its state, may be disrupted
	AllowUnready   []string // servers that may be destroyed although they are not ready
	OverrideFreeze string   // why freezes do not hold; "": they do
}

// Run carries a plan out and returns when every change is done, failed, unknown
// or not started. When drain is closed it starts nothing more, lets the requests
// that are under way finish and returns; when ctx ends it leaves at once, and what
// was under way is unknown.
func (r Runner) Run(ctx context.Context, drain <-chan struct{}, p *planner.Plan) *Result {
	r = r.withDefaults()
	run := newRun(r, p)
	ctx, cancel := context.WithCancel(vpsorg.Rereading(ctx))
	defer cancel()
	run.resolveFirst(ctx)
	run.rolling.recall(ctx)
	run.loop(ctx, drain)
	return &Result{
		Reports: run.reports, Blocked: p.Blocked, Interrupted: run.stopped != nil && run.stopped.Code == planner.CodeInterrupted,
		Groups: run.rolling.told, Overridden: r.OverrideFreeze, StateErr: run.stateErr, Started: run.began, Duration: time.Since(run.began),
	}
}

func (r Runner) withDefaults() Runner {
	r.Parallelism = positive(r.Parallelism, DefaultParallelism)
	r.Timeout = positive(r.Timeout, DefaultTimeout)
	r.Settle = positive(r.Settle, DefaultSettle)
	if r.Prober == nil {
		r.Prober = noProber{}
	}
	return r
}

func positive[T int | time.Duration](n, standard T) T {
	if n <= 0 {
		return standard
	}
	return n
}

// ownServers are the ids of servers that have one of the runner's own addresses.
func (r Runner) ownServers(servers []planner.Server) (ids []string) {
	for _, s := range servers {
		for _, text := range []*string{s.IPAddress, s.IPv6Address} {
			if text == nil {
				continue
			}
			if ip, err := netip.ParseAddr(*text); err == nil && slices.Contains(r.Self, ip.Unmap()) {
				ids = append(ids, s.ID)
			}
		}
	}
	return ids
}
