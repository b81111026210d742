package apply_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// TestGoneIsWhatNoListShows gives 404 to the requests for a server that lists go on
// to show, on an account where a list takes more requests than a look at one server.
func TestGoneIsWhatNoListShows(t *testing.T) {
	for _, test := range []struct {
		name     string
		found    int // requests before it cannot be found
		requests string
		want     string
	}{
		{"it is not found before it is deleted", 0, "", "failed: not_read: "},
		{"its delete answers 404", 1, "DELETE /servers/1/\n", "unknown: unanswered: DELETE /servers/1/: 404 Not Found: Not found. / "},
	} {
		t.Run(test.name, func(t *testing.T) {
			inWorld(t, &emulator.Emulator{PageSize: 2, Fault: missing("/1/", test.found)}, func(w *world) {
				w.add("1", "x", "active")
				for n := range 150 { // more than one page
					w.add(fmt.Sprint(n+2), fmt.Sprint("other-", n), "active")
				}
				r := w.run(w.plan("servers: {x: {absent: true}}"))
				want := "delete x: " + test.want + "the API answers 404 for the server, and its list has it\n"
				if d := cmp.Diff(want, report(r)); d != "" {
					t.Errorf("-want +got\n%s", d)
				}
				if d := cmp.Diff(test.requests, w.sent(0)); d != "" {
					t.Errorf("requests: -want +got\n%s", d)
				}
			})
		})
	}
}

// missing answers 404 to the requests for a server, after the first n of them.
func missing(suffix string, n int) func(*http.Request) *emulator.Fault {
	var mu sync.Mutex
	return func(r *http.Request) *emulator.Fault {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasSuffix(r.URL.Path, suffix) {
			n--
		}
		if n >= 0 || !strings.HasSuffix(r.URL.Path, suffix) {
			return nil
		}
		return &emulator.Fault{Answer: answer(404, `{"detail":"Not found."}`)}
	}
}

// A server that lists show without a status, as one that is on its way out may be, is
// not gone yet.
func TestServerWithoutAStatusIsNotGone(t *testing.T) {
	const leaving = `{"count": 1, "results": [{"id": 1, "name": "x", "status": null, "location": "us-west", "plan": {"id": 1}, "os": {"id": 5}}]}`
	var mu sync.Mutex
	deleted, shown := false, 0
	fault := func(r *http.Request) *emulator.Fault {
		mu.Lock()
		defer mu.Unlock()
		deleted = deleted || r.Method == http.MethodDelete
		if !deleted || shown == 3 || !strings.HasSuffix(r.URL.Path, "/servers/") {
			return nil
		}
		shown++
		return &emulator.Fault{Answer: answer(200, leaving)}
	}
	inWorld(t, &emulator.Emulator{Fault: fault}, func(w *world) {
		w.add("1", "x", "active")
		w.wantComplete(w.run(w.plan("servers: {x: {absent: true}}")))
		if shown < 3 {
			t.Errorf("it is taken to be gone while list %d shows it", shown)
		}
	})
}

// A pause that the API asks for comes between the read of a server and its delete. What a
// person does to the server meanwhile counts.
func TestDeleteAfterAPauseReadsAgain(t *testing.T) {
	var throttled atomic.Bool
	fault := func(r *http.Request) *emulator.Fault {
		switch {
		case r.Method != http.MethodGet:
		case strings.HasSuffix(r.URL.Path, "/servers/1/"):
			return &emulator.Fault{Stage: emulator.Committed, Delay: 2 * time.Millisecond}
		case strings.HasSuffix(r.URL.Path, "/servers/2/") && throttled.CompareAndSwap(false, true):
			return &emulator.Fault{Delay: time.Millisecond, Answer: &emulator.Answer{Status: 429, Header: http.Header{"Retry-After": {"60"}}}}
		}
		return nil
	}
	inWorld(t, &emulator.Emulator{Fault: fault}, func(w *world) {
		w.add("1", "x", "active")
		w.add("2", "y", "active")
		p := w.plan("guards: {max_deletes: 2}\nservers: {x: {absent: true}, y: {absent: true}}")
		time.AfterFunc(30*time.Second, func() {
			w.emulator.Edit("1", func(s *vpsorg.Server) { s.Hostname = new("precious.example.com") })
		})
		want := "delete x: failed: changed hostname:x.example.com→precious.example.com\ndelete y: done\n"
		if d := cmp.Diff(want, report(w.run(p))); d != "" {
			t.Errorf("-want +got\n%s", d)
		}
	})
}
