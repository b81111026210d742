package apply_test

import (
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// The first interrupt lets what is in flight end, and what was drained in vain is restored.
func TestInterruptedRollout(t *testing.T) {
	inRollout(t, &emulator.Emulator{}, 6, drained, "", func(r *rolled) {
		r.hooks.takes = 5 * time.Second
		time.AfterFunc(13*time.Second, func() { close(r.drain) })
		result := r.reboot(apply.Approval{})
		if len(r.rebooted()) != 0 || len(r.hooks.out) != 0 || result.Count(apply.NotStarted) != 6 {
			t.Errorf("out are %v after %q\n%s", r.hooks.out, r.hooks.runs, report(result))
		}
	})
}

// What was drained for a delete that is refused is restored: it is there as before.
func TestRefusedDeleteIsRestored(t *testing.T) {
	refuse := times(2, "DELETE", "/", emulator.Fault{Answer: answer(400, `{"detail": "no"}`)})
	inRollout(t, &emulator.Emulator{Fault: refuse}, 2, drained, ", replace: delete-first", func(r *rolled) {
		r.in = r.input("guards: {max_deletes: 100%}\nservers: {'web-[01:02]': {plan: 2, os: 5, location: us-west, replace: delete-first}}\n" + drained)
		result := r.roll(apply.Approval{})
		if result.Count(apply.Failed) == 0 || len(r.hooks.out) != 0 {
			t.Errorf("out are %v after %q\n%s", r.hooks.out, r.hooks.runs, report(result))
		}
	})
}

// The commands of a replacement are told the addresses of both servers, where both are
// known, also of one that is gone by then.
func TestPeers(t *testing.T) {
	for replace, want := range map[string]string{
		"delete-first": "drain OLD -, restore NEW OLD", "create-first": "restore NEW OLD, drain OLD NEW",
	} {
		t.Run(replace, func(t *testing.T) {
			inRollout(t, &emulator.Emulator{}, 1, "", "", func(r *rolled) {
				r.in = r.input("guards: {max_deletes: 100%}\nservers: {web-01: {plan: 2, os: 5, location: us-west, replace: " + replace + "}}\n" + drained)
				old := *r.emulator.Servers()[0].IPAddress
				r.wantComplete(r.roll(apply.Approval{}))
				now := *r.emulator.Servers()[0].IPAddress
				if got := strings.NewReplacer(old, "OLD", now, "NEW").Replace(strings.Join(r.hooks.peers, ", ")); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			})
		})
	}
}
