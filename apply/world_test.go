package apply_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// world is an emulated account and a client of it, in virtual time.
type world struct {
	*testing.T
	emulator *emulator.Emulator
	client   *vpsorg.Client
	runner   apply.Runner
	polls    atomic.Int64
	drain    chan struct{}
	mu       sync.Mutex
	events   []apply.Event
}

// inWorld runs a test in a bubble of virtual time and checks in the end that no
// request was one that the documentation does not allow.
func inWorld(t *testing.T, e *emulator.Emulator, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		client, err := vpsorg.New(vpsorg.Config{BaseURL: "http://127.0.0.1/api/v1", Token: "vps_test", Transport: e.Transport()})
		if err != nil {
			t.Fatal(err)
		}
		w := &world{T: t, emulator: e, client: client, drain: make(chan struct{})}
		w.runner = apply.Runner{Client: client, Emit: func(e apply.Event) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.events = append(w.events, e)
		}}
		test(w)
		for _, d := range e.Deviations() {
			t.Errorf("the documentation does not allow %s", d)
		}
	})
}

func (w *world) plan(file string) *planner.Plan {
	w.Helper()
	planned, err := w.engine(&statetest.Disk{}).Plan(w.Context(), w.input(file))
	if err != nil {
		w.Fatal(err)
	}
	return planned.Plan
}

// apply runs the engine on the state of a disk.
func (w *world) apply(d *statetest.Disk, file string, by apply.Approval) *apply.Result {
	w.Helper()
	r, err := w.engine(d).Apply(w.Context(), w.drain, w.input(file), by)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

func (w *world) engine(d *statetest.Disk) *apply.Engine {
	return &apply.Engine{Client: w.client, Store: state.OnDisk(d), Runner: w.runner, Emit: w.runner.Emit}
}

func (w *world) input(file string) apply.Input {
	w.Helper()
	f, err := fleet.Parse(fleet.Text{Name: "f.yaml", Data: []byte("version: 1\n" + file)})
	if err != nil {
		w.Fatal(err)
	}
	return apply.Input{Fleet: f}
}

func (w *world) run(p *planner.Plan) *apply.Result {
	w.Helper()
	runner := w.runner
	if runner.State == nil {
		runner.State = locked(w.T, &statetest.Disk{}, w.client)
	}
	r := runner.Run(w.Context(), w.drain, p)
	if sum := r.Count(apply.Done) + r.Count(apply.Failed) + r.Count(apply.Unknown) + r.Count(apply.NotStarted); sum != len(p.Changes) {
		w.Errorf("%d outcomes for %d changes", sum, len(p.Changes))
	}
	return r
}

// converge applies a file, once, and wants the next plan to be empty.
func (w *world) converge(file string) *apply.Result {
	w.Helper()
	r := w.run(w.plan(file))
	w.wantComplete(r)
	if p := w.plan(file); !p.Empty() || len(p.Waits)+len(p.Blocked) > 0 {
		w.Errorf("after the apply there is still: %s", outline(p))
	}
	return r
}

func (w *world) wantComplete(r *apply.Result) {
	w.Helper()
	if !r.Complete() {
		w.Errorf("not complete:\n%s", report(r))
	}
}

// add puts a server in place.
func (w *world) add(id, name string, status vpsorg.Status) vpsorg.ID {
	host := name + ".example.com"
	off := false
	return w.emulator.Add(vpsorg.Server{ID: vpsorg.ID(id), Name: name, Status: status, Hostname: &host, Location: "us-west", BackupsEnabled: &off,
		Plan: vpsorg.ServerPlan{ID: "1"}, OS: vpsorg.OS{ID: "5"}}).ID
}

// live describes the emulator's servers, one a line.
func (w *world) live() string {
	var b strings.Builder
	for _, s := range w.emulator.Servers() {
		host := "-"
		if s.Hostname != nil {
			host = *s.Hostname
		}
		fmt.Fprintf(&b, "%s %s plan=%s os=%s at=%s host=%s backups=%t\n", s.Name, s.Status, s.Plan.ID, s.OS.ID, s.Location, host, *s.BackupsEnabled)
	}
	return b.String()
}

// sent describes the changing requests that reached the API since mark.
func (w *world) sent(mark int) string {
	var b strings.Builder
	for _, e := range w.emulator.Ledger()[mark:] {
		if e.Method != http.MethodGet {
			fmt.Fprintf(&b, "%s %s\n", e.Method, strings.TrimPrefix(e.Path, "/api/v1"))
		}
	}
	return b.String()
}

func outline(p *planner.Plan) string {
	var parts []string
	for _, c := range p.Changes {
		parts = append(parts, string(c.Action())+" "+c.About().Name+" ("+string(c.About().Reason.Code)+")")
	}
	for _, x := range p.Waits {
		parts = append(parts, "wait for "+x.Name)
	}
	for _, x := range p.Blocked {
		parts = append(parts, "blocked "+x.Name+": "+string(x.Reason.Code))
	}
	return strings.Join(parts, ", ")
}

func report(r *apply.Result) string {
	var b strings.Builder
	for _, rep := range r.Reports {
		what := "wait"
		name := ""
		if rep.Change != nil {
			what, name = string(rep.Change.Action()), rep.Change.About().Name
		} else {
			name = rep.Wait.Name
		}
		fmt.Fprintf(&b, "%s %s: %s", what, name, rep.Outcome)
		if rep.Err != nil {
			b.WriteString(": " + describeError(rep.Err))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// describeError is a report's reason by its data, then its cause.
func describeError(err error) string {
	var why *apply.Error
	if !errors.As(err, &why) {
		return "not an Error: " + err.Error()
	}
	text := string(why.Code)
	for _, f := range why.Fields {
		text += fmt.Sprintf(" %s:%s→%s", f.Field, f.From, f.To)
	}
	for _, s := range why.Servers {
		text += " #" + s.ID
		if s.Monthly != nil {
			text += " at " + s.Monthly.String()
		}
	}
	if why.Name != "" {
		text += " " + why.Name
	}
	if why.Status != "" {
		text += " " + string(why.Status)
	}
	if why.Count > 0 {
		text += fmt.Sprint(" ", why.Count)
	}
	if why.Err != nil {
		text += ": " + strings.ReplaceAll(why.Err.Error(), "\n", " / ")
	}
	return text
}

// once gives a fault to the first request of a method whose path ends so.
func once(method, suffix string, f emulator.Fault) func(*http.Request) *emulator.Fault {
	return times(1, method, suffix, f)
}

func times(n int, method, suffix string, f emulator.Fault) func(*http.Request) *emulator.Fault {
	var mu sync.Mutex
	return func(r *http.Request) *emulator.Fault {
		mu.Lock()
		defer mu.Unlock()
		if n == 0 || r.Method != method || !strings.HasSuffix(r.URL.Path, suffix) {
			return nil
		}
		n--
		return &f
	}
}

func answer(status int, body string) *emulator.Answer {
	return &emulator.Answer{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
}

// elapsed is the virtual time that a function takes.
func elapsed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}
