package health_test

import (
	"errors"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply/health"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
)

var (
	start     = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	errBroken = errors.New("http 503")
)

func at(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

// watch is one whose probe has to hold for ten seconds. It has told so at the seconds
// of held, and otherwise at those of failed; all are in order.
func watch(answers ...answer) *health.Watch {
	w := &health.Watch{Probes: make([]fleet.Probe, 1), For: 10 * time.Second}
	for _, a := range answers {
		w.Answer(at(a.second), a.err, at(a.second))
	}
	return w
}

type answer struct {
	second int
	err    error
}

func held(second int) answer   { return answer{second, nil} }
func failed(second int) answer { return answer{second, errBroken} }

func TestHealth(t *testing.T) {
	for _, c := range []struct {
		name  string
		watch *health.Watch
		now   int
		want  rollout.Health
	}{
		{"no probe", &health.Watch{}, 0, rollout.Ready},
		{"never asked", watch(), 60, rollout.Unchecked},
		{"not held for long enough", watch(held(0), held(9)), 9, rollout.Unchecked},
		{"held for long enough", watch(held(0), held(10)), 10, rollout.Ready},
		{"held, but not asked for long enough", watch(held(0)), 60, rollout.Unchecked},
		{"with a break", watch(held(0), failed(5), held(6), held(12)), 12, rollout.Unready},
		{"after the break", watch(held(0), failed(5), held(6), held(16)), 16, rollout.Ready},
		{"failed, and has not had its time", watch(failed(0)), 9, rollout.Unchecked},
		{"failed, and had its time", watch(failed(0), failed(9)), 10, rollout.Unready},
		{"was ready", watch(held(0), held(10), failed(11)), 11, rollout.Unready},
	} {
		if got := c.watch.Health(at(c.now)); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// What held before the restart tells nothing, also where the answer comes after it.
func TestRestart(t *testing.T) {
	w := watch(held(0), held(10))
	w.Restart(at(12))
	w.Answer(at(11), nil, at(13))
	if !w.Since.IsZero() || w.Health(at(13)) != rollout.Unready || !w.Next.Equal(at(12)) {
		t.Errorf("after an answer from before: %+v", w)
	}
	w.Answer(at(13), nil, at(13))
	if !w.Since.Equal(at(13)) || w.Holds() {
		t.Errorf("after another: %+v", w)
	}
}

// Who is ready is asked seldom, unless it is to be often; all others are asked often.
func TestNext(t *testing.T) {
	for _, c := range []struct {
		watch *health.Watch
		next  int
	}{
		{watch(held(0)), 1},
		{watch(held(0), held(10)), 15},
		{watch(held(0), held(10), failed(15)), 16},
	} {
		if !c.watch.Next.Equal(at(c.next)) {
			t.Errorf("asked next at %s, want %s: %+v", c.watch.Next, at(c.next), c.watch)
		}
	}
	w := watch(held(0))
	w.Often = true
	if w.Answer(at(10), nil, at(10)); !w.Next.Equal(at(11)) {
		t.Errorf("asked often: next at %s", w.Next)
	}
}

func TestAnswerChanges(t *testing.T) {
	w := watch()
	for _, c := range []struct {
		answer
		changed bool
	}{{failed(0), false}, {held(1), true}, {held(2), false}, {failed(3), true}, {failed(12), false}, {held(13), true}, {held(22), false}, {held(23), true}} {
		if got := w.Answer(at(c.second), c.err, at(c.second)); got != c.changed {
			t.Errorf("the answer at second %d changes something: %t, want %t", c.second, got, c.changed)
		}
	}
}

// After a reboot the old boot may answer for a while: without evidence of the new one it
// gets some time to go.
func TestArrival(t *testing.T) {
	const minDown, readyFor, timeout = time.Minute, 10 * time.Second, 5 * time.Minute
	ready := watch(held(0), held(10))
	left := health.NewArrival(at(0), at(0), minDown, readyFor, timeout)
	left.Left(at(1))
	leftBefore := health.NewArrival(at(5), at(5), minDown, readyFor, timeout)
	leftBefore.Left(at(5))
	for _, c := range []struct {
		name    string
		arrival health.Arrival
		watch   *health.Watch
		now     int
		over    bool
		wake    int
	}{
		{"no reboot", health.NewArrival(at(0), time.Time{}, minDown, readyFor, timeout), ready, 10, true, 300},
		{"no reboot, not ready", health.NewArrival(at(0), time.Time{}, minDown, readyFor, timeout), watch(failed(10)), 10, false, 300},
		{"no evidence", health.NewArrival(at(0), at(0), minDown, readyFor, timeout), ready, 59, false, 60},
		{"no evidence for long enough", health.NewArrival(at(0), at(0), minDown, readyFor, timeout), ready, 60, true, 300},
		{"the status has left active", left, ready, 10, true, 60},
		{"the status left active before", leftBefore, ready, 10, false, 65},
		{"a probe has failed", health.NewArrival(at(0), at(0), minDown, readyFor, timeout), watch(failed(1), held(2), held(12)), 12, true, 60},
		{"a probe has failed before", health.NewArrival(at(5), at(5), minDown, readyFor, timeout), watch(failed(1), held(2), held(12)), 12, false, 65},
		{"no time to be ready", health.NewArrival(at(0), at(0), minDown, readyFor, time.Second), ready, 10, false, 60},
	} {
		if got := c.arrival.Over(c.watch, at(c.now)); got != c.over {
			t.Errorf("%s: it is over: %t, want %t", c.name, got, c.over)
		}
		if got := c.arrival.Wake(at(c.now)); !got.Equal(at(c.wake)) {
			t.Errorf("%s: it wakes at %s, want %s", c.name, got, at(c.wake))
		}
	}
	if a := health.NewArrival(at(0), at(0), minDown, readyFor, time.Second); !a.Until.Equal(at(70)) {
		t.Errorf("it ends at %s, before it can end well", a.Until)
	}
}
