package render

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
)

func ending(c planner.Change, o apply.Outcome, id string, err error, d time.Duration) apply.Event {
	return apply.ChangeFinished{Report: apply.Report{Change: c, Outcome: o, ID: id, Err: err, Duration: d}}
}

func TestLines(t *testing.T) {
	p := everything()
	create, update := p.Changes[0], p.Changes[2]
	var many []apply.InTransit
	for i := range 32 {
		many = append(many, apply.InTransit{Name: fmt.Sprintf("web-%02d", i+1), Status: planner.StatusProvisioning, Age: time.Duration(i) * time.Second})
	}
	for _, test := range []struct {
		event apply.Event
		want  string
	}{
		{apply.ChangeStarted{Change: create}, ""},
		{apply.WaitStarted{Name: "web-03", Target: "active"}, ""},
		{apply.ChangePutOff{Change: &planner.Update{Subject: planner.Subject{Name: "web-03"}}, Err: errors.New("PATCH: 423 Locked"), Pause: 4 * time.Second},
			"web-03: put off: PATCH: 423 Locked; again in 4s"},
		{ending(create, apply.Done, "12345", nil, 12*time.Second), "web-03: created, 12345 [12s]"},
		{ending(update, apply.Done, "12346", nil, time.Millisecond), "db-01: updated"},
		{ending(update, apply.Failed, "12346", errors.New("PATCH: 400\nhint: look"), 0), "db-01: failed: PATCH: 400"},
		{ending(create, apply.Unknown, "", errors.New("no answer\x1b"), 61*time.Second), `web-03: in doubt: no answer\x1b [1m01s]`},
		{ending(create, apply.NotStarted, "", errors.New("interrupted"), 0), ""},
		{apply.ChangeFinished{Report: apply.Report{Wait: &p.Waits[0], Outcome: apply.Done, Duration: 2 * time.Hour}}, "web-09: active [2h00m]"},
		{ending(&planner.Delete{Subject: planner.Subject{Name: "a\x1b[2J"}}, apply.Done, "7", nil, 0), `a\x1b[2J: deleted`},
		{ending(create, apply.Done, "7\u202e", nil, 0), `web-03: created, 7\u202e`},
		{apply.Progress{Servers: []apply.InTransit{{Name: "a\x1b[2J", Status: "stop\u202e"}}}, `still stop\u202e: a\x1b[2J [0s]`},
		{apply.Progress{Servers: many}, "still provisioning: web-01, web-02 and 30 more [31s]"},
		{apply.Progress{Servers: many[:3]}, "still provisioning: web-01, web-02 and web-03 [2s]"},
		{apply.Progress{Servers: []apply.InTransit{{Name: "a", Status: "stopping"}, {Name: "b"}}}, "still waiting, not seen yet: b [0s]|still stopping: a [0s]"},
	} {
		if d := cmp.Diff(test.want, strings.Join(Lines(test.event, Style{}), "|")); d != "" {
			t.Errorf("%T (-want +got):\n%s", test.event, d)
		}
	}
}

// terminal keeps what is written to it.
type terminal struct {
	mu  sync.Mutex
	got []byte
}

func (m *terminal) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.got = append(m.got, p...)
	return len(p), nil
}

// take returns what was written since it was last called.
func (m *terminal) take() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := string(m.got)
	m.got = nil
	return s
}

// What a terminal gets, byte for byte: every line wipes the status line first and
// draws it again below; at the end nothing of it is left.
func TestLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := everything()
		var screen terminal
		l := NewLive(&screen, func() int { return 40 }, 3, Style{})
		expect := func(want string) {
			t.Helper()
			synctest.Wait()
			if got := screen.take(); got != want {
				t.Errorf("the terminal got %q, want %q", got, want)
			}
		}
		l.Emit(apply.ChangeStarted{Change: p.Changes[0]})
		expect("0/3 done, 1 under way  [0s]")
		time.Sleep(1500 * time.Millisecond)
		expect("\r\x1b[K0/3 done, 1 under way  [1s]")
		l.Emit(apply.WaitStarted{Name: "web-03", Target: "active"})
		expect("\r\x1b[K0/3 done, 1 waiting  [1s]")
		l.Emit(apply.Progress{Servers: []apply.InTransit{{Name: "web-03"}}})
		expect("\r\x1b[K0/3 done, 1 waiting  [1s]")
		l.Emit(ending(p.Changes[0], apply.Done, "7", nil, time.Second))
		expect("\r\x1b[Kweb-03: created, 7 [1s]\n1/3 done  [1s]")
		fmt.Fprintln(l.Above(&screen), "a log line")
		expect("\r\x1b[Ka log line\n1/3 done  [1s]")
		l.Emit(ending(p.Changes[1], apply.Failed, "", errors.New("no"), 0))
		expect("\r\x1b[Kweb-04: failed: no\n1/3 done, 1 failed  [1s]")
		l.Stop()
		l.Stop()
		expect("\r\x1b[K")
		l.Emit(ending(p.Changes[2], apply.Done, "8", nil, 0))
		expect("db-01: updated\n")
	})
}

// The status line never wraps: a wrapped line could not be wiped.
func TestLiveFitsTheTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var screen terminal
		l := NewLive(&screen, func() int { return 10 }, 3, Style{})
		l.Emit(apply.ChangeStarted{Change: everything().Changes[0]})
		l.Stop()
		if got, want := screen.take(), "0/3 done,\r\x1b[K"; got != want {
			t.Errorf("the terminal got %q, want %q", got, want)
		}
	})
}
