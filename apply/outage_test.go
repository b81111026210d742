package apply_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// outages are the answers of an API that is down for changes alone, and what is no
// answer of the API's.
func outages() map[string]emulator.Fault {
	all := map[string]emulator.Fault{
		"a page of HTML with 200": {Answer: answer(200, "<html><title>Welcome</title></html>")},
		"a connection that ends":  {Drop: true},
		"nothing that leaves":     {Stage: emulator.Unsent},
	}
	for _, status := range []int{408, 500, 502, 503, 504, 520, 521, 522, 523, 524} {
		all[fmt.Sprint(status)] = emulator.Fault{Answer: answer(status, "{}")}
	}
	return all
}

// An outage of changes is outlasted as one of reads is: with pauses that grow, and
// told while it lasts. Each is sent no more often than it must, and what leaves no trace
// only once.
func TestOutageOfWrites(t *testing.T) {
	const put = "servers: {x: {renamed_from: y, hostname: x.example.org, backups_enabled: true}}"
	changes := map[string]string{
		"PATCH":  "servers: {y: {hostname: x.example.org}}",
		"PUT":    put,
		"start":  "servers: {z: {status: active}}",
		"stop":   "servers: {y: {status: stopped}}",
		"DELETE": "guards: {max_deletes: 1}\nservers: {y: {absent: true}}",
	}
	for said, fault := range outages() {
		for change, file := range changes {
			for _, lasts := range []time.Duration{15 * time.Second, 50 * time.Second, time.Hour} {
				t.Run(fmt.Sprintf("%s, %s for %s", change, said, lasts), func(t *testing.T) {
					var at []time.Time
					inWorld(t, &emulator.Emulator{Fault: busyFor(lasts, fault, &at)}, func(w *world) {
						w.add("1", "y", "active")
						w.add("2", "z", "stopped")
						p := w.plan(file)
						var r *apply.Result
						took := elapsed(func() { r = w.run(p) })
						n := len(at)
						if n < 4 || n > 20 || at[2].Sub(at[1]) > at[n-1].Sub(at[n-2]) {
							t.Errorf("sent %d times, at %v", n, at)
						}
						if told := w.putOffs(); len(told) < 1 || len(told) < int(min(took, time.Minute)/(25*time.Second)) {
							t.Errorf("told %d times in %s", len(told), took)
						}
						if lasts < time.Hour {
							w.wantComplete(r)
						} else if r.Complete() || took < time.Minute || took > 2*time.Minute {
							t.Errorf("after %s:\n%s", took, report(r))
						}
					})
				})
			}
		}
	}
}

// What leaves no trace is not sent a second time, however the API fails: a create is
// looked for, and a reboot stays unknown.
func TestOutageOfWhatLeavesNoTrace(t *testing.T) {
	for said, fault := range outages() {
		if said == "nothing that leaves" { // certainly not taken
			continue
		}
		inWorld(t, &emulator.Emulator{Fault: times(-1, "POST", "/reboot/", fault)}, func(w *world) {
			w.add("1", "x", "active")
			r := w.run(w.plan("servers: {x: {hostname: x.example.org, reboot_on: [hostname]}}"))
			if got := report(r); !strings.Contains(got, "reboot x: unknown: unanswered: ") || strings.Count(w.sent(0), "reboot") != 1 {
				t.Errorf("%s: %s%s", said, got, w.sent(0))
			}
		})
		inWorld(t, &emulator.Emulator{Fault: times(2, "POST", "/servers/", fault)}, func(w *world) {
			p := w.plan(oneNew)
			if took := elapsed(func() { w.wantComplete(w.run(p)) }); took < 2*apply.DefaultSettle {
				t.Errorf("%s: created within %s, and the window of each create is %s", said, took, apply.DefaultSettle)
			}
		})
	}
}

// An outage that has lasted too long for one change has so for all that follow, but
// each is still tried; when the API is back, the next outage is a new one.
func TestOutageCountsOnce(t *testing.T) {
	var up atomic.Bool
	fault := emulator.Fault{Answer: answer(503, "{}")}
	inWorld(t, &emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
		if !up.Load() && r.Method == http.MethodPatch {
			return &fault
		}
		return nil
	}}, func(w *world) {
		w.runner.Parallelism = 2
		for i := range 20 {
			w.add(fmt.Sprint(i+1), fmt.Sprintf("n%02d", i+1), "active")
		}
		p := w.plan("servers: {'n[01:20]': {hostname: '{name}.example.org'}}")
		var r *apply.Result
		if took := elapsed(func() { r = w.run(p) }); took > 3*time.Minute || r.Count(apply.Unknown) != 20 {
			t.Errorf("after %s:\n%s", took, report(r))
		}
		if n := strings.Count(w.sent(0), "PATCH"); n < 4*20 {
			t.Errorf("sent %d times", n)
		}
		time.AfterFunc(50*time.Second, func() { up.Store(true) })
		w.wantComplete(w.run(p))
	})
}

// A change that is interrupted in an outage ends at once.
func TestInterruptEndsAnOutage(t *testing.T) {
	var at []time.Time
	inWorld(t, &emulator.Emulator{Fault: busyFor(time.Hour, emulator.Fault{Answer: answer(503, "{}")}, &at)}, func(w *world) {
		w.add("1", "x", "active")
		p := w.plan("servers: {x: {status: stopped}}")
		time.AfterFunc(20*time.Second, func() { close(w.drain) })
		var r *apply.Result
		if took := elapsed(func() { r = w.run(p) }); took > 21*time.Second || r.Count(apply.Unknown) != 1 {
			t.Errorf("after %s:\n%s", took, report(r))
		}
	})
}
