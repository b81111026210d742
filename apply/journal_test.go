package apply_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

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
