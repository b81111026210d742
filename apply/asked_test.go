package apply_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

const askedFile = "servers: {'web-[1:3]': {plan: 1, os: 5, location: us-west, replace: create-first}}"

// asked is a world of three servers, an engine on one disk, and what asks for
// something of all of them.
func asked(w *world, a planner.Asked) (*statetest.Disk, apply.Input) {
	for _, id := range []string{"1", "2", "3"} {
		w.add(id, "web-"+id, "active")
	}
	in := w.input(askedFile)
	in.Selection.Asked = a
	in.Allow = planner.Allowance{Deletes: 3}
	return &statetest.Disk{}, in
}

// reboots counts how often each server was asked to reboot.
func (w *world) reboots() string {
	return strings.ReplaceAll(strings.ReplaceAll(w.sent(0), "POST /servers/", ""), "/reboot/\n", " ")
}

// A reboot by digest, or of a saved plan, is sent once to each server, however often
// the run is cut off and resumed, and also after it has come to its end.
func TestAskedRebootsAreSentOnce(t *testing.T) {
	for name, saved := range map[string]bool{"digest": false, "saved plan": true} {
		t.Run(name, func(t *testing.T) {
			e := &emulator.Emulator{Fault: times(1, "POST", "/2/reboot/", emulator.Fault{Answer: answer(400, `{"success": false, "error": "not allowed"}`)})}
			inWorld(t, e, func(w *world) {
				disk, in := asked(w, planner.Asked{Reboot: []string{"web-*"}})
				planned, err := w.engine(disk).Plan(w.Context(), in)
				if err != nil || len(planned.Plan.Changes) != 3 {
					t.Fatalf("%v, planned %s", err, outline(planned.Plan))
				}
				again := func() *apply.Result {
					w.Helper()
					run := func() (*apply.Result, error) {
						if saved {
							return w.engine(disk).Resume(w.Context(), w.drain, planned.Plan, in.Allow)
						}
						return w.engine(disk).Apply(w.Context(), w.drain, in, apply.Approval{Digest: planned.Plan.Digest()})
					}
					r, err := run()
					if err != nil {
						t.Fatal(err)
					}
					return r
				}
				if r := again(); r.Count(apply.Failed) != 1 || r.Count(apply.Done) != 2 {
					t.Fatalf("the first run:\n%s", report(r))
				}
				time.Sleep(48 * time.Hour)
				if r := again(); !r.Complete() || r.Count(apply.Done) != 1 {
					t.Errorf("the second run:\n%s", report(r))
				}
				if r := again(); !r.Complete() || len(r.Reports) != 0 {
					t.Errorf("the third run:\n%s", report(r))
				}
				if got := strings.Join(strings.Fields(w.reboots()), ""); strings.Count(got, "1") != 1 || strings.Count(got, "2") != 2 || strings.Count(got, "3") != 1 {
					t.Errorf("rebooted %s", w.reboots())
				}
				time.Sleep(48 * time.Hour)
				if r := again(); r.Count(apply.Done) != 3 {
					t.Errorf("asked for again, days later:\n%s", report(r))
				}
			})
		})
	}
}

// A plan that was kept for an apply by digest, week after week with the same digest,
// reboots each time; when it is kept again before it has come to its end, it goes on.
func TestAskedRebootsOfKeptPlans(t *testing.T) {
	refused := emulator.Fault{Answer: answer(400, `{"success": false, "error": "not allowed"}`)}
	inWorld(t, &emulator.Emulator{Fault: times(1, "POST", "/2/reboot/", refused)}, func(w *world) {
		disk, in := asked(w, planner.Asked{Reboot: []string{"web-[12]"}})
		for run, want := range []string{"1 2 ", "2 ", "1 2 ", "1 2 "} {
			planned, err := w.engine(disk).Plan(w.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.engine(disk).Keep(w.Context(), planned.Plan); err != nil {
				t.Fatal(err)
			}
			before := len(w.reboots())
			if _, err := w.engine(disk).Apply(w.Context(), w.drain, in, apply.Approval{Digest: planned.Plan.Digest()}); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(slices.Sorted(slices.Values(strings.Fields(w.reboots()[before:]))), " ") + " "; got != want {
				t.Errorf("run %d has rebooted %s, want %s", run+1, got, want)
			}
			time.Sleep(7 * 24 * time.Hour)
		}
	})
}

// Where nobody knows whether a reboot was taken it is not sent again.
func TestAnUnclearRebootIsNotRepeated(t *testing.T) {
	e := &emulator.Emulator{Fault: once("POST", "/2/reboot/", emulator.Fault{Stage: emulator.Committed, Drop: true})}
	inWorld(t, e, func(w *world) {
		disk, in := asked(w, planner.Asked{Reboot: []string{"web-2"}})
		p, err := w.engine(disk).Plan(w.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := w.engine(disk).Resume(w.Context(), w.drain, p.Plan, in.Allow); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.reboots(); got != "2 " {
			t.Errorf("rebooted %s", got)
		}
	})
}

// What was asked for and refused is not owed to the server by later runs.
func TestARefusedRebootIsNotOwed(t *testing.T) {
	e := &emulator.Emulator{Fault: once("POST", "/2/reboot/", emulator.Fault{Answer: answer(400, `{"success": false, "error": "not allowed"}`)})}
	inWorld(t, e, func(w *world) {
		disk, in := asked(w, planner.Asked{Reboot: []string{"web-2"}})
		if r, err := w.engine(disk).Apply(w.Context(), w.drain, in, apply.Approval{}); err != nil || r.Count(apply.Failed) != 1 {
			t.Fatalf("%v\n%s", err, report(r))
		}
		if r := w.apply(disk, askedFile, apply.Approval{}); len(r.Reports) != 0 {
			t.Errorf("without being asked:\n%s", report(r))
		}
	})
}

// A replacement by digest that is cut off is resumed, and makes no second one.
func TestAskedReplacementIsMadeOnce(t *testing.T) {
	e := &emulator.Emulator{Fault: once("DELETE", "/2/", emulator.Fault{Answer: answer(400, `{"success": false, "error": "not allowed"}`)})}
	inWorld(t, e, func(w *world) {
		disk, in := asked(w, planner.Asked{Replace: []string{"web-[12]"}})
		p, err := w.engine(disk).Plan(w.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		by := apply.Approval{Digest: p.Plan.Digest()}
		for i, done := range []int{1, 1} {
			r, err := w.engine(disk).Apply(w.Context(), w.drain, in, by)
			if err != nil || r.Count(apply.Done) != done || r.Complete() != (i == 1) {
				t.Fatalf("run %d: %v\n%s", i+1, err, report(r))
			}
		}
		if n := strings.Count(w.sent(0), "POST /servers/\n"); n != 2 || len(w.emulator.Servers()) != 3 {
			t.Errorf("%d servers were made, %d are there", n, len(w.emulator.Servers()))
		}
		for _, s := range w.emulator.Servers() {
			if (s.ID == vpsorg.ID("3")) != (s.Name == "web-3") {
				t.Errorf("%s is %s", s.Name, s.ID)
			}
		}
	})
}
