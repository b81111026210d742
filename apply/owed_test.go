package apply_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// A reboot that an update has brought is done by the next run, and by no other: as a
// new plan, by its digest, or as a saved plan.
func TestOwedReboots(t *testing.T) {
	faults := map[string]*emulator.Fault{"a stop between": nil}
	for _, status := range []int{400, 409, 422, 423, 503} {
		faults[fmt.Sprint(status)] = &emulator.Fault{Answer: answer(status, `{"detail": "busy"}`)}
	}
	for name, fault := range faults {
		for _, how := range []string{"a new plan", "its digest", "the saved plan"} {
			t.Run(name+", then "+how, func(t *testing.T) { oweReboot(t, fault, name == "503", how) })
		}
	}
}

// oweReboot has an apply send an update and not its reboot, which fails or, without a
// fault, is not come to; then it applies twice again. unclear is whether the reboot may
// have happened.
func oweReboot(t *testing.T, fault *emulator.Fault, unclear bool, how string) {
	const file = "servers: {x: {hostname: new, reboot_on: [hostname]}}"
	var w *world
	failing := true
	e := &emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
		if failing && strings.HasSuffix(r.URL.Path, "/reboot/") {
			return fault
		}
		if failing && fault == nil && r.Method == "PATCH" {
			close(w.drain)
		}
		return nil
	}}
	inWorld(t, e, func(world *world) {
		w = world
		w.runner.Timeout = time.Minute
		w.add("1", "x", "active")
		disk := &statetest.Disk{}
		p := w.plan(file)
		by := apply.Approval{Digest: p.Digest()}
		if r := w.apply(disk, file, by); r.Complete() {
			t.Fatalf("complete:\n%s", report(r))
		}
		disk.Crash(0)
		failing, w.drain = false, make(chan struct{})
		planned, err := w.engine(disk).Plan(w.Context(), w.input(file))
		if err != nil {
			t.Fatal(err)
		}
		next, made := "reboot x (owed)", "map[PATCH:1 POST reboot:1]"
		if unclear {
			next, made = "blocked x: reboot_unclear", "map[PATCH:1]"
		}
		if d := cmp.Diff(next, outline(planned.Plan)); d != "" {
			t.Errorf("-want +got\n%s", d)
		}
		for range 2 {
			var r *apply.Result
			switch how {
			case "a new plan":
				r = w.apply(disk, file, apply.Approval{})
			case "its digest":
				r, err = w.engine(disk).Apply(w.Context(), w.drain, w.input(file), by)
			case "the saved plan":
				r, err = w.engine(disk).Resume(w.Context(), w.drain, p, planner.Allowance{})
			}
			if err != nil {
				t.Fatal(err)
			}
			if r.Complete() == unclear {
				t.Errorf("complete: %t", r.Complete())
			}
		}
		if got := w.made(); got != made {
			t.Errorf("done was %s", got)
		}
	})
}

// A reboot in doubt blocks its server until it is rebooted because somebody asks for
// that, or started, or a day has passed.
func TestEndOfAnUnclearReboot(t *testing.T) {
	const file = "servers: {x: {hostname: new, reboot_on: [hostname]}}"
	for name, settle := range map[string]func(w *world, disk *statetest.Disk){
		"asked for": func(w *world, disk *statetest.Disk) {
			in := w.input(file)
			in.Selection.Asked.Reboot = []string{"x"}
			if r, err := w.engine(disk).Apply(w.Context(), w.drain, in, apply.Approval{}); err != nil || !r.Complete() {
				t.Errorf("%v", err)
			}
		},
		"started": func(w *world, disk *statetest.Disk) {
			for _, status := range []string{"stopped", "active"} {
				w.wantComplete(w.apply(disk, strings.Replace(file, "new,", "new, status: "+status+",", 1), apply.Approval{}))
			}
		},
		"a day later": func(*world, *statetest.Disk) { time.Sleep(24 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, &emulator.Emulator{Fault: once("POST", "/reboot/", emulator.Fault{Answer: answer(502, "")})}, func(w *world) {
				w.add("1", "x", "active")
				disk := &statetest.Disk{}
				w.apply(disk, file, apply.Approval{})
				time.Sleep(time.Hour)
				if r := w.apply(disk, file, apply.Approval{}); r.Complete() {
					t.Error("complete, with a reboot in doubt")
				}
				settle(w, disk)
				w.wantComplete(w.apply(disk, file, apply.Approval{}))
			})
		})
	}
}
