package apply_test

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

const web = "rollouts: {web: {names: ['web-*'], max_unavailable: 25%, ready: [{http: {url: 'http://{ip}/', status: 200}}]}}"

// Of 24 servers never more than six are away, also when their API says that they are
// active again and their services are not.
func TestRollingReboot(t *testing.T) {
	inRollout(t, &emulator.Emulator{}, 24, web, "", func(r *rolled) {
		took := elapsed(func() { r.wantComplete(r.reboot(apply.Approval{})) })
		r.wantAway(6)
		r.wantOnce(24)
		t.Logf("it took %s", took)
	})
}

// Of three servers one may be away, which is so before the run: it was stopped by hand,
// and the file leaves its power alone.
func TestStoppedByHandIsAway(t *testing.T) {
	policy := strings.Replace(web, "25%", "1", 1)
	for fields, reboots := range map[string]int{"": 0, ", status: stopped": 2} {
		inRollout(t, &emulator.Emulator{}, 3, policy, "", func(r *rolled) {
			r.emulator.Edit(r.emulator.Servers()[0].ID, func(s *vpsorg.Server) { s.Status = vpsorg.StatusStopped })
			r.in = r.input("servers: {web-01: {plan: 1, os: 5, location: us-west" + fields + "}, 'web-[02:03]': {plan: 1, os: 5, location: us-west}}\n" + policy)
			r.in.Selection.Asked = planner.Asked{Reboot: []string{"web-02", "web-03"}}
			result := r.roll(apply.Approval{})
			if n := len(r.rebooted()); n != reboots {
				t.Errorf("with%q %d are rebooted, want %d:\n%s", fields, n, reboots, report(result))
			}
		})
	}
}

// A canary goes first and alone, and a pause lies after it that no unattended run
// shortens; a later one goes on, without a second canary.
func TestCanaryAndPause(t *testing.T) {
	policy := strings.Replace(web, "ready:", "steps: [1, 100%], pause: 10m, ready:", 1)
	inRollout(t, &emulator.Emulator{}, 8, policy, "", func(r *rolled) {
		by := r.digest()
		result := r.roll(by)
		if result.Rests() != rollout.GroupPaused || len(result.Groups) != 1 || result.Groups[0].State != rollout.GroupPaused || result.Groups[0].Done != 1 {
			t.Errorf("%s%+v", report(result), result.Groups)
		}
		r.wantOnce(1)
		r.wantAway(1)
		time.Sleep(5 * time.Minute)
		if result = r.roll(by); result.Rests() != rollout.GroupPaused {
			t.Errorf("within the pause:\n%s", report(result))
		}
		r.wantOnce(1)
		time.Sleep(5 * time.Minute)
		result = r.roll(by)
		r.wantComplete(result)
		if len(result.Groups) == 0 {
			r.Fatalf("%s", report(result))
		}
		if g := result.Groups[0]; g.State != rollout.GroupDone || g.Done != 8 || g.Changed != 8 || g.Step != 2 || g.Steps != 2 {
			t.Errorf("%+v", g)
		}
		r.wantOnce(8)
		r.wantAway(2)
	})
}

// A failed canary ends the rollout, for later runs too, until it has become ready.
func TestFailedCanary(t *testing.T) {
	e := &emulator.Emulator{}
	var mended atomic.Bool
	e.ServiceOf = func(s vpsorg.Server) emulator.Service {
		rebooted := slices.ContainsFunc(e.Ledger(), func(x emulator.Entry) bool { return x.Method == "POST" && x.Server == s.ID })
		return emulator.Service{Boot: 20 * time.Second, Broken: s.Name == "web-01" && rebooted && !mended.Load()}
	}
	policy := strings.Replace(web, "ready:", "steps: [1, 100%], ready:", 1)
	inRollout(t, e, 8, policy, "", func(r *rolled) {
		by := r.digest()
		for range 2 {
			result := r.roll(by)
			if result.Count(apply.NotStarted) != 7 || result.Groups[0].Failed != 1 || result.Groups[0].State != rollout.GroupStopped || result.Rests() != "" {
				t.Errorf("%s%+v", report(result), result.Groups)
			}
			r.wantOnce(1)
		}
		mended.Store(true)
		r.wantComplete(r.roll(by))
		r.wantOnce(8)
		r.wantAway(2)
	})
}

