package apply_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

const (
	twoHostnames = "servers: {'web-[1:2]': {hostname: '{name}.example.org'}}"
	fourNew      = "servers: {'n[1:4]': {plan: 1, os: 5, location: us-west}}"
)

// yes approves whatever is asked, after a while.
func yes(context.Context) error { time.Sleep(time.Minute); return nil }

// mine sets a server's hostname as somebody else would.
func (w *world) mine(id vpsorg.ID) {
	w.emulator.Edit(id, func(s *vpsorg.Server) { h := "mine"; s.Hostname = &h })
}

// Every refusal comes before the first change.
func TestRefusals(t *testing.T) {
	tenNew := strings.Replace(fourNew, "4", "10", 1)
	for name, test := range map[string]struct {
		file string
		in   func(*apply.Input)
		by   apply.Approval
		want apply.Refusal
	}{
		"the file's account": {"account: ops@example.com\n" + twoHostnames, nil, apply.Approval{},
			&apply.WrongAccount{Want: "ops@example.com", Got: "sandbox@example.com"}},
		"a target":                {twoHostnames, func(in *apply.Input) { in.Selection.Targets = []string{"wbe-*"} }, apply.Approval{}, &apply.UnknownTarget{Pattern: "wbe-*"}},
		"nothing of ten":          {tenNew, nil, apply.Approval{}, &apply.EmptyAccount{Listed: 10}},
		"a guard":                 {"servers: {web-1: {absent: true}}", nil, apply.Approval{}, &apply.GuardsExceeded{}},
		"a guard, after a review": {"servers: {web-1: {absent: true}}", nil, apply.Approval{Ask: yes}, &apply.GuardsExceeded{}},
		"a command":               {"servers: {n: {plan: 1, os: 5, location: us-west, ready: [{command: [./check]}]}}", nil, apply.Approval{}, &apply.CommandsForbidden{}},
		"another digest":          {twoHostnames, nil, apply.Approval{Digest: strings.Repeat("0", 32)}, &apply.NotReviewed{}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, &emulator.Emulator{}, func(w *world) {
				w.add("1", "web-1", "active")
				w.add("2", "web-2", "active")
				in := w.input(test.file)
				if test.in != nil {
					test.in(&in)
				}
				r, err := w.engine(&statetest.Disk{}).Apply(w.Context(), w.drain, in, test.by)
				var refused apply.Refusal
				if !errors.As(err, &refused) || fmt.Sprintf("%T", refused) != fmt.Sprintf("%T", test.want) || r != nil {
					t.Fatalf("the result is %v, the error %v", r, err)
				}
				if got := w.sent(0); got != "" {
					t.Errorf("sent\n%s", got)
				}
			})
		})
	}
}

// A person who is asked, and a flag, may let an unattended run's refusal go ahead.
func TestNothingOfTenIsFineWhereSomebodyLooks(t *testing.T) {
	for _, by := range []apply.Approval{{Ask: yes}, {Bootstrap: true}} {
		inWorld(t, &emulator.Emulator{}, func(w *world) {
			w.wantComplete(w.apply(&statetest.Disk{}, strings.Replace(fourNew, "4", "10", 1), by))
		})
	}
}

// While somebody thinks about a plan, a server becomes another: it alone is left out.
func TestWhatChangesWhileSomebodyIsAskedIsLeftAlone(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		w.add("1", "web-1", "active")
		w.add("2", "web-2", "active")
		r := w.apply(&statetest.Disk{}, twoHostnames, apply.Approval{Ask: func(context.Context) error { w.mine("1"); return nil }})
		if len(r.Blocked) != 1 || r.Blocked[0].Name != "web-1" || r.Blocked[0].Reason.Code != planner.CodeChanged || r.Count(apply.Done) != 1 {
			t.Errorf("blocked is %+v\n%s", r.Blocked, report(r))
		}
		if got := w.sent(0); got != "PATCH /servers/2/\n" {
			t.Errorf("sent\n%s", got)
		}
		no := errors.New("no")
		if _, err := w.engine(&statetest.Disk{}).Apply(w.Context(), w.drain, w.input(twoHostnames), apply.Approval{Ask: func(context.Context) error { return no }}); err != no {
			t.Errorf("a no is %v", err)
		}
	})
}

// A digest approves its plan, then what is left of it, and nothing else; in the end
// nothing is kept.
func TestADigestApprovesWhatIsLeft(t *testing.T) {
	inWorld(t, &emulator.Emulator{Credit: 3}, func(w *world) {
		disk := &statetest.Disk{}
		by := apply.Approval{Digest: w.plan(fourNew).Digest()}
		if r := w.apply(disk, fourNew, by); r.Count(apply.Done) != 3 {
			t.Fatalf("not as meant:\n%s", report(r))
		}
		more := strings.Replace(fourNew, "}}", "}, n5: {plan: 1, os: 5, location: us-west}}", 1)
		_, err := w.engine(disk).Apply(w.Context(), w.drain, w.input(more), by)
		var refused *apply.NotReviewed
		if !errors.As(err, &refused) || len(refused.Changes) != 1 || refused.Changes[0].About().Name != "n5" {
			t.Fatalf("with one more: %v", err)
		}
		w.emulator.Credit = 9
		if r := w.apply(disk, fourNew, by); r.Count(apply.Done) != 1 || !r.Complete() {
			t.Fatalf("not as meant:\n%s", report(r))
		}
		w.mine(w.emulator.Servers()[0].ID)
		another := strings.Replace(fourNew, "{plan", "{hostname: x, plan", 1)
		_, err = w.engine(disk).Apply(w.Context(), w.drain, w.input(another), by)
		if !errors.As(err, &refused) || refused.Changes != nil {
			t.Errorf("when all is done: %v", err)
		}
	})
}

