package apply_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// reasons are the codes of what was not done, without repetitions.
func reasons(r *apply.Result) string {
	var codes []string
	for _, rep := range r.Reports {
		var why *apply.Error
		if errors.As(rep.Err, &why) && !strings.Contains(strings.Join(codes, " "), string(why.Code)) {
			codes = append(codes, string(why.Code))
		}
	}
	return strings.Join(codes, " ")
}

// Disruptions begin only in a window into which they fit, and in no freeze unless it is
// overridden. Neither needs a rollout. The bubble's clock begins at midnight of a Saturday.
func TestWindowsAndFreezes(t *testing.T) {
	for _, c := range []struct {
		name, policy string
		overridden   string
		rests        rollout.GroupState
		done         int
	}{
		{"open", "windows: [{names: ['web-*'], hours: '00:00-05:00', timezone: UTC}]", "", "", 4},
		{"closed", "windows: [{names: ['web-*'], hours: '02:00-05:00', timezone: UTC}]", "", rollout.GroupWaiting, 0},
		{"too short", web + "\nwindows: [{hours: '00:00-00:01', timezone: UTC}]", "", rollout.GroupWaiting, 0},
		{"of others", "windows: [{names: [web-01], hours: '02:00-05:00', timezone: UTC}]", "", rollout.GroupWaiting, 3},
		{"frozen", web + "\nfreeze: [{from: 2000-01-01, until: 2000-01-01, reason: holidays}]", "", rollout.GroupWaiting, 0},
		{"frozen all the same", "freeze: [{from: 2000-01-01, until: 2000-01-01}]", "a fire", "", 4},
		{"frozen, elsewhere", "freeze: [{from: 2000-01-02, until: 2000-01-03}]", "", "", 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			inRollout(t, &emulator.Emulator{}, 4, c.policy, "", func(r *rolled) {
				r.runner.OverrideFreeze = c.overridden
				result := r.reboot(apply.Approval{})
				if result.Rests() != c.rests || result.Count(apply.Done) != c.done || result.Overridden != c.overridden {
					t.Errorf("it rests %q\n%s", result.Rests(), report(result))
				}
				r.wantOnce(c.done)
			})
		})
	}
}

// What a frozen run was to do and did not is neither done nor away: whoever wants a part
// of it afterwards begins with a canary.
func TestFrozenIsNotDone(t *testing.T) {
	policy := strings.Replace(web, "ready:", "steps: [1, 100%], ready:", 1)
	inRollout(t, &emulator.Emulator{}, 8, policy+"\nfreeze: [{from: 2000-01-01, until: 2000-01-01}]", "", func(r *rolled) {
		result := r.reboot(apply.Approval{})
		if g := result.Groups[0]; g.Done != 0 || g.Away != 0 || result.Rests() != rollout.GroupWaiting {
			t.Errorf("%+v", g)
		}
		r.in.Selection.Asked = planner.Asked{Reboot: []string{"web-02", "web-03", "web-04"}}
		r.runner.OverrideFreeze = "a fire"
		result = r.roll(apply.Approval{})
		r.wantComplete(result)
		if g := result.Groups[0]; g.Changed != 3 || g.Done != 3 || g.State != rollout.GroupDone {
			t.Errorf("%+v", g)
		}
		var at []time.Time
		for _, e := range r.emulator.Ledger() {
			if strings.HasSuffix(e.Path, "/reboot/") {
				at = append(at, e.Time)
			}
		}
		if len(at) != 3 || at[1].Sub(at[0]) < 30*time.Second {
			t.Errorf("reboots at %v", at)
		}
	})
}

// A run that waited for its window goes on in it.
func TestWaitsForItsWindow(t *testing.T) {
	inRollout(t, &emulator.Emulator{}, 4, web+"\nwindows: [{hours: '02:00-05:00', timezone: UTC}]", "", func(r *rolled) {
		by := r.digest()
		result := r.roll(by)
		if g := result.Groups[0]; g.State != rollout.GroupWaiting || g.Until.Hour() != 2 {
			t.Errorf("%+v", g)
		}
		time.Sleep(time.Until(result.Groups[0].Until))
		r.wantComplete(r.roll(by))
		r.wantOnce(4)
	})
}

