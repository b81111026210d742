package apply_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// made counts the answered requests that change something, by what they did.
func (w *world) made() string {
	count := make(map[string]int)
	for _, e := range w.emulator.Ledger() {
		if e.Method != http.MethodGet && e.Status/100 == 2 {
			parts := strings.Split(strings.Trim(e.Path, "/"), "/")
			verb := parts[len(parts)-1]
			if verb != "reboot" && verb != "start" && verb != "stop" {
				verb = ""
			}
			count[strings.TrimSpace(e.Method+" "+verb)]++
		}
	}
	return fmt.Sprint(count)
}

// noTwins holds that no name is there twice.
func (w *world) noTwins() {
	w.Helper()
	named := make(map[string]bool)
	for _, s := range w.emulator.Servers() {
		if named[s.Name] {
			w.Errorf("%s is there twice:\n%s", s.Name, w.live())
		}
		named[s.Name] = true
	}
}

// replica makes reads lag behind from a moment on.
type replica struct{ list, get time.Duration }

func (r *replica) fault(req *http.Request) *emulator.Fault {
	const latency = 20 * time.Millisecond
	if strings.HasSuffix(req.URL.Path, "/servers/") {
		return &emulator.Fault{Delay: latency, Lag: r.list}
	}
	return &emulator.Fault{Delay: latency, Lag: r.get}
}

// The reads of the next run come from before what this one has done: nothing is done
// a second time, whether single reads lag as well or not.
func TestNothingIsDoneTwice(t *testing.T) {
	for name, test := range map[string]struct{ before, file, want string }{
		"20 creates":                 {"", "servers: {'n[01:20]': {plan: 1, os: 5, location: us-west}}", "map[POST:20]"},
		"an update with a reboot":    {"x active", "servers: {x: {hostname: new, reboot_on: [hostname]}}", "map[PATCH:1 POST reboot:1]"},
		"a start":                    {"x stopped", "servers: {x: {status: active}}", "map[POST start:1]"},
		"a stop":                     {"x active", "servers: {x: {status: stopped}}", "map[POST stop:1]"},
		"a rename":                   {"x active", "servers: {y: {renamed_from: x}}", "map[PATCH:1]"},
		"a delete":                   {"x active", "guards: {max_deletes: 1}\nservers: {x: {absent: true}}", "map[DELETE:1]"},
		"a delete-first":             {"x active", "guards: {max_deletes: 1}\nservers: {x: {plan: 2, replace: delete-first}}", "map[DELETE:1 POST:1]"},
		"a create-first":             {"x active", "guards: {max_deletes: 1}\nservers: {x: {plan: 2, replace: create-first}}", "map[DELETE:1 PATCH:1 POST:1]"},
		"backups, which no list has": {"x active", "servers: {x: {backups_enabled: true, reboot_on: [backups_enabled]}}", "map[PATCH:1 POST reboot:1]"},
	} {
		for _, lag := range []replica{{5 * time.Second, 0}, {40 * time.Second, 0}, {5 * time.Second, 5 * time.Second}, {40 * time.Second, 20 * time.Second}, {0, 30 * time.Second}} {
			t.Run(fmt.Sprintf("%s, lists %s and reads %s late", name, lag.list, lag.get), func(t *testing.T) {
				r := &replica{}
				inWorld(t, &emulator.Emulator{Provisioning: time.Second, Fault: r.fault}, func(w *world) {
					if f := strings.Fields(test.before); len(f) == 2 {
						w.add("1", f[0], vpsorg.Status(f[1]))
						time.Sleep(time.Hour)
					}
					disk := &statetest.Disk{}
					w.wantComplete(w.apply(disk, test.file, apply.Approval{Bootstrap: true}))
					*r = lag
					for range 3 {
						w.wantComplete(w.apply(disk, test.file, apply.Approval{Bootstrap: true}))
					}
					w.noTwins()
					if got := w.made(); got != test.want {
						t.Errorf("done was %s, want %s", got, test.want)
					}
				})
			})
		}
	}
}

// Half of all lists omit what is younger than two seconds.
func TestListsThatFlap(t *testing.T) {
	inWorld(t, &emulator.Emulator{Provisioning: time.Second, Lag: emulator.Lag{Young: 2 * time.Second, Every: 2}}, func(w *world) {
		disk, file := &statetest.Disk{}, "servers: {'n[01:40]': {plan: 1, os: 5, location: us-west}}"
		for range 6 {
			w.wantComplete(w.apply(disk, file, apply.Approval{Bootstrap: true}))
		}
		w.noTwins()
		if got := w.made(); got != "map[POST:40]" {
			t.Errorf("done was %s", got)
		}
	})
}

