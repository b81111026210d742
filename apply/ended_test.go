package apply_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/planner"
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

// A run that has not seen the end of a new server's unknown status leaves it to the
// next one to wait for it, however that approves its plan; an end is an end.
func TestUnknownStatusIsWaitedForByTheNextRun(t *testing.T) {
	const file = "defaults: {plan: 1, os: 5, location: us-west}\nservers: {n: {status: stopped}, m: {}}"
	for _, status := range []vpsorg.Status{"queued", "installing"} {
		inWorld(t, &emulator.Emulator{Provisioning: time.Hour}, func(w *world) {
			set := func(s vpsorg.Status) {
				for _, x := range w.emulator.Servers() {
					w.emulator.Edit(x.ID, func(x *vpsorg.Server) { x.Status = s })
				}
			}
			w.add("1", "old", status)
			w.runner.Timeout = 5 * time.Minute
			disk := &statetest.Disk{}
			p := w.plan(file)
			time.AfterFunc(time.Second, func() { set(status) })
			if r := w.apply(disk, file, apply.Approval{}); r.Count(apply.Unknown) != 2 {
				t.Fatalf("%s", report(r))
			}
			planned, err := w.engine(disk).Plan(w.Context(), w.input(strings.Replace(file, "m: {}", "m: {}, old: {}", 1)))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff("stop n (power), wait for m, wait for n, blocked old: status", outline(planned.Plan)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			time.AfterFunc(2*time.Minute, func() { set("active") })
			if r, err := w.engine(disk).Resume(w.Context(), w.drain, p, planner.Allowance{}); err != nil || !r.Complete() {
				t.Errorf("%v\n%s", err, report(r))
			}
			set("weird")
			time.Sleep(time.Hour)
			if planned, err = w.engine(disk).Plan(w.Context(), w.input(file)); err != nil || len(planned.Plan.Blocked) != 2 {
				t.Errorf("an hour later: %v, %s", err, outline(planned.Plan))
			}
			set("error")
			if planned, err = w.engine(disk).Plan(w.Context(), w.input(file)); err != nil || len(planned.Plan.Blocked) != 2 {
				t.Errorf("%v, %s", err, outline(planned.Plan))
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

// A NAME--next that could not be made is deleted and made anew, where the entry says
// so, as far as deletes are allowed; the old server goes only when the new one runs.
func TestReplaceFailed(t *testing.T) {
	const file = "guards: {max_deletes: 2}\nservers: {x: {plan: 2, replace: create-first, replace_failed: true, hostname: x.example.com, backups_enabled: false}}"
	for _, status := range []vpsorg.Status{"error", "failed", "suspended"} {
		inWorld(t, &emulator.Emulator{}, func(w *world) {
			w.add("1", "x", "active")
			w.add("2", "x--next", status)
			w.emulator.Edit("2", func(s *vpsorg.Server) { s.Plan.ID = "2" })
			w.apply(&statetest.Disk{}, file, apply.Approval{})
			if d := cmp.Diff("DELETE /servers/2/\nPOST /servers/\nDELETE /servers/1/\nPATCH /servers/12347/\n", w.sent(0)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if d := cmp.Diff("x active plan=2 os=5 at=us-west host=x.example.com backups=false\n", w.live()); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if p := w.plan(file); !p.Empty() || len(p.Blocked) > 0 {
				t.Errorf("after it there is still: %s", outline(p))
			}
		})
	}
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		w.add("1", "x", "active")
		w.add("2", "x--next", "error")
		if v := w.plan(strings.Replace(file, "max_deletes: 2", "max_deletes: 1", 1)).Violations(); len(v) != 1 {
			t.Errorf("violations: %v", v)
		}
	})
}