// A saved plan is for one API and one account, and skips what is in place.
func TestResume(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		w.add("1", "web-1", "active")
		w.add("2", "web-2", "active")
		p := w.plan(twoHostnames)
		resume := func(change func(*planner.Plan)) (*apply.Result, error) {
			other := *p
			change(&other)
			return w.engine(&statetest.Disk{}).Resume(w.Context(), w.drain, &other, planner.Allowance{})
		}
		var endpoint *apply.WrongEndpoint
		if _, err := resume(func(p *planner.Plan) { p.Endpoint = "https://elsewhere.example" }); !errors.As(err, &endpoint) {
			t.Errorf("of another API: %v", err)
		}
		var account *apply.WrongAccount
		if _, err := resume(func(p *planner.Plan) { p.Account = "ops@example.com" }); !errors.As(err, &account) {
			t.Errorf("of another account: %v", err)
		}
		w.emulator.Edit("1", func(s *vpsorg.Server) { h := "web-1.example.org"; s.Hostname = &h })
		r, err := resume(func(*planner.Plan) {})
		if err != nil || len(r.Reports) != 1 || !r.Complete() || w.sent(0) != "PATCH /servers/2/\n" {
			t.Errorf("%v, sent\n%s", err, w.sent(0))
		}
	})
}

// What is undone each time is corrected so often and then blocked, until a person
// looks at a plan.
func TestRepeatedCorrectionsAreBlocked(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		w.add("1", "web-1", "active")
		w.add("2", "web-2", "active")
		w.mine("1")
		engine := w.engine(&statetest.Disk{})
		engine.MaxCorrections = 2
		for run, want := range []struct {
			by   apply.Approval
			done int
		}{{apply.Approval{}, 2}, {apply.Approval{}, 1}, {apply.Approval{}, 0}, {apply.Approval{Ask: yes}, 1}, {apply.Approval{}, 1}} {
			r, err := engine.Apply(w.Context(), w.drain, w.input(twoHostnames), want.by)
			if err != nil || r.Count(apply.Done) != want.done || len(r.Blocked) != 0 && want.done > 0 {
				t.Fatalf("run %d: %v, %d done, blocked %+v", run, err, r.Count(apply.Done), r.Blocked)
			}
			w.mine("1")
		}
	})
}

// One engine may have many runs at once, but an account has one apply at a time.
func TestRunsAtOnce(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		engine := w.engine(&statetest.Disk{})
		first := make(chan error)
		go func() {
			r, err := engine.Apply(w.Context(), w.drain, w.input(fourNew), apply.Approval{})
			if err == nil && !r.Complete() {
				err = errors.New(report(r))
			}
			first <- err
		}()
		time.Sleep(time.Second)
		if _, err := engine.Apply(w.Context(), w.drain, w.input(fourNew), apply.Approval{}); !errors.Is(err, apply.ErrLocked) {
			t.Errorf("a second apply: %v", err)
		}
		if planned, err := engine.Plan(w.Context(), w.input(fourNew)); err != nil || len(planned.Plan.Waits) != 4 {
			t.Errorf("a plan meanwhile: %v", err)
		}
		if err := <-first; err != nil {
			t.Error(err)
		}
	})
}

// What cannot be kept for the next run is a warning, and the result stands.
func TestWhatCannotBeKeptIsAWarning(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		w.add("1", "web-1", "active")
		disk := &statetest.Disk{Before: func(op, name string) error {
			if op == "replace" && strings.HasSuffix(name, ".corrections") {
				return errors.New("no space left on device")
			}
			return nil
		}}
		w.wantComplete(w.apply(disk, "servers: {web-1: {hostname: x}}", apply.Approval{}))
		var warned []apply.Warning
		for _, e := range w.events {
			if e, ok := e.(apply.Warning); ok {
				warned = append(warned, e)
			}
		}
		if len(warned) != 1 || warned[0].What != apply.StateUnsaved {
			t.Errorf("warnings: %+v", warned)
		}
	})
}

// Without its state nothing is applied: nobody would know what was begun.
func TestAStateThatCannotBeReadIsAnError(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		disk := &statetest.Disk{}
		w.lock(disk)
		if err := w.runner.State.Begin(w.Context(), apply.Intent{Name: "n1"}); err != nil {
			w.Fatal(err)
		}
		files, _ := disk.List()
		_ = disk.Replace(files[0].Name, []byte("hello\n"))
		disk.Crash(0)
		if _, err := w.engine(disk).Apply(w.Context(), w.drain, w.input(fourNew), apply.Approval{}); err == nil || w.sent(0) != "" {
			t.Errorf("%v, sent\n%s", err, w.sent(0))
		}
	})
}
