package apply_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// TestFirstInterrupt finishes what is under way and starts nothing more.
func TestFirstInterrupt(t *testing.T) {
	slow := times(-1, "POST", "/servers/", emulator.Fault{Delay: 5 * time.Second})
	inWorld(t, &emulator.Emulator{Fault: slow}, func(w *world) {
		w.runner.Parallelism = 2
		p := w.plan(newServers)
		time.AfterFunc(time.Second, func() { close(w.drain) })
		var r *apply.Result
		if d := elapsed(func() { r = w.run(p) }); d != 5*time.Second {
			t.Errorf("it took %s", d)
		}
		want := "create a: unknown: interrupted status:(none)→active\ncreate b: unknown: interrupted status:(none)→active\ncreate c: not started: interrupted\n"
		if d := cmp.Diff(want, report(r)); d != "" {
			t.Errorf("-want +got\n%s", d)
		}
		if r.Reports[0].ID == "" || !r.Interrupted {
			t.Errorf("the id of what was made is not reported: %+v", r.Reports[0])
		}
	})
}

// TestSecondInterrupt leaves at once; what was under way is unknown.
func TestSecondInterrupt(t *testing.T) {
	slow := times(-1, "POST", "/servers/", emulator.Fault{Delay: 5 * time.Second})
	inWorld(t, &emulator.Emulator{Fault: slow}, func(w *world) {
		w.runner.Parallelism = 2
		w.lock(&statetest.Disk{})
		p := w.plan(newServers)
		ctx, cancel := context.WithCancel(w.Context())
		time.AfterFunc(time.Second, cancel)
		var r *apply.Result
		if d := elapsed(func() { r = w.runner.Run(ctx, w.drain, p) }); d != time.Second {
			t.Errorf("it took %s", d)
		}
		if r.Count(apply.Unknown) != 2 || r.Count(apply.NotStarted) != 1 || !r.Interrupted {
			t.Errorf("%s", report(r))
		}
	})
}

// TestNothingIsLeftRunning runs a plan that fails in many ways; synctest fails the
// test if anything is still running after it.
func TestNothingIsLeftRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &emulator.Emulator{Fault: times(-1, "GET", "/", emulator.Fault{Drop: true})}
		client, err := vpsorg.New(vpsorg.Config{BaseURL: "http://127.0.0.1/api/v1", Token: "vps_test", Transport: e.Transport()})
		if err != nil {
			t.Fatal(err)
		}
		p := &planner.Plan{}
		for _, name := range []string{"a", "b"} {
			p.Changes = append(p.Changes, &planner.Create{Subject: planner.Subject{Name: name},
				Spec: planner.Spec{Plan: planner.Named{ID: "1"}, OS: planner.Named{ID: "5"}, Location: "us-west"}})
		}
		r := apply.Runner{Client: client, State: locked(t, &statetest.Disk{}, client), Timeout: time.Minute}.Run(t.Context(), nil, p)
		if r.Count(apply.Unknown) != 2 || !strings.HasPrefix(describeError(r.Reports[0].Err), "not_ready status:(none)→active: ") {
			t.Errorf("%s", report(r))
		}
	})
}
