package apply_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// A new server may pass through statuses that nobody has heard of: it is waited for
// until it is active, or the time is over.
func TestUnknownStatusMayPass(t *testing.T) {
	for _, status := range []vpsorg.Status{"queued", "installing", "pending", "building"} {
		inWorld(t, &emulator.Emulator{Provisioning: time.Hour}, func(w *world) {
			set := func(s vpsorg.Status) {
				w.emulator.Edit(w.emulator.Servers()[0].ID, func(x *vpsorg.Server) { x.Status = s })
			}
			time.AfterFunc(time.Second, func() { set(status) })
			time.AfterFunc(5*time.Minute, func() { set("active") })
			p := w.plan(strings.Replace(oneNew, "us-west", "us-west, status: stopped", 1))
			w.wantComplete(w.run(p))
		})
		inWorld(t, &emulator.Emulator{Provisioning: time.Hour}, func(w *world) {
			time.AfterFunc(time.Second, func() {
				w.emulator.Edit(w.emulator.Servers()[0].ID, func(x *vpsorg.Server) { x.Status = status })
			})
			p := w.plan(oneNew)
			var r *apply.Result
			if d := elapsed(func() { r = w.run(p) }); d < apply.DefaultTimeout {
				t.Errorf("%s was given up after %s", status, d)
			}
			if d := cmp.Diff("create n: unknown: not_ready status:"+string(status)+"→active\n", report(r)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// A server that has ended is deleted where its entry says so, unless it has changed
// since the plan was made.
func TestDeleteOfWhatHasEnded(t *testing.T) {
	const absent = "guards: {max_deletes: 1}\nservers: {x: {absent: true}}"
	for _, status := range []vpsorg.Status{"error", "failed", "suspended"} {
		inWorld(t, &emulator.Emulator{}, func(w *world) {
			w.add("1", "x", status)
			w.converge(absent)
		})
		inWorld(t, &emulator.Emulator{}, func(w *world) {
			w.add("1", "x", status)
			p := w.plan(absent)
			w.emulator.Edit("1", func(s *vpsorg.Server) { s.Status = "active" })
			if d := cmp.Diff("delete x: failed: changed status:"+string(status)+"→active\n", report(w.run(p))); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if sent := w.sent(0); strings.Contains(sent, http.MethodDelete) {
				t.Errorf("sent %s", sent)
			}
		})
	}
}