// A create whose answer was lost is found by one list, and the next lacks it again.
func TestListThatShowsAServerOnce(t *testing.T) {
	r, lost := &replica{}, false
	inWorld(t, &emulator.Emulator{Provisioning: time.Second, Fault: func(req *http.Request) *emulator.Fault {
		if req.Method == http.MethodPost && !lost {
			lost = true
			return &emulator.Fault{Stage: emulator.Committed, Drop: true, Delay: time.Second}
		}
		return r.fault(req)
	}}, func(w *world) {
		disk := &statetest.Disk{}
		w.wantComplete(w.apply(disk, oneNew, apply.Approval{}))
		*r = replica{time.Minute, time.Minute}
		w.wantComplete(w.apply(disk, oneNew, apply.Approval{}))
		w.noTwins()
	})
}

// A plan says what the API does not show yet, and waits for nothing.
func TestPlanOfWhatIsNotShown(t *testing.T) {
	r := &replica{}
	inWorld(t, &emulator.Emulator{Provisioning: time.Second, Fault: r.fault}, func(w *world) {
		disk := &statetest.Disk{}
		w.wantComplete(w.apply(disk, oneNew, apply.Approval{}))
		*r = replica{time.Minute, time.Minute}
		planned, err := w.engine(disk).Plan(w.Context(), w.input(oneNew))
		if err != nil {
			t.Fatal(err)
		}
		p := planned.Plan
		if !p.Empty() || len(p.Notes) != 1 || p.Notes[0].Reason.Code != planner.CodeUnshown || p.Notes[0].Reason.Action != planner.ActionCreate {
			t.Errorf("%s, notes %+v", outline(p), p.Notes)
		}
	})
}

// After the window the API is believed, by two lists.
func TestWhatIsGoneAfterTheWindowIsMadeAgain(t *testing.T) {
	for _, after := range []time.Duration{time.Second, time.Minute, time.Hour} {
		inWorld(t, &emulator.Emulator{}, func(w *world) {
			disk := &statetest.Disk{}
			w.wantComplete(w.apply(disk, oneNew, apply.Approval{}))
			made := time.Now()
			time.Sleep(after)
			w.emulator.Remove(w.emulator.Servers()[0].ID)
			w.wantComplete(w.apply(disk, oneNew, apply.Approval{}))
			if got := w.made(); got != "map[POST:2]" || time.Since(made) < apply.DefaultSettle {
				t.Errorf("%s after %s", got, time.Since(made))
			}
		})
	}
}

// One look that lacks a server in transition is no proof that it is gone: neither a
// read nor a list.
func TestOneLookProvesNothing(t *testing.T) {
	for name, test := range map[string]struct{ before, file string }{
		"create": {"", oneNew},
		"start":  {"x stopped", "servers: {x: {status: active}}"},
		"reboot": {"x active", "servers: {x: {hostname: new, reboot_on: [hostname]}}"},
	} {
		for nth := range 6 {
			for _, paged := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, look %d, paged %t", name, nth, paged), func(t *testing.T) {
					looks, began := 0, false
					e := &emulator.Emulator{Provisioning: 10 * time.Second, Transition: 10 * time.Second}
					if paged {
						e.PageSize = 2
					}
					e.Fault = func(r *http.Request) *emulator.Fault {
						if !began || r.Method != http.MethodGet {
							return nil
						}
						if looks++; looks != nth+1 {
							return nil
						}
						return &emulator.Fault{Lag: emulator.MaxLag} // before it was there
					}
					inWorld(t, e, func(w *world) {
						w.plan("servers: {}") // the first request
						time.Sleep(time.Hour)
						if f := strings.Fields(test.before); len(f) == 2 {
							w.add("1", f[0], vpsorg.Status(f[1]))
						}
						if paged {
							for i := range 5 {
								w.add(fmt.Sprint(50+i), fmt.Sprint("other-", i), "active")
							}
						}
						p := w.plan(test.file)
						began = true
						if r := w.run(p); !r.Complete() {
							t.Errorf("%s", report(r))
						}
					})
				})
			}
		}
	}
}

// A server whose old one somebody else has replaced already is not replaced again,
// even by a host that remembers nothing: the plan is from before it.
func TestReplacedByAnotherHost(t *testing.T) {
	for _, mode := range []string{"delete-first", "create-first"} {
		t.Run(mode, func(t *testing.T) {
			r := &replica{}
			inWorld(t, &emulator.Emulator{Provisioning: time.Second, Fault: r.fault}, func(w *world) {
				w.add("1", "x", "active")
				time.Sleep(time.Hour)
				file := "guards: {max_deletes: 1}\nservers: {x: {plan: 2, replace: " + mode + "}}"
				w.wantComplete(w.apply(&statetest.Disk{}, file, apply.Approval{}))
				*r = replica{20 * time.Second, 0}
				if got := w.apply(&statetest.Disk{}, file, apply.Approval{}); got.Complete() {
					t.Errorf("complete:\n%s", report(got))
				}
				w.noTwins()
			})
		})
	}
}
