package apply_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

const oneNew = "servers: {n: {plan: 1, os: 5, location: us-west}}"

// TestUnclearCreates lets the answer to a create be lost in every way. Never are
// there two servers, and never is one missing in the end.
func TestUnclearCreates(t *testing.T) {
	faults := map[string]emulator.Fault{
		"the reply is lost":                 {Stage: emulator.Committed, Drop: true},
		"the request is lost":               {Drop: true},
		"500 after the effect":              {Stage: emulator.Committed, Answer: answer(500, "{}")},
		"502 before it":                     {Answer: answer(502, "bad gateway")},
		"half a body":                       {Stage: emulator.Committed, Cut: 20},
		"committed after it was given up":   {Delay: 45 * time.Second},
		"an answer that never comes":        {Stage: emulator.Committed, Delay: time.Hour},
		"a proxy's page instead":            {Stage: emulator.Committed, Answer: &emulator.Answer{Status: 200, Body: "<html>hello</html>"}},
		"201 without an id":                 {Stage: emulator.Committed, Answer: answer(201, "{}")},
		"committed, and the list lags":      {Stage: emulator.Committed, Drop: true},
		"committed late, and the list lags": {Delay: 60 * time.Second},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			e := &emulator.Emulator{Fault: once("POST", "/servers/", fault)}
			if strings.Contains(name, "lags") {
				e.Lag.Young = time.Minute
			}
			inWorld(t, e, func(w *world) {
				w.lock(&statetest.Disk{})
				w.wantComplete(w.run(w.plan(oneNew)))
				time.Sleep(time.Hour) // whatever was late has arrived
				if got, want := w.live(), "n active plan=1 os=5 at=us-west host=- backups=false\n"; got != want {
					t.Errorf("there is\n%s", got)
				}
				if open := w.open(); len(open) > 0 {
					t.Errorf("open intents: %+v", open)
				}
			})
		})
	}
}

// TestOtherWorkGoesOn settles one create while everything else is done.
func TestOtherWorkGoesOn(t *testing.T) {
	lost := func() *emulator.Fault { return &emulator.Fault{Drop: true} }
	e := &emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
		var b bytes.Buffer
		b.ReadFrom(r.Body)
		if r.Method == "POST" && strings.Contains(b.String(), `"a"`) {
			return lost()
		}
		return nil
	}}
	inWorld(t, e, func(w *world) {
		r := w.run(w.plan(newServers))
		if d := r.Reports[1].Duration; d > 10*time.Second {
			t.Errorf("b took %s", d)
		}
		want := "create a: failed: unresolved a 3: POST /servers/: read tcp: connection reset by peer\n" +
			"create b: done\ncreate c: done\n"
		if d := cmp.Diff(want, report(r)); d != "" {
			t.Errorf("-want +got\n%s", d)
		}
		if r.Duration < 6*time.Minute {
			t.Errorf("three settle windows took %s", r.Duration)
		}
	})
}

// TestTwoOfOneName never picks: somebody else makes a server of the same name.
func TestTwoOfOneName(t *testing.T) {
	e := &emulator.Emulator{Fault: once("POST", "/servers/", emulator.Fault{Stage: emulator.Committed, Drop: true})}
	inWorld(t, e, func(w *world) {
		p := w.plan(oneNew)
		w.add("7", "n", "active")
		r := w.run(p)
		if r.Count(apply.Unknown) != 1 || describeError(r.Reports[0].Err) != "duplicates #7 at 10.00 #12346 at 10.00 n" {
			t.Errorf("%s", report(r))
		}
		if got := w.sent(0); got != "POST /servers/\n" {
			t.Errorf("sent\n%s", got)
		}
	})
}

// TestKilledRun settles what a run left open that ended right after its create was sent.
func TestKilledRun(t *testing.T) {
	for name, fault := range map[string]emulator.Fault{
		"never committed": {Drop: true},
		"committed late":  {Delay: 100 * time.Second},
		"committed last":  {Delay: 140 * time.Second}, // the request's 30 s and most of the window
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, &emulator.Emulator{Fault: once("POST", "/servers/", fault)}, func(w *world) {
				disk := &statetest.Disk{}
				w.lock(disk)
				drain := w.drain
				time.AfterFunc(5*time.Second, func() { close(drain) })
				w.run(w.plan(oneNew))
				w.drain = make(chan struct{})

				w.lock(disk)
				if open := w.open(); len(open) != 1 || open[0].Name != "n" {
					t.Fatalf("open intents: %+v", open)
				}
				w.converge(oneNew)
				time.Sleep(time.Hour)
				if got := strings.Count(w.live(), "\n"); got != 1 {
					t.Errorf("there are %d servers", got)
				}
			})
		})
	}
}

// TestKilledRunOfALongRequest is of a run that gives a request longer than usual, and is
// killed while its create is on the wire: the window begins when the request can have ended.
func TestKilledRunOfALongRequest(t *testing.T) {
	e := &emulator.Emulator{Fault: once("POST", "/servers/", emulator.Fault{Delay: 6 * time.Minute})}
	inWorld(t, e, func(w *world) {
		patient, err := vpsorg.New(vpsorg.Config{BaseURL: "http://127.0.0.1/api/v1", Token: "vps_test", Transport: e.Transport(), Timeout: 5 * time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		disk, usual := &statetest.Disk{}, w.runner
		w.runner.Client = patient
		w.lock(disk)
		ctx, kill := context.WithCancel(w.Context())
		time.AfterFunc(290*time.Second, kill)
		w.runner.Run(ctx, nil, w.plan(oneNew))

		w.runner = usual
		w.lock(disk)
		w.converge(oneNew)
		time.Sleep(time.Hour)
		if got := strings.Count(w.live(), "\n"); got != 1 {
			t.Errorf("there are %d servers", got)
		}
	})
}
