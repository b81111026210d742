package state_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/statetest"
)

const journal = "api.example.com_api_v1_ann@example.com.journal"

var ctx = context.Background()

func intent(name string) apply.Intent {
	return apply.Intent{Endpoint: statetest.Ann.Endpoint, Account: statetest.Ann.Account, Name: name, At: time.Now().Round(0)}
}

func lock(t testing.TB, d state.Disk) apply.LockedState {
	t.Helper()
	s, err := state.OnDisk(d).Lock(ctx, statetest.Ann, apply.Holder{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// names are the open intents that a process would find after a crash.
func names(t *testing.T, d state.Disk) (list []string) {
	t.Helper()
	open, err := state.OnDisk(d).Intents(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range open {
		list = append(list, i.Name)
	}
	return list
}

// with is a disk with one file.
func with(t testing.TB, name, data string) *statetest.Disk {
	t.Helper()
	d := &statetest.Disk{}
	if err := d.Replace(name, []byte(data)); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestBegunIntentsOutliveACrash(t *testing.T) {
	d := &statetest.Disk{}
	s := lock(t, d)
	for _, name := range []string{"a", "b"} {
		if err := s.Begin(ctx, intent(name)); err != nil {
			t.Fatal(err)
		}
	}
	open, _ := s.Intents(ctx)
	if err := s.Resolve(ctx, open[0], apply.Resolution{Made: "7"}); err != nil {
		t.Fatal(err)
	}
	d.Crash(500) // half of what was not synced is torn off
	if got := names(t, d); strings.Join(got, " ") != "a b" {
		t.Errorf("open are %q", got)
	}
}

// A crash leaves any beginning of a journal. What was begun in its whole lines is
// open, and the next apply goes on from there.
func TestAnyBeginningIsRead(t *testing.T) {
	d := &statetest.Disk{}
	s := lock(t, d)
	for n := range 3 {
		i := intent(fmt.Sprint("s", n))
		if s.Begin(ctx, i) != nil || s.Begin(ctx, intent(fmt.Sprint("t", n))) != nil || s.Resolve(ctx, i, apply.Resolution{Refused: true}) != nil {
			t.Fatal("it cannot be written")
		}
	}
	data, _ := d.Read(journal)
	whole := string(data)
	for cut := range len(whole) {
		torn := with(t, journal, whole[:cut])
		lines := whole[:cut][:strings.LastIndex(whole[:cut], "\n")+1]
		want := strings.Count(lines, `{"intent"`) - strings.Count(lines, `{"closed"`)
		if got := names(t, torn); len(got) != want {
			t.Fatalf("cut after %d bytes: %d open intents, want %d", cut, len(got), want)
		}
		if err := lock(t, torn).Begin(ctx, intent("new")); err != nil {
			t.Fatal(err)
		}
		if got := names(t, torn); len(got) != want+1 {
			t.Fatalf("cut after %d bytes, and one more begun: %d open intents, want %d", cut, len(got), want+1)
		}
	}
}

func TestWhatIsOverIsDropped(t *testing.T) {
	d := &statetest.Disk{}
	s := lock(t, d)
	i := intent("a")
	if s.Begin(ctx, i) != nil || s.Resolve(ctx, i, apply.Resolution{Made: "7"}) != nil || s.Close() != nil {
		t.Fatal("it cannot be written")
	}
	lock(t, d)
	if data, _ := d.Read(journal); len(data) > 0 {
		t.Errorf("resolved intents are kept:\n%s", data)
	}
}

func TestBeginsShareSyncs(t *testing.T) {
	const begins = 100
	var appends, syncs atomic.Int32
	all := make(chan struct{}) // have been appended; until then the first sync is under way
	d := &statetest.Disk{}
	s := lock(t, d)
	d.Before = func(op, _ string) error {
		if op == "sync" {
			syncs.Add(1)
			<-all
		} else if appends.Add(1) == begins {
			close(all)
		}
		return nil
	}
	var group sync.WaitGroup
	for n := range begins {
		group.Go(func() {
			if err := s.Begin(ctx, intent(fmt.Sprint(n))); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := syncs.Load(); n > 2 {
		t.Errorf("%d syncs for %d intents", n, begins)
	}
}

// Where a journal cannot be written on, nothing is begun any more, and the error
// names the file.
func TestFullDisk(t *testing.T) {
	full := errors.New("no space left on device")
	for fails := 1; fails <= 2; fails++ { // the write, the sync
		d := &statetest.Disk{}
		s := lock(t, d)
		writes := 0
		d.Before = func(string, string) error {
			if writes++; writes == fails {
				return full
			}
			return nil
		}
		for n := range 3 {
			err := s.Begin(ctx, intent(fmt.Sprint(n)))
			var told interface{ Hint() string }
			if !errors.Is(err, full) || !errors.As(err, &told) || !strings.Contains(told.Hint(), "look at disk/"+journal) {
				t.Errorf("write %d fails: %v", fails, err)
			}
		}
		if err := s.Resolve(ctx, intent("0"), apply.Resolution{}); !errors.Is(err, full) {
			t.Errorf("resolving on a broken journal gave %v", err)
		}
	}
}

func TestDamagedJournalIsRefused(t *testing.T) {
	for _, data := range []string{"hello\n", "{}\n", `{"closed":"x","intent":{}}` + "\n", "\n\n"} {
		for _, name := range []string{journal, "api.example.com_api_v1_unknown.journal"} {
			d := with(t, name, data)
			_, err := state.OnDisk(d).Lock(ctx, statetest.Ann, apply.Holder{})
			var damaged *state.DamagedError
			if !errors.As(err, &damaged) || !strings.Contains(err.Error(), name+": line 1 is damaged") {
				t.Errorf("%s is %q: %v", name, data, err)
			}
			if l, err := d.Lock(journal+".lock", false); l == nil {
				t.Errorf("the lock is kept: %v", err)
			}
		}
	}
}

// The files of earlier versions are read.
func TestFilesOfEarlierVersions(t *testing.T) {
	d := with(t, journal, `{"intent":{"endpoint":"https://api.example.com/api/v1","account":"ann@example.com","name":"a","plan":"1","os":"5","location":"us-west","body":"ab12","at":"2026-01-02T03:04:05.6Z"}}
{"intent":{"endpoint":"https://api.example.com/api/v1","account":"ann@example.com","name":"b","plan":"1","os":"5","location":"us-west","body":"ab12","at":"2026-01-02T03:04:05.7Z"}}
{"closed":"https://api.example.com/api/v1 ann@example.com a 2026-01-02T03:04:05.6Z","why":"made 7"}
`)
	if err := d.Replace(journal+".fights", []byte(`{"format_version":1,"corrections":[{"name":"a","what":"x","times":2}]}`)); err != nil {
		t.Fatal(err)
	}
	s := lock(t, d)
	if open, err := s.Intents(ctx); err != nil || len(open) != 1 || open[0].Name != "b" {
		t.Errorf("open are %v, %v", open, err)
	}
	past, err := s.Corrections(ctx)
	if err != nil || len(past) != 1 || past[0].Times != 2 {
		t.Errorf("corrections are %v, %v", past, err)
	}
	if err := s.PutCorrections(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if past, err := s.Corrections(ctx); err != nil || len(past) > 0 {
		t.Errorf("forgotten corrections are %v, %v", past, err)
	}
}

func FuzzReadIntents(f *testing.F) {
	const one = `{"intent":{"endpoint":"https://api.example.com/api/v1","account":"ann@example.com","name":"n","at":"2026-01-02T03:04:05Z"}}` + "\n"
	f.Add([]byte(one))
	f.Add([]byte(one + `{"closed":"https://api.example.com/api/v1 ann@example.com n 2026-01-02T03:04:05Z"}` + "\n{\"int"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := with(t, journal, string(data))
		open, err := state.OnDisk(d).Intents(ctx)
		if err != nil {
			return
		}
		if _, err := state.OnDisk(d).Lock(ctx, statetest.Ann, apply.Holder{}); err != nil {
			t.Fatal(err)
		}
		again, err := state.OnDisk(d).Intents(ctx)
		if err != nil || fmt.Sprint(key(open)) != fmt.Sprint(key(again)) {
			t.Fatalf("rewritten it says %v, %v; before %v", again, err, open)
		}
	})
}

// key are intents without what is a pointer.
func key(open []apply.Intent) (list []string) {
	for _, i := range open {
		list = append(list, i.Name+i.At.String()+i.Account+i.Plan)
	}
	return list
}