// This host is disrupted last and alone, and only when that is allowed.
func TestSelfIsLast(t *testing.T) {
	for allowed, want := range map[bool]int{false: 3, true: 4} {
		inRollout(t, &emulator.Emulator{}, 4, "", "", func(r *rolled) {
			self := r.emulator.Servers()[0]
			r.runner.Self, r.runner.AllowSelf = []netip.Addr{netip.MustParseAddr(*self.IPAddress)}, allowed
			result := r.reboot(apply.Approval{})
			r.wantOnce(want)
			sent := strings.Split(strings.TrimSpace(r.sent(0)), "\n")
			if last := sent[len(sent)-1]; allowed != strings.Contains(last, string(self.ID)) {
				t.Errorf("last was %s\n%s", last, report(result))
			}
			if !allowed && reasons(result) != "self" {
				t.Errorf("%s", report(result))
			}
		})
	}
}

// The gate is asked before each disruption: while it does not hold, nothing more begins.
func TestGate(t *testing.T) {
	policy := "rollouts: {web: {names: ['web-*'], max_unavailable: 2, ready: [{tcp: 22}], gate: [{command: [./quorum]}]}}"
	inRollout(t, &emulator.Emulator{}, 4, policy, "", func(r *rolled) {
		var shut, open time.Time
		r.hooks.gate = func() error {
			if now := time.Now(); now.After(shut) && now.Before(open) {
				return errors.New("no leader")
			}
			return nil
		}
		shut, open = time.Now().Add(25*time.Second), time.Now().Add(5*time.Minute)
		r.wantComplete(r.reboot(apply.Approval{}))
		r.wantOnce(4)
		for _, e := range r.emulator.Ledger() {
			if e.Method == "POST" && e.Time.After(shut.Add(2*time.Second)) && e.Time.Before(open) {
				t.Errorf("%s at %s, while the gate was shut", e.Path, e.Time)
			}
		}
	})
}

// A group waits for the one that it comes after, and does not begin where that failed.
func TestAfter(t *testing.T) {
	policy := "rollouts: {db: {names: [web-03, web-04], ready: [{http: {url: 'http://{ip}/', status: 200}}]}, web: {names: [web-01, web-02], after: [db], ready: [{http: {url: 'http://{ip}/', status: 200}}]}}"
	inRollout(t, &emulator.Emulator{}, 4, policy, "", func(r *rolled) {
		r.wantComplete(r.reboot(apply.Approval{}))
		r.wantAway(1)
		var order []string
		for _, line := range strings.Split(strings.TrimSpace(r.sent(0)), "\n") {
			order = append(order, strings.Split(line, "/")[2])
		}
		ids := r.emulator.Servers()
		if order[0] != string(ids[2].ID) || order[1] != string(ids[3].ID) {
			t.Errorf("rebooted %v", order)
		}
	})
	e := &emulator.Emulator{Fault: times(1, "POST", "/reboot/", emulator.Fault{Answer: answer(400, `{"success": false, "error": "not allowed"}`)})}
	inRollout(t, e, 4, policy, "", func(r *rolled) {
		result := r.reboot(apply.Approval{})
		if len(r.rebooted()) != 1 || reasons(result) != "after refused halted" && reasons(result) != "after halted refused" {
			t.Errorf("%v %s\n%s", r.rebooted(), reasons(result), report(result))
		}
	})
}