// A group that is worse than its budget is not touched, and the report says who is to
// blame.
func TestAboveTheBudgetNothingBegins(t *testing.T) {
	e := &emulator.Emulator{ServiceOf: func(s vpsorg.Server) emulator.Service { return emulator.Service{Broken: s.Name > "web-02"} }}
	inRollout(t, e, 4, web, "", func(r *rolled) {
		result := r.reboot(apply.Approval{})
		if result.Count(apply.Done) != 0 || len(r.rebooted()) != 0 {
			t.Errorf("%s", report(result))
		}
		var why *apply.Error
		if !errors.As(result.Reports[0].Err, &why) || why.Code != planner.CodeStalled || len(why.Servers) != 2 {
			t.Errorf("%s", report(result))
		}
	})
}

// Servers that people take down meanwhile count.
func TestPeopleTakeServersDown(t *testing.T) {
	inRollout(t, &emulator.Emulator{}, 12, web, "", func(r *rolled) {
		time.AfterFunc(30*time.Second, func() {
			for _, s := range r.emulator.Servers()[9:] {
				r.emulator.Edit(s.ID, func(s *vpsorg.Server) { s.Status = vpsorg.StatusStopped })
			}
		})
		time.AfterFunc(7*time.Minute, func() {
			for _, s := range r.emulator.Servers()[9:] {
				r.emulator.Edit(s.ID, func(s *vpsorg.Server) { s.Status = vpsorg.StatusActive })
			}
		})
		began := time.Now()
		r.wantComplete(r.reboot(apply.Approval{}))
		r.wantOnce(12)
		if took := time.Since(began); took < 7*time.Minute {
			t.Errorf("it went on after %s", took)
		}
	})
}

const drained = "rollouts: {web: {names: ['web-*'], max_unavailable: 2, ready: [{http: {url: 'http://{ip}/', status: 200}}], drain: {command: [./leave]}, restore: {command: [./join]}}}"

// Each server is drained, rebooted, ready and restored, in this order.
func TestDrainAndRestore(t *testing.T) {
	inRollout(t, &emulator.Emulator{}, 4, drained, "", func(r *rolled) {
		r.hooks.takes = 5 * time.Second
		r.wantComplete(r.reboot(apply.Approval{}))
		r.wantAway(2)
		r.wantOnce(4)
		for _, name := range []string{"web-01", "web-02", "web-03", "web-04"} {
			if d, u := slices.Index(r.hooks.runs, "drain "+name), slices.Index(r.hooks.runs, "restore "+name); d < 0 || u < d {
				t.Errorf("ran %q", r.hooks.runs)
			}
		}
	})
}

// Where the drain command fails, the server is not touched, and is restored.
func TestDrainThatFails(t *testing.T) {
	inRollout(t, &emulator.Emulator{}, 4, drained, "", func(r *rolled) {
		r.hooks.fails = func(p apply.Phase, name string) error {
			if p == apply.PhaseDrain && name == "web-02" {
				return errors.New("exit status 1")
			}
			return nil
		}
		result := r.reboot(apply.Approval{})
		if n := r.rebooted()["web-02"]; n != 0 || !strings.Contains(report(result), "reboot web-02: failed: drain_failed: exit status 1") {
			t.Errorf("rebooted %d times\n%s", n, report(result))
		}
		if !slices.Contains(r.hooks.runs, "restore web-02") || len(r.hooks.out) != 0 {
			t.Errorf("ran %q, out are %v", r.hooks.runs, r.hooks.out)
		}
	})
}
