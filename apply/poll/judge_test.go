package poll_test

import (
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply/poll"
	"github.com/vps-fleet/fleet/planner"
)

// What single findings, one after another, say of a wait that began at 0 with a window of
// two minutes. Only the last may end it.
func TestJudge(t *testing.T) {
	const window = 2 * time.Minute
	stopped := poll.Kind{Target: planner.TargetStopped, From: planner.StatusActive, Sent: true}
	status := func(at time.Duration, s planner.Status) poll.Finding {
		return poll.Finding{Status: s, Asked: zero.Add(at), Trusted: true}
	}
	missing := func(at time.Duration, listed bool) poll.Finding {
		return poll.Finding{Missing: true, Asked: zero.Add(at), Listed: listed, Trusted: true}
	}
	late := func(f poll.Finding) poll.Finding {
		f.Trusted = false
		return f
	}
	const active, provisioning = planner.StatusActive, planner.StatusProvisioning
	for _, test := range []struct {
		name     string
		kind     poll.Kind
		findings []poll.Finding
		want     poll.Verdict
	}{
		{"it has come", created, []poll.Finding{status(s, provisioning), status(2*s, active)}, poll.Arrived},
		{"it has come, by an answer from before", started, []poll.Finding{late(status(2*s, active))}, poll.Goes},
		{"it is as it was asked for before the wait", created, []poll.Finding{status(-s, active)}, poll.Goes},
		{"it is on its way", created, []poll.Finding{status(s, provisioning)}, poll.Goes},
		{"a status that nobody knows may pass", created, []poll.Finding{status(s, "installing")}, poll.Goes},
		{"one that ends does not", created, []poll.Finding{status(s, planner.StatusSuspended)}, poll.Broken},
		{"it was not shown yet", created, []poll.Finding{missing(s, true), missing(30*s, false)}, poll.Goes},
		{"it is gone by a read and a list, a while apart", created, []poll.Finding{status(s, provisioning), missing(5*s, true), missing(15*s, false)}, poll.Vanished},
		{"both at once prove nothing", created, []poll.Finding{status(s, provisioning), missing(5*s, true), missing(6*s, false)}, poll.Goes},
		{"nor do two lists", created, []poll.Finding{status(s, provisioning), missing(5*s, true), missing(60*s, true)}, poll.Goes},
		{"nor what may be from before it was made", created, []poll.Finding{status(s, provisioning), missing(5*s, true), late(missing(15*s, false))}, poll.Goes},
		{"it was there in between", created, []poll.Finding{status(s, provisioning), missing(5*s, true), status(6*s, provisioning), missing(16*s, false)}, poll.Goes},
		{"it is gone, as it should be", deleted, []poll.Finding{status(s, active), missing(5*s, true)}, poll.Arrived},
		{"it is not gone yet", deleted, []poll.Finding{status(s, planner.StatusSuspended)}, poll.Goes},
		{"nor is one without a status", deleted, []poll.Finding{status(s, "")}, poll.Goes},
		{"where it began tells nothing", stopped, []poll.Finding{status(s, active)}, poll.Goes},
		{"nor soon after it has moved", stopped, []poll.Finding{status(s, planner.StatusStopping), status(20*s, active)}, poll.Goes},
		{"after the window it has come back", stopped, []poll.Finding{status(s, planner.StatusStopping), status(122*s, active)}, poll.Strayed},
		{"it has ended elsewhere", created, []poll.Finding{status(s, provisioning), status(2*s, planner.StatusStopped)}, poll.Strayed},
	} {
		w := wait(test.kind, 0, -1)
		w.Begun = zero
		for i, f := range test.findings {
			want := poll.Goes
			if i == len(test.findings)-1 {
				want = test.want
			}
			if got := w.Judge(f, window); got != want {
				t.Errorf("%s: finding %d says %v, want %v", test.name, i, got, want)
			}
		}
	}
}
