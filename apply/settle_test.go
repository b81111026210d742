package apply_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// memory is a journal's storage that remembers what was synced, and can fail.
type memory struct {
	mu             sync.Mutex
	data           []byte
	durable        int // bytes that a crash leaves
	syncs          int
	noAppend, full error
}

func (m *memory) Read() ([]byte, error) { return bytes.Clone(m.data), nil }

func (m *memory) Append(line []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.data = append(m.data, line...)
	return m.noAppend
}

func (m *memory) Sync() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.syncs++
	if m.full == nil {
		m.durable = len(m.data)
	}
	return m.full
}

func (m *memory) Rewrite(all []byte) error {
	m.data, m.durable = bytes.Clone(all), len(all)
	return nil
}

// journaled gives the runner a journal.
func (w *world) journaled(m *memory) {
	w.Helper()
	j, err := apply.NewJournal(m)
	if err != nil {
		w.Fatal(err)
	}
	w.runner.Journal = j
}

const oneNew = "servers: {n: {plan: 1, os: 5, location: us-west}}"

// TestUnclearCreates lets the answer to a create be lost in every way. Never are
// there two servers, and never is one missing in the end.
func TestUnclearCreates(t *testing.T) {
	faults := map[string]emulator.Fault{
		"the reply is lost":                 {Stage: emulator.Committed, Drop: true},
		"the request is lost":               {Drop: true},
		"500 after the effect":              {Stage: emulator.Committed, Answer: answer(500, "{}")},
		"502 before it":                     {Answer: answer(502, "bad gateway")},
		"half a body":                       {Stage: emulator.Committed, Cut: 20},
		"committed after it was given up":   {Delay: 45 * time.Second},
		"an answer that never comes":        {Stage: emulator.Committed, Delay: time.Hour},
		"a proxy's page instead":            {Stage: emulator.Committed, Answer: &emulator.Answer{Status: 200, Body: "<html>hello</html>"}},
		"201 without an id":                 {Stage: emulator.Committed, Answer: answer(201, "{}")},
		"committed, and the list lags":      {Stage: emulator.Committed, Drop: true},
		"committed late, and the list lags": {Delay: 60 * time.Second},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			e := &emulator.Emulator{Fault: once("POST", "/servers/", fault)}
			if strings.Contains(name, "lags") {
				e.ListLag = time.Minute
			}
			inWorld(t, e, func(w *world) {
				m := &memory{}
				w.journaled(m)
				w.wantComplete(w.run(w.plan(oneNew)))
				time.Sleep(time.Hour) // whatever was late has arrived
				if got, want := w.live(), "n active plan=1 os=5 at=us-west host=- backups=false\n"; got != want {
					t.Errorf("there is\n%s", got)
				}
				if open := w.runner.Journal.Pending(w.client.Endpoint(), "sandbox@example.com"); len(open) > 0 {
					t.Errorf("open intents: %+v", open)
				}
			})
		})
	}
}

// TestOtherWorkGoesOn settles one create while everything else is done.
func TestOtherWorkGoesOn(t *testing.T) {
	lost := func() *emulator.Fault { return &emulator.Fault{Drop: true} }
	e := &emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
		var b bytes.Buffer
		b.ReadFrom(r.Body)
		if r.Method == "POST" && strings.Contains(b.String(), `"a"`) {
			return lost()
		}
		return nil
	}}
	inWorld(t, e, func(w *world) {
		r := w.run(w.plan(newServers))
		if d := r.Reports[1].Duration; d > 10*time.Second {
			t.Errorf("b took %s", d)
		}
		want := "create a: failed: it was given up 3 times, and each time nothing was created / hint: the API does not answer creates reliably; run again later\n" +
			"create b: done\ncreate c: done\n"
		if d := cmp.Diff(want, report(r)); d != "" {
			t.Errorf("-want +got\n%s", d)
		}
		if r.Duration < 6*time.Minute {
			t.Errorf("three settle windows took %s", r.Duration)
		}
	})
}

// TestTwoOfOneName never picks: somebody else makes a server of the same name.
func TestTwoOfOneName(t *testing.T) {
	e := &emulator.Emulator{Fault: once("POST", "/servers/", emulator.Fault{Stage: emulator.Committed, Drop: true})}
	inWorld(t, e, func(w *world) {
		p := w.plan(oneNew)
		w.add("7", "n", "active")
		r := w.run(p)
		if r.Count(apply.Unknown) != 1 || !strings.Contains(r.Reports[0].Err.Error(), "2 servers are named n and each is billed: 7 (10.00 a month), 12346 (10.00 a month)") {
			t.Errorf("%s", report(r))
		}
		if got := w.sent(0); got != "POST /servers/\n" {
			t.Errorf("sent\n%s", got)
		}
	})
}

