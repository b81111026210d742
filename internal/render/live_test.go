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
	failed := func(name string) apply.Event {
		return ending(&planner.Create{Subject: planner.Subject{Name: name}}, apply.Failed, "", errors.New("POST: 402"), 0)
	}
	for _, test := range []struct {
		events []apply.Event
		want   string
	}{
		{[]apply.Event{apply.ChangeStarted{Change: create}}, ""},
		{[]apply.Event{apply.WaitStarted{Name: "web-03", Target: "active"}}, ""},
		{[]apply.Event{apply.ChangePutOff{Change: &planner.Update{Subject: planner.Subject{Name: "web-03"}}, Err: errors.New("PATCH: 423 Locked"), Pause: 4 * time.Second}},
			"web-03: put off: PATCH: 423 Locked; again in 4s"},
		{[]apply.Event{ending(create, apply.Done, "12345", nil, 12*time.Second)}, "web-03: created, 12345 [12s]"},
		{[]apply.Event{ending(update, apply.Done, "12346", nil, time.Millisecond)}, "db-01: updated"},
		{[]apply.Event{ending(update, apply.Failed, "12346", hinted{"PATCH: 400", "look"}, 0)}, "db-01: failed: PATCH: 400"},
		{[]apply.Event{ending(create, apply.Unknown, "", errors.New("no answer\x1b"), 61*time.Second)}, `web-03: in doubt: no answer\x1b [1m01s]`},
		{[]apply.Event{ending(create, apply.NotStarted, "", errors.New("interrupted"), 0)}, ""},
		{[]apply.Event{apply.ChangeFinished{Report: apply.Report{Wait: &p.Waits[0], Outcome: apply.Done, Duration: 2 * time.Hour}}}, "web-09: active [2h00m]"},
		{[]apply.Event{ending(&planner.Delete{Subject: planner.Subject{Name: "a\x1b[2J"}}, apply.Done, "7", nil, 0)}, `a\x1b[2J: deleted`},
		{[]apply.Event{ending(create, apply.Done, "7\u202e", nil, 0)}, `web-03: created, 7\u202e`},
		{[]apply.Event{failed("a-1"), ending(update, apply.Done, "", nil, 0), failed("a-2"), failed("a-3")}, "a-[1:3] (3): failed: POST: 402|db-01: updated"},
	} {
		progress := newProgress(3, planner.Range{})
		for _, e := range test.events {
			progress.add(e)
		}
		if d := cmp.Diff(test.want, strings.Join(progress.lines(Style{}), "|")); d != "" {
			t.Errorf("%T (-want +got):\n%s", test.events[0], d)
		}
		if again := progress.lines(Style{}); again != nil {
			t.Errorf("told again: %q", again)
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

// What a terminal gets, byte for byte: every second the status is wiped, and drawn
// again below what has ended; at the end nothing of it is left.
func TestLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := everything()
		var screen terminal
		l := NewLive(&screen, func() int { return 100 }, 5, planner.Range{Min: 2 * time.Minute, Max: 5 * time.Minute}, Style{})
		expect := func(want string) {
			t.Helper()
			time.Sleep(time.Second)
			synctest.Wait()
			if got := screen.take(); got != want {
				t.Errorf("the terminal got %q, want %q", got, want)
			}
		}
		const empty, fifth = "░░░░░░░░░░░░░░░░░░░░░░░░░", "█████░░░░░░░░░░░░░░░░░░░░"
		const wipe = "\r\x1b[K\x1b[A\r\x1b[K"
		l.Emit(apply.ChangeStarted{Change: p.Changes[0]})
		expect(empty + "  0/5 done  1s, about 2–5 min to go\n1 under way: web-03")
		l.Emit(apply.WaitStarted{Name: "web-03", Target: "active"})
		expect(wipe + empty + "  0/5 done  2s, about 2–5 min to go\n1 waited for: web-03 1s, to be active")
		l.Emit(ending(p.Changes[0], apply.Done, "7", nil, time.Second))
		expect(wipe + "web-03: created, 7 [1s]\n" + fifth + "  1/5 done  3s, about 2–5 min to go")
		fmt.Fprintln(l.Above(&screen), "a log line")
		expect("\r\x1b[Ka log line\n" + fifth + "  1/5 done  3s, about 2–5 min to go" + "\r\x1b[K" + fifth + "  1/5 done  4s, about 1.9–4.9 min to go")
		l.Emit(ending(p.Changes[1], apply.Failed, "", errors.New("no"), 0))
		l.Stop()
		l.Stop()
		expect("\r\x1b[Kweb-04: failed: no\n")
		l.Emit(ending(p.Changes[2], apply.Done, "8", nil, 0))
		expect("db-01: updated\n")
	})
}

