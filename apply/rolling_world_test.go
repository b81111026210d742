package apply_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/probe/emulated"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// rolled is a world of some servers in a rollout, of which somebody counts while a run
// lasts how many are away.
type rolled struct {
	*world
	disk  *statetest.Disk
	in    apply.Input
	hooks *hooks

	mu   sync.Mutex
	most int // that were away at once
}

// hooks note the commands that are run, and let some fail.
type hooks struct {
	mu    sync.Mutex
	runs  []string
	peers []string // of each run: the phase, the server's address, and its peer's
	fails func(phase apply.Phase, name string) error
	takes time.Duration
	gate  func() error
	out   map[string]bool // of the balancer
}

func (h *hooks) Probe(context.Context, fleet.Probe, apply.Target) error {
	if h.gate != nil {
		return h.gate()
	}
	return nil
}

func (h *hooks) Run(ctx context.Context, c fleet.Command, t apply.Target, p apply.Phase) error {
	h.mu.Lock()
	h.runs = append(h.runs, string(p)+" "+t.Name)
	h.peers = append(h.peers, fmt.Sprintf("%s %s %s", p, t.IP, cmp.Or(t.PeerIP, "-")))
	if p == apply.PhaseDrain {
		h.out[t.Name] = true
	}
	h.mu.Unlock()
	select {
	case <-time.After(h.takes):
	case <-ctx.Done():
		return ctx.Err()
	}
	if t.ID == "" || t.IP == "" {
		return errors.New("nobody knows of which server")
	}
	if h.fails != nil {
		if err := h.fails(p, t.Name); err != nil {
			return err
		}
	}
	if p == apply.PhaseRestore {
		h.mu.Lock()
		delete(h.out, t.Name)
		h.mu.Unlock()
	}
	return nil
}

// serviceIn is what runs on servers where it takes so long to come up.
func serviceIn(boot time.Duration) func(vpsorg.Server) emulator.Service {
	return func(vpsorg.Server) emulator.Service { return emulator.Service{Boot: boot} }
}

// inRollout runs a test with so many servers, web-01 and on, and what is said of their
// rollout; their entries say fields.
func inRollout(t *testing.T, e *emulator.Emulator, n int, policy, fields string, test func(r *rolled)) {
	if e.ServiceOf == nil {
		e.ServiceOf = serviceIn(20 * time.Second)
	}
	if e.Transition == 0 {
		e.Transition = 10 * time.Second
	}
	inWorld(t, e, func(w *world) {
		r := &rolled{world: w, disk: &statetest.Disk{}, hooks: &hooks{out: make(map[string]bool)}}
		for i := range n {
			w.add("", fmt.Sprintf("web-%02d", i+1), "active")
		}
		time.Sleep(time.Minute) // so that their services have come up
		w.runner.Prober = emulated.Prober{Emulator: e, Others: r.hooks}
		w.runner.AllowCommands = true
		r.in = w.input(fmt.Sprintf("guards: {max_deletes: 100%%}\nservers: {'web-[01:%02d]': {plan: 1, os: 5, location: us-west%s}}\n%s", n, fields, policy))
		test(r)
	})
}

// counted applies, and counts meanwhile who is away.
func (r *rolled) counted(ctx context.Context, by apply.Approval) (*apply.Result, error) {
	ended := make(chan struct{})
	defer close(ended)
	go r.count(ended)
	return r.engine(r.disk).Apply(ctx, r.drain, r.in, by)
}

// count counts who is away until a run has ended.
func (r *rolled) count(ended <-chan struct{}) {
	for {
		away := 0
		for _, s := range r.emulator.Servers() {
			r.hooks.mu.Lock()
			out := r.hooks.out[s.Name]
			r.hooks.mu.Unlock()
			if s.Status != vpsorg.StatusActive || out || r.emulator.Serve(*s.IPAddress) != emulator.Ready {
				away++
			}
		}
		r.mu.Lock()
		r.most = max(r.most, away)
		r.mu.Unlock()
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ended:
			return
		}
	}
}

// wantAway holds that so many servers were away at once, and no more.
func (r *rolled) wantAway(want int) {
	r.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.most != want {
		r.Errorf("%d were away at once, want %d", r.most, want)
	}
}

// reboot asks for a reboot of all.
func (r *rolled) reboot(by apply.Approval) *apply.Result {
	r.Helper()
	r.in.Selection.Asked = planner.Asked{Reboot: []string{"web-*"}}
	return r.roll(by)
}

func (r *rolled) roll(by apply.Approval) *apply.Result {
	r.Helper()
	result, err := r.counted(r.Context(), by)
	if err != nil {
		r.Fatal(err)
	}
	if n := len(result.Reports); result.Count(apply.Done)+result.Count(apply.Failed)+result.Count(apply.Unknown)+result.Count(apply.NotStarted) > n {
		r.Errorf("more outcomes than %d reports", n)
	}
	return result
}

// digest is that of the reboot of all.
func (r *rolled) digest() apply.Approval {
	r.Helper()
	r.in.Selection.Asked = planner.Asked{Reboot: []string{"web-*"}}
	planned, err := r.engine(r.disk).Plan(r.Context(), r.in)
	if err != nil {
		r.Fatal(err)
	}
	return apply.Approval{Digest: planned.Plan.Digest()}
}

// rebooted counts the reboots that each server got.
func (r *rolled) rebooted() map[string]int {
	n := make(map[string]int)
	names := make(map[string]string)
	for _, s := range r.emulator.Servers() {
		names[string(s.ID)] = s.Name
	}
	for _, line := range strings.Split(r.sent(0), "\n") {
		if id, ok := strings.CutSuffix(strings.TrimPrefix(line, "POST /servers/"), "/reboot/"); ok {
			n[names[id]]++
		}
	}
	return n
}

func (r *rolled) wantOnce(n int) {
	r.Helper()
	rebooted := r.rebooted()
	for name, times := range rebooted {
		if times != 1 {
			r.Errorf("%s was rebooted %d times", name, times)
		}
	}
	if len(rebooted) != n {
		r.Errorf("%d servers were rebooted, want %d", len(rebooted), n)
	}
}
