package apply_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// A plan from a list that omits a server which has been there for long creates it a
// second time. Between a review and the first change the list is read again, and a
// server that fleet has made itself is read by its id, so that it is not carried out.
func TestListThatOmitsAnOldServer(t *testing.T) {
	var omits atomic.Bool
	inWorld(t, &emulator.Emulator{Provisioning: time.Second, Fault: func(r *http.Request) *emulator.Fault {
		if strings.HasSuffix(r.URL.Path, "/servers/") && r.Method == http.MethodGet && omits.Swap(false) {
			return &emulator.Fault{Answer: answer(200, `{"count": 0, "results": []}`)}
		}
		return nil
	}}, func(w *world) {
		disk := &statetest.Disk{}
		w.add("1", "n", "active")
		time.Sleep(time.Hour)
		omits.Store(true)
		p := w.plan(oneNew)
		if got := outline(p); got != "create n (missing)" {
			t.Fatal(got)
		}
		refused := func(how string, r *apply.Result, err error) {
			if err == nil && len(r.Reports) > 0 {
				t.Errorf("%s: %s", how, report(r))
			}
		}
		r, err := w.engine(disk).Resume(w.Context(), w.drain, p, planner.Allowance{})
		refused("a saved plan", r, err)
		r, err = w.engine(disk).Apply(w.Context(), w.drain, w.input(oneNew), apply.Approval{Digest: p.Digest()})
		refused("a digest", r, err)
		omits.Store(true)
		r, err = w.engine(disk).Apply(w.Context(), w.drain, w.input(oneNew), apply.Approval{Ask: func(context.Context) error { return nil }})
		refused("a yes", r, err)

		file := strings.Replace(oneNew, "n:", "made:", 1)
		w.wantComplete(w.apply(disk, file, apply.Approval{}))
		for _, after := range []time.Duration{time.Minute, time.Hour, 20 * time.Hour} {
			time.Sleep(after)
			omits.Store(true)
			w.wantComplete(w.apply(disk, file, apply.Approval{}))
		}
		w.noTwins()
		if got := w.made(); got != "map[POST:1]" {
			t.Errorf("done was %s", got)
		}
	})
}

// Where a list shows that a server which was just made has a twin, the run says so and
// is not complete; so is the next one.
func TestTwinsAreTold(t *testing.T) {
	r := &replica{}
	inWorld(t, &emulator.Emulator{Provisioning: time.Second, Fault: r.fault}, func(w *world) {
		w.plan("servers: {}") // the first request
		time.Sleep(time.Hour)
		first := w.add("1", "n", "active")
		*r = replica{list: 20 * time.Second}
		file := strings.Replace(oneNew, "n:", "m: {plan: 1, os: 5, location: us-west}, n:", 1)
		got := report(w.apply(&statetest.Disk{}, file, apply.Approval{}))
		if !strings.HasPrefix(got, "create m: done\ncreate n: failed: duplicates #12") || !strings.HasSuffix(got, " #"+string(first)+" at 10.00 n\n") {
			t.Errorf("got\n%s", got)
		}
		if r := w.apply(&statetest.Disk{}, file, apply.Approval{}); r.Complete() {
			t.Error("the next run is complete")
		}
	})
}
