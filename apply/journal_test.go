package apply_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// lock gives the runner the account's state on a disk, as after a crash of whoever
// had it.
func (w *world) lock(d *statetest.Disk) {
	w.Helper()
	d.Crash(0)
	w.runner.State = locked(w.T, d, w.client)
}

// locked is the state of an account on a disk.
func locked(t *testing.T, d *statetest.Disk, c *vpsorg.Client) apply.LockedState {
	t.Helper()
	locked, err := state.OnDisk(d).Lock(t.Context(), apply.Key{Endpoint: c.Endpoint(), Account: "sandbox@example.com"}, apply.Holder{})
	if err != nil {
		t.Fatal(err)
	}
	return locked
}

// open are the open intents.
func (w *world) open() []apply.Intent {
	w.Helper()
	open, err := w.runner.State.Intents(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return open
}

// TestNothingIsSentWithoutAnIntentOnDisk fails the journal in both ways.
func TestNothingIsSentWithoutAnIntentOnDisk(t *testing.T) {
	for _, full := range []string{"append", "sync"} {
		inWorld(t, &emulator.Emulator{}, func(w *world) {
			w.lock(&statetest.Disk{Before: func(op, _ string) error {
				if op == full {
					return errors.New("no space left on device")
				}
				return nil
			}})
			w.add("1", "x", "active")
			r := w.run(w.plan(strings.TrimSuffix(newServers, "}") + ", x: {hostname: x.example.org}}"))
			if r.Count(apply.NotStarted) != 3 || r.Count(apply.Done) != 1 || !strings.Contains(report(r), "no space left") {
				t.Errorf("%s", report(r))
			}
			if got := w.sent(0); got != "PATCH /servers/1/\n" {
				t.Errorf("sent\n%s", got)
			}
		})
	}
}

// A create that an interrupted run left open is resolved by the next run's list.
func TestTheNextListResolves(t *testing.T) {
	inWorld(t, &emulator.Emulator{Fault: once("POST", "/servers/", emulator.Fault{Stage: emulator.Committed, Drop: true})}, func(w *world) {
		disk := &statetest.Disk{}
		w.lock(disk)
		time.AfterFunc(500*time.Millisecond, func() { close(w.drain) })
		w.run(w.plan(oneNew))
		disk.Crash(0)
		w.drain = make(chan struct{})
		w.wantComplete(w.apply(disk, oneNew, apply.Approval{}))
		if open, err := state.OnDisk(disk).Intents(w.Context()); len(open) > 0 || err != nil {
			t.Errorf("still open: %+v, %v", open, err)
		}
		if got := w.sent(0); got != "POST /servers/\n" {
			t.Errorf("sent\n%s", got)
		}
	})
}