// TestKilledRun settles what a run left open that ended right after its create was sent.
func TestKilledRun(t *testing.T) {
	for name, fault := range map[string]emulator.Fault{
		"never committed": {Drop: true},
		"committed late":  {Delay: 100 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, &emulator.Emulator{Fault: once("POST", "/servers/", fault)}, func(w *world) {
				m := &memory{}
				w.journaled(m)
				drain := w.drain
				time.AfterFunc(5*time.Second, func() { close(drain) })
				w.run(w.plan(oneNew))
				w.drain = make(chan struct{})

				w.journaled(&memory{data: m.data[:m.durable]}) // what a crash leaves
				if open := w.runner.Journal.Pending(w.client.Endpoint(), "sandbox@example.com"); len(open) != 1 || open[0].Name != "n" {
					t.Fatalf("open intents: %+v", open)
				}
				w.converge(oneNew)
				time.Sleep(time.Hour)
				if got := strings.Count(w.live(), "\n"); got != 1 {
					t.Errorf("there are %d servers", got)
				}
			})
		})
	}
}

// TestNothingIsSentWithoutAnIntentOnDisk fails the journal in both ways.
func TestNothingIsSentWithoutAnIntentOnDisk(t *testing.T) {
	full := errors.New("no space left on device")
	for _, m := range []*memory{{noAppend: full}, {full: full}} {
		inWorld(t, &emulator.Emulator{}, func(w *world) {
			w.journaled(m)
			w.add("1", "x", "active")
			r := w.run(w.plan(strings.TrimSuffix(newServers, "}") + ", x: {hostname: x.example.org}}"))
			if r.Count(apply.NotStarted) != 3 || r.Count(apply.Done) != 1 || !strings.Contains(report(r), "no space left") {
				t.Errorf("%s", report(r))
			}
			if got := w.sent(0); got != "PATCH /servers/1/\n" {
				t.Errorf("sent\n%s", got)
			}
		})
	}
}

func TestJournalOutlivesCrashes(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		m := &memory{}
		w.journaled(m)
		w.wantComplete(w.run(w.plan(newServers)))
		if m.syncs == 0 || m.syncs > 3 {
			t.Errorf("%d syncs for three creates", m.syncs)
		}
		whole := string(m.data)
		for cut := range len(whole) { // a crash leaves any beginning of it
			open, err := apply.ReadIntents(&memory{data: []byte(whole[:cut])})
			if err != nil {
				t.Fatalf("cut after %d bytes: %v", cut, err)
			}
			lines := whole[:cut][:strings.LastIndex(whole[:cut], "\n")+1]
			if want := strings.Count(lines, `{"intent"`) - strings.Count(lines, `{"closed"`); len(open) != want {
				t.Fatalf("cut after %d bytes: %d open intents, want %d", cut, len(open), want)
			}
		}
		w.journaled(m)
		if len(m.data) > 0 {
			t.Errorf("closed intents are kept:\n%s", m.data)
		}
	})
}

func TestDamagedJournalIsRefused(t *testing.T) {
	for _, data := range []string{"hello\n", "{}\n", `{"closed":"x","intent":{}}` + "\n", "\n\n"} {
		_, err := apply.NewJournal(&memory{data: []byte(data)})
		if err == nil || !strings.Contains(err.Error(), "line 1 of the journal of creates is damaged") {
			t.Errorf("%q: %v", data, err)
		}
	}
}

func TestJournalSettlesWhatIsThere(t *testing.T) {
	inWorld(t, &emulator.Emulator{Fault: once("POST", "/servers/", emulator.Fault{Stage: emulator.Committed, Drop: true})}, func(w *world) {
		m := &memory{}
		w.journaled(m)
		time.AfterFunc(500*time.Millisecond, func() { close(w.drain) })
		w.run(w.plan(oneNew))
		w.journaled(m)
		o := observation(w)
		w.runner.Journal.Settle(o)
		if open := w.runner.Journal.Pending(o.Endpoint, o.Account); len(open) > 0 {
			t.Errorf("still open: %+v", open)
		}
	})
}

func FuzzReadIntents(f *testing.F) {
	f.Add([]byte(`{"intent":{"endpoint":"e","account":"a","name":"n","at":"2026-01-02T03:04:05Z"}}` + "\n"))
	f.Add([]byte(`{"intent":{"endpoint":"e","account":"a","name":"n","at":"2026-01-02T03:04:05Z"}}` + "\n" + `{"closed":"e a n 2026-01-02T03:04:05Z"}` + "\n{\"int"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := &memory{data: data}
		open, err := apply.ReadIntents(m)
		if err != nil {
			return
		}
		if _, err := apply.NewJournal(m); err != nil {
			t.Fatal(err)
		}
		again, err := apply.ReadIntents(m)
		if err != nil || fmt.Sprint(open) != fmt.Sprint(again) {
			t.Fatalf("rewritten it says %v, %v; before %v", again, err, open)
		}
	})
}
