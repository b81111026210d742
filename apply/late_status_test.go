package apply_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// An answer that has a server as it was before the change before the last one is no
// proof of the last: only a newer one is, or one from after the window.
func TestStatusFromBeforeTheLastTwoChanges(t *testing.T) {
	file := func(s vpsorg.Status) string { return "servers: {x: {status: " + string(s) + "}}" }
	for _, to := range []vpsorg.Status{vpsorg.StatusActive, vpsorg.StatusStopped} {
		for _, lag := range []replica{{0, 0}, {37 * time.Second, 0}, {0, 37 * time.Second}, {37 * time.Second, 37 * time.Second}, {100 * time.Second, 100 * time.Second}} {
			t.Run(fmt.Sprintf("%s, lists %s and reads %s late", to, lag.list, lag.get), func(t *testing.T) {
				r := &replica{}
				inWorld(t, &emulator.Emulator{Transition: 5 * time.Second, Fault: r.fault}, func(w *world) {
					w.add("1", "x", to)
					time.Sleep(time.Hour)
					disk := &statetest.Disk{}
					away := vpsorg.StatusActive
					if to == away {
						away = vpsorg.StatusStopped
					}
					w.wantComplete(w.apply(disk, file(away), apply.Approval{}))
					time.Sleep(10 * time.Second)
					*r = lag
					sent := time.Now()
					w.wantComplete(w.apply(disk, file(to), apply.Approval{}))
					if s := w.emulator.Servers()[0]; s.Status != to {
						t.Errorf("done, but its status is %s", s.Status)
					}
					if took := time.Since(sent); lag == (replica{}) && took > 10*time.Second || took > 2*apply.DefaultSettle {
						t.Errorf("it took %s", took)
					}
				})
			})
		}
	}
}

// An answer from between a stop and a start is newer than what was observed from before
// both, and still no proof of a stop after them.
func TestStatusFromTheRoundBefore(t *testing.T) {
	var shown time.Time // reads tell what was then; zero: what is
	fault := func(r *http.Request) *emulator.Fault {
		if shown.IsZero() || r.Method != http.MethodGet {
			return nil
		}
		return &emulator.Fault{Lag: time.Since(shown)}
	}
	inWorld(t, &emulator.Emulator{Transition: 20 * time.Second, Fault: fault}, func(w *world) {
		w.add("1", "x", "active")
		disk, stop, start := &statetest.Disk{}, "servers: {x: {status: stopped}}", "servers: {x: {status: active}}"
		w.plan(start) // the first request
		time.Sleep(time.Minute)
		active := time.Now()
		time.Sleep(time.Second)
		w.wantComplete(w.apply(disk, stop, apply.Approval{}))
		stopped := time.Now()
		time.Sleep(time.Second)
		w.wantComplete(w.apply(disk, start, apply.Approval{}))
		shown = active
		w.runner.Emit = func(e apply.Event) {
			if _, sent := e.(apply.WaitStarted); sent {
				shown = stopped
			}
		}
		time.AfterFunc(3*time.Minute, func() { shown = time.Time{} })
		w.wantComplete(w.apply(disk, stop, apply.Approval{}))
		if s := w.emulator.Servers()[0]; s.Status != vpsorg.StatusStopped {
			t.Errorf("done, but its status is %s", s.Status)
		}
	})
}

// A server that seems to have the status already is sent the change all the same: the API
// knows better than an answer that may be late.
func TestStatusThatIsThereOnlyByALateAnswer(t *testing.T) {
	r := &replica{}
	lost := 0
	inWorld(t, &emulator.Emulator{Transition: 5 * time.Second, Fault: func(req *http.Request) *emulator.Fault {
		if strings.HasSuffix(req.URL.Path, "/start/") && lost == 0 {
			lost++
			*r = replica{37 * time.Second, 37 * time.Second}
			return &emulator.Fault{Answer: answer(502, "bad gateway")}
		}
		return r.fault(req)
	}}, func(w *world) {
		w.add("1", "x", "active")
		time.Sleep(time.Hour)
		disk := &statetest.Disk{}
		w.wantComplete(w.apply(disk, "servers: {x: {status: stopped}}", apply.Approval{}))
		time.Sleep(10 * time.Second)
		w.wantComplete(w.apply(disk, "servers: {x: {status: active}}", apply.Approval{}))
		if s := w.emulator.Servers()[0]; s.Status != "active" || lost != 1 {
			t.Errorf("done, but its status is %s, and %d answers were lost", s.Status, lost)
		}
	})
}
