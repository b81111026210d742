package apply_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// A rollout of n servers, k at a time, takes at most 1.05 times as long as n/k rounds of
// disruption and readiness, with the time in which all are found ready at first.
func TestRolloutBound(t *testing.T) {
	const transition, boot, readyFor = 30 * time.Second, 40 * time.Second, 10 * time.Second
	for _, c := range []struct{ n, k int }{{24, 6}, {24, 1}, {30, 4}, {60, 12}} {
		policy := fmt.Sprintf("rollouts: {web: {names: ['web-*'], max_unavailable: %d, ready: [{http: {url: 'http://{ip}/', status: 200}}]}}", c.k)
		e := &emulator.Emulator{Transition: transition, ServiceOf: serviceIn(boot)}
		inRollout(t, e, c.n, policy, "", func(r *rolled) {
			took := elapsed(func() { r.wantComplete(r.reboot(apply.Approval{})) })
			rounds := time.Duration((c.n + c.k - 1) / c.k)
			bound := rounds * (transition + boot + readyFor)
			if took > bound*105/100 {
				t.Errorf("%d servers, %d at a time, took %s, %.3f times %s", c.n, c.k, took, float64(took)/float64(bound), bound)
			}
			t.Logf("%d servers, %d at a time: %s, %.3f times %s", c.n, c.k, took.Round(time.Millisecond), float64(took)/float64(bound), bound)
			r.wantAway(c.k)
		})
	}
}
