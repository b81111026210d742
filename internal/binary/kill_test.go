package binary_test

import (
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

const (
	killWorlds = 25
	killsEach  = 2
	killFleet  = 50
)

// Killed at any instant and run again, an apply ends with each server there once,
// and no create was on the wire without an intent of its own on disk.
func TestKilledAtRandomInstants(t *testing.T) {
	var killed, between, aged atomic.Int64
	t.Run("worlds", func(t *testing.T) {
		for n := range killWorlds {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				random := draw(n)
				w := newWorld(t, &emulator.Emulator{}, servers(killFleet))
				journal := w.newIntents()
				for range killsEach {
					left := killFleet - len(w.Servers())
					at, after := 1+random.IntN(left+5), time.Duration(random.IntN(3000))*time.Microsecond
					if w.killAt(at, after) {
						killed.Add(1)
					}
					journal.add()
					w.wantNoTwins()
					aged.Add(int64(journal.age(time.Hour)))
					if made := len(w.Servers()); 0 < made && made < killFleet {
						between.Add(1)
					}
				}
				w.run(applying()...).want(t, 0)
				journal.add()
				journal.want()
				w.wantComplete(killFleet)
				w.wantIdle()
			})
		}
	})
	t.Logf("%d killed, %d of them between the first and the last create; %d intents whose create had made nothing", killed.Load(), between.Load(), aged.Load())
	if killed.Load() < killWorlds || between.Load() < killWorlds/2 {
		t.Error("too few kills hit an apply at work")
	}
}

// killAt runs an apply and kills it some time after its n-th request has come in.
// It tells whether it had not ended by then, and returns when the wire is quiet.
func (w *world) killAt(n int, after time.Duration) bool {
	w.Helper()
	var count atomic.Int64
	due := make(chan struct{})
	w.onRequest(func(*http.Request) {
		if count.Add(1) == int64(n) {
			close(due)
		}
	})
	p := w.start(nil, applying()...)
	select {
	case <-due:
		timer := time.AfterFunc(after, func() { p.signal(os.Kill) })
		defer timer.Stop()
	case <-p.ended:
	}
	end := p.wait()
	w.onRequest(nil)
	w.settleWire()
	if end.code > 0 {
		end.want(w.T, 0)
	}
	return end.code == -1
}

// A create that was under way when its run was killed is not sent again before the
// time in which it may still arrive has passed, and is then, without being asked.
func TestKilledBeforeTheCreateArrived(t *testing.T) {
	t.Parallel()
	var lose atomic.Bool
	lose.Store(true)
	e := &emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost && lose.Load() {
			return &emulator.Fault{Drop: true}
		}
		return nil
	}}
	w := newWorld(t, e, servers(1))
	journal := w.newIntents()
	w.killAtList(3, nil)
	lose.Store(false)
	journal.add()
	if open := w.open(); len(open) != 1 || len(w.sent()) != 1 {
		t.Fatalf("%d intents are open after %d creates", len(open), len(w.sent()))
	}
	w.killAtList(10, func() {
		if n := len(w.sent()); n != 1 {
			t.Errorf("%d creates were sent while the first might still arrive", n)
		}
	})
	open := w.open()
	if len(open) != 1 {
		t.Fatalf("%d intents are open", len(open))
	}
	const window = 30*time.Second + 300*time.Millisecond // of the request, and of --settle
	now := time.Now()
	journal.age(window - time.Second - now.Sub(open[0].At))
	end := now.Add(time.Second)
	w.run(applying()...).want(t, 0, "An earlier run ended without an answer to creates of web-001.")
	journal.add()
	journal.want()
	w.wantComplete(1)
	if sent := w.sent(); len(sent) != 2 || sent[1].at.Before(end.Add(-50*time.Millisecond)) {
		t.Errorf("the second create was sent %s too early; there were %d", end.Sub(sent[len(sent)-1].at), len(sent))
	}
	w.wantIdle()
}

// killAtList kills an apply that goes on looking at the list when it asks for it
// the n-th time, after what is to be checked then.
func (w *world) killAtList(n int, check func()) {
	w.Helper()
	var count atomic.Int64
	due := make(chan struct{})
	w.onRequest(func(r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/api/v1/servers/" && count.Add(1) == int64(n) {
			close(due)
		}
	})
	p := w.start(nil, "apply", "--auto-approve", "--poll-interval", "20ms", "--settle", "1h")
	select {
	case <-due:
	case <-p.ended:
		w.Fatalf("it ended on its own: %+v", p.wait())
	}
	if check != nil {
		check()
	}
	p.signal(os.Kill)
	p.wait()
	w.onRequest(nil)
	w.settleWire()
}