// A create is done when its server is ready, with a rollout or without one.
func TestCreateIsReady(t *testing.T) {
	for name, policy := range map[string]string{"alone": "", "in a group": "\n" + web} {
		t.Run(name, func(t *testing.T) {
			inRollout(t, &emulator.Emulator{Provisioning: 2 * time.Minute}, 1, "", "", func(r *rolled) {
				r.in = r.input("servers: {'web-[1:4]': {plan: 1, os: 5, location: us-west, ready: [{tcp: 22}, {http: {url: 'http://{ip}/', status: 200}}]}}" + policy)
				took := elapsed(func() { r.wantComplete(r.roll(apply.Approval{})) })
				if took < 2*time.Minute+30*time.Second || took > 3*time.Minute {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}

// One server of a group that was never ready does not hold back the others.
func TestAFailedCreateDoesNotCount(t *testing.T) {
	e := &emulator.Emulator{Provisioning: time.Minute, ServiceOf: func(s vpsorg.Server) emulator.Service {
		return emulator.Service{Broken: s.Name == "web-05"}
	}}
	inRollout(t, e, 4, web, "", func(r *rolled) {
		in := r.input("servers: {'web-[01:05]': {plan: 1, os: 5, location: us-west}}\n" + web)
		r.in = in
		if result := r.roll(apply.Approval{}); result.Count(apply.Unknown) != 1 || reasons(result) != "unhealthy" {
			t.Errorf("%s", report(result))
		}
		result := r.reboot(apply.Approval{})
		if n := len(r.rebooted()); n < 4 {
			t.Errorf("%d were rebooted\n%s", n, report(result))
		}
	})
}

// What is not ready and would be destroyed is left alone, unless it is named.
func TestUnreadyServersAreNotDestroyed(t *testing.T) {
	e := &emulator.Emulator{ServiceOf: func(s vpsorg.Server) emulator.Service { return emulator.Service{Broken: s.Name == "web-02"} }}
	inRollout(t, e, 4, drained, "", func(r *rolled) {
		r.in = r.input("guards: {max_deletes: 100%}\nservers: {web-01: {plan: 1, os: 5, location: us-west}, 'web-[03:04]': {plan: 1, os: 5, location: us-west}, web-02: {absent: true}}\n" + strings.Replace(drained, "ready:", "max_failures: 3, ready:", 1))
		if result := r.roll(apply.Approval{}); reasons(result) != "unready" || len(r.emulator.Servers()) != 4 {
			t.Errorf("%s", report(result))
		}
		r.runner.AllowUnready = []string{"web-02"}
		r.wantComplete(r.roll(apply.Approval{}))
		if len(r.emulator.Servers()) != 3 {
			t.Errorf("there is still\n%s", r.live())
		}
	})
}

// Disruptions are kept in one domain at a time.
func TestDomain(t *testing.T) {
	policy := "rollouts: {web: {names: ['web-*'], max_unavailable: 3, domain: label:rack, ready: [{http: {url: 'http://{ip}/', status: 200}}]}}"
	inRollout(t, &emulator.Emulator{}, 4, "", "", func(r *rolled) {
		r.in = r.input("servers: {'web-[01:02]': {plan: 1, os: 5, location: us-west, labels: {rack: a}}, 'web-[03:04]': {plan: 1, os: 5, location: us-west, labels: {rack: b}}}\n" + policy)
		r.wantComplete(r.reboot(apply.Approval{}))
		r.wantAway(2)
		r.wantOnce(4)
	})
}

// prober answers as it is told.
type prober func(p fleet.Probe, t apply.Target) error

func (f prober) Probe(_ context.Context, p fleet.Probe, t apply.Target) error { return f(p, t) }
func (f prober) Run(context.Context, fleet.Command, apply.Target, apply.Phase) error {
	return nil
}

// The old boot answers for a while after a reboot was taken: without evidence of the new
// one a server is not ready before min_down.
func TestOldBootIsNotReady(t *testing.T) {
	for seen, want := range map[bool]time.Duration{true: 30 * time.Second, false: 70 * time.Second} {
		e := &emulator.Emulator{Transition: -1}
		inRollout(t, e, 1, "rollouts: {web: {names: ['web-*'], ready: [{tcp: 22}]}}", "", func(r *rolled) {
			var rebooted time.Time
			r.runner.Prober = prober(func(fleet.Probe, apply.Target) error {
				if rebooted.IsZero() && len(r.rebooted()) > 0 {
					rebooted = time.Now()
				}
				if down := time.Since(rebooted); seen && !rebooted.IsZero() && down > 3*time.Second && down < 6*time.Second {
					return errors.New("connection refused")
				}
				return nil
			})
			took := elapsed(func() { r.wantComplete(r.reboot(apply.Approval{})) })
			if took < want-5*time.Second || took > want+5*time.Second {
				t.Errorf("evidence %t: it took %s", seen, took)
			}
		})
	}
}

// A server that was ready and breaks gets a moment to recover, and is then left alone.
func TestServerThatBreaksIsNotDestroyed(t *testing.T) {
	var breaks time.Time
	e := &emulator.Emulator{Provisioning: time.Minute, ServiceOf: func(s vpsorg.Server) emulator.Service {
		return emulator.Service{Broken: s.Name == "web-02" && !breaks.IsZero() && time.Now().After(breaks)}
	}}
	policy := strings.Replace(web, "25%", "1", 1)
	inRollout(t, e, 2, policy, "", func(r *rolled) {
		breaks = time.Now().Add(30 * time.Second)
		r.in = r.input("guards: {max_deletes: 100%}\nservers: {'web-[01:02]': {plan: 1, os: 3, location: us-west, replace: delete-first}}\n" + policy)
		took := elapsed(func() {
			if result := r.roll(apply.Approval{}); result.Count(apply.Done) != 1 || reasons(result) != "unready" {
				t.Errorf("%s", report(result))
			}
		})
		if took > 10*time.Minute {
			t.Errorf("it took %s", took)
		}
	})
}