// Without a terminal there is a line a second at most, and every half minute how far
// it is and who has been waited for longest.
func TestLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out terminal
		l := NewLog(&out, 70, Style{})
		for i := range 60 {
			l.Emit(ending(&planner.Create{Subject: planner.Subject{Name: fmt.Sprintf("a-%d", i)}}, apply.Failed, "", errors.New("POST: 402"), 0))
		}
		for i := range 5 {
			l.Emit(apply.WaitStarted{Name: fmt.Sprintf("b-%d", i), Target: "active"})
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(31 * time.Second)
		l.Stop()
		want := "a-[0:59] (60): failed: POST: 402\n" +
			"0/70 done, 60 failed  [30s]; waiting for b-0 30s, to be active; b-1 29s, to be active; b-2 29s, to be active; 2 more\n"
		if d := cmp.Diff(want, out.take()); d != "" {
			t.Errorf("the log (-want +got):\n%s", d)
		}
		if got, want := l.InFlight(), "5 waited for: b-0 31s, to be active; b-1 31s, to be active; b-2 31s, to be active; 2 more"; got != want {
			t.Errorf("in flight is %q, want %q", got, want)
		}
	})
}

// The status never wraps, though the terminal writes ^C behind it: a wrapped line could
// not be wiped.
func TestLiveFitsTheTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var screen terminal
		l := NewLive(&screen, func() int { return 10 }, 3, planner.Range{}, Style{})
		l.Emit(apply.ChangeStarted{Change: everything().Changes[0]})
		time.Sleep(time.Second)
		synctest.Wait()
		l.Stop()
		if got, want := screen.take(), "0/3 do…\n1 unde…\r\x1b[K\x1b[A\r\x1b[K"; got != want {
			t.Errorf("the terminal got %q, want %q", got, want)
		}
	})
}

// A failure as there has been none is told at once, with those that come with it; one
// that is like it waits for the second. What has worked does so too.
func TestFailuresAreToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var screen terminal
		l := NewLive(&screen, func() int { return 100 }, 70, planner.Range{}, Style{Color: true})
		fail := func(name, why string) {
			l.Emit(ending(&planner.Create{Subject: planner.Subject{Name: name}}, apply.Failed, "", errors.New(why), 0))
		}
		within := func(d time.Duration, want ...string) {
			t.Helper()
			time.Sleep(d)
			synctest.Wait()
			got := screen.take()
			for _, text := range want {
				if !strings.Contains(got, text) {
					t.Errorf("the terminal got %q, want %q", got, text)
				}
			}
			if want == nil && got != "" {
				t.Errorf("the terminal got %q", got)
			}
		}
		for i := range 60 {
			fail(fmt.Sprintf("a-%02d", i), "POST: 402")
		}
		l.Emit(ending(everything().Changes[2], apply.Done, "", nil, 0))
		within(150*time.Millisecond, "a-[00:59] (60): \x1b[31mfailed\x1b[0m: POST: 402\n", "60 failed")
		fail("b-1", "POST: 402")
		within(150 * time.Millisecond)
		fail("b-2", "POST: 500")
		within(150*time.Millisecond, "b-1: \x1b[31mfailed\x1b[0m: POST: 402\n", "b-2: \x1b[31mfailed\x1b[0m: POST: 500\n")
		l.Stop()
	})
}

// A terminal that has become narrower has broken the status into more lines, and none of
// them is left.
func TestNarrowedTerminalIsWiped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var screen terminal
		width := 60
		l := NewLive(&screen, func() int { return width }, 5, planner.Range{}, Style{})
		l.Emit(apply.WaitStarted{Name: "web-03", Target: "active"})
		time.Sleep(time.Second)
		synctest.Wait()
		screen.take()
		width = 30 // the bar's line of 40 and the other's of 40 are two each
		l.Stop()
		if got, want := screen.take(), "\r\x1b[K"+strings.Repeat("\x1b[A\r\x1b[K", 3); got != want {
			t.Errorf("the terminal got %q, want %q", got, want)
		}
	})
}
