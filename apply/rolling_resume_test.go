package apply_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// killed ends the context of a run after a while, without a word: as a kill does, but for
// what it has noted.
func (r *rolled) killed(after time.Duration, by apply.Approval) {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), after)
	defer cancel()
	if _, err := r.counted(ctx, by); err != nil && ctx.Err() == nil {
		r.Fatal(err)
	}
	r.disk.Crash(1000)
}

// A run that is cut off at any time is gone on with by the next: nobody is rebooted
// twice, the budget holds, and nobody is left out of the balancer.
func TestRolloutThatIsCutOff(t *testing.T) {
	undrained := strings.Replace(web, "25%", "2", 1)
	for _, after := range []time.Duration{12, 16, 19, 21, 25, 31, 45, 52, 58, 64, 70, 80, 101} {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			inRollout(t, &emulator.Emulator{}, 6, undrained, "", func(r *rolled) {
				by := r.digest()
				r.killed(after*time.Second, by)
				r.killed(30*time.Second, by)
				r.wantComplete(r.roll(by))
				r.wantOnce(6)
				r.wantAway(2)
			})
			inRollout(t, &emulator.Emulator{}, 6, drained, "", func(r *rolled) {
				r.hooks.takes = 5 * time.Second
				by := r.digest()
				r.killed(after*time.Second, by)
				r.killed(30*time.Second, by)
				result := r.roll(by)
				r.wantComplete(result)
				r.wantOnce(6)
				r.wantAway(2)
				if len(r.hooks.out) > 0 {
					t.Errorf("out are %v, after %q", r.hooks.out, r.hooks.runs)
				}
			})
		})
	}
}

// Who is cut off by an interrupt has not failed, and its rollout says what has stopped it.
func TestInterruptIsNoFailureOfARollout(t *testing.T) {
	inRollout(t, &emulator.Emulator{}, 6, strings.Replace(web, "25%", "2", 1), "", func(r *rolled) {
		time.AfterFunc(25*time.Second, func() { close(r.drain) })
		result := r.reboot(apply.Approval{})
		g := result.Groups[0]
		if g.State != rollout.GroupStopped || g.Failed != 0 || g.Away != 2 || g.Why.Code != planner.CodeInterrupted {
			t.Errorf("%+v\n%s", g, report(result))
		}
	})
}

// What an earlier run has drained is restored by the next one, whatever that is about.
func TestNextRunRestores(t *testing.T) {
	inRollout(t, &emulator.Emulator{}, 4, drained, "", func(r *rolled) {
		r.hooks.takes = 5 * time.Second
		r.killed(13*time.Second, r.digest())
		if len(r.hooks.out) != 2 || len(r.rebooted()) != 0 {
			t.Fatalf("out are %v, rebooted %v", r.hooks.out, r.rebooted())
		}
		r.in.Selection.Asked = planner.Asked{}
		planned, err := r.engine(r.disk).Plan(r.Context(), r.in)
		if err != nil || !planned.Plan.Empty() || len(planned.Plan.Waits) != 2 {
			t.Errorf("%v, planned %s", err, outline(planned.Plan))
		}
		r.wantComplete(r.roll(apply.Approval{}))
		if len(r.hooks.out) != 0 {
			t.Errorf("out are %v, after %q", r.hooks.out, r.hooks.runs)
		}
		if again := r.roll(apply.Approval{}); len(again.Reports) != 0 {
			t.Errorf("and again:\n%s", report(again))
		}
	})
}

// A manual pause holds until a person applies the same plan again.
func TestManualPause(t *testing.T) {
	policy := strings.Replace(web, "ready:", "steps: [1, 50%, 100%], pause: manual, ready:", 1)
	inRollout(t, &emulator.Emulator{}, 8, policy, "", func(r *rolled) {
		by := r.digest()
		for run, want := range []int{1, 4, 8} {
			result := r.roll(by)
			r.wantOnce(want)
			if want < 8 && result.Rests() != rollout.GroupPaused {
				t.Errorf("run %d:\n%s", run+1, report(result))
			}
			time.Sleep(48 * time.Hour)
		}
	})
}

const surging = "rollouts: {web: {names: ['web-*'], max_unavailable: 0, max_surge: 2, ready: [{tcp: 22}], drain: {command: [./leave]}, restore: {command: [./join]}}}"

// New servers take over one after another, and no more of them than allowed are there
// beside the old ones.
func TestReplacementsCreateFirst(t *testing.T) {
	e := &emulator.Emulator{Provisioning: 2 * time.Minute}
	inRollout(t, e, 6, surging, ", replace: create-first", func(r *rolled) {
		r.in = r.input(strings.ReplaceAll("guards: {max_deletes: 100%}\nservers: {'web-[01:06]': {plan: 1, os: 3, location: us-west, replace: create-first}}\n"+surging, "\t", ""))
		most := 0
		tick := time.NewTicker(time.Second)
		done := make(chan struct{})
		var counting sync.WaitGroup
		counting.Go(func() {
			for {
				select {
				case <-tick.C:
					most = max(most, len(r.emulator.Servers()))
				case <-done:
					return
				}
			}
		})
		r.wantComplete(r.roll(apply.Approval{}))
		close(done)
		counting.Wait()
		if most != 8 {
			t.Errorf("%d servers at once, want 8", most)
		}
		for _, s := range r.emulator.Servers() {
			if s.OS.ID != "3" || strings.Contains(s.Name, "--") {
				t.Errorf("there is %s of %s", s.Name, s.OS.ID)
			}
		}
		if want := 12; len(r.hooks.runs) != want || !strings.HasPrefix(r.hooks.runs[0], "restore") {
			t.Errorf("ran %q", r.hooks.runs)
		}
	})
}

// Where the old server goes first, it is away until the new one is ready.
func TestReplacementsDeleteFirst(t *testing.T) {
	e := &emulator.Emulator{Provisioning: 2 * time.Minute}
	inRollout(t, e, 6, drained, "", func(r *rolled) {
		r.in = r.input("guards: {max_deletes: 100%}\nservers: {'web-[01:06]': {plan: 1, os: 3, location: us-west, replace: delete-first}}\n" + drained)
		r.killed(100*time.Second, apply.Approval{})
		r.killed(100*time.Second, apply.Approval{})
		r.wantComplete(r.roll(apply.Approval{}))
		gone := 0
		for _, s := range r.emulator.Servers() {
			if s.OS.ID != "3" {
				gone++
			}
		}
		if gone > 0 || len(r.hooks.out) > 0 {
			t.Errorf("%d are old, out are %v", gone, r.hooks.out)
		}
	})
}
