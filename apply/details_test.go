package apply_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// quiet puts n servers in place whose backups are off, with the ids from 1, that
// have not changed for an hour, and returns the file that lists them so.
func (w *world) quiet(n int) (file string) {
	w.Helper()
	for i := 1; i <= n; i++ {
		w.add(fmt.Sprint(i), fmt.Sprintf("web-%d", i), vpsorg.StatusActive)
	}
	time.Sleep(time.Hour)
	return fmt.Sprintf("servers: {'web-[1:%d]': {backups_enabled: false}}", n)
}

// observe reads with a cache, as a run of its own, and returns the plan, how many
// requests there were by kind, and the ids whose details were read.
func (w *world) observe(c *observe.DetailCache, file string) (p *planner.Plan, sent map[string]int, read []string) {
	w.Helper()
	mark := len(w.emulator.Ledger())
	observer := observe.New(w.client)
	observer.Details = c
	f := w.input(file).Fleet
	o, err := observer.Fleet(w.Context(), f, planner.Selection{})
	if err != nil {
		w.Fatal(err)
	}
	p = planner.Diff(f, o, planner.Selection{})
	sent = map[string]int{}
	for _, e := range w.emulator.Ledger()[mark:] {
		kind := strings.TrimPrefix(e.Path, "/api/v1")
		if id, one := strings.CutPrefix(kind, "/servers/"); one && id != "" {
			kind, read = "detail", append(read, strings.Trim(id, "/"))
		}
		sent[e.Method+" "+kind]++
	}
	slices.Sort(read)
	return p, sent, read
}

// secretly changes a server as an API would whose updated_at does not move.
func (w *world) secretly(id vpsorg.ID, change func(*vpsorg.Server)) {
	for _, s := range w.emulator.Servers() {
		if s.ID == id {
			change(&s)
			w.emulator.Add(s)
		}
	}
}

func backups(on bool) func(*vpsorg.Server) {
	return func(s *vpsorg.Server) { s.BackupsEnabled = &on }
}

func TestQuietServersAreNotReadAgain(t *testing.T) {
	inWorld(t, &emulator.Emulator{PageSize: 100}, func(w *world) {
		file := w.quiet(10_000)
		c := &observe.DetailCache{MaxAge: 24 * time.Hour}
		for _, details := range []int{10_000, 10} {
			p, sent, _ := w.observe(c, file)
			want := map[string]int{"GET /servers/": 100, "GET /account/me/": 1, "GET /plans/": 1, "GET detail": details}
			if d := cmp.Diff(want, sent); d != "" {
				t.Errorf("requests, -want +got:\n%s", d)
			}
			if !p.Empty() || len(p.Blocked) > 0 {
				t.Errorf("the plan is %.200s", outline(p))
			}
		}
	})
}

// Each look proves five of the oldest, whatever else it reads.
func TestDetailsThatAreReadAnew(t *testing.T) {
	const n = 8
	everything := []string{"1", "2", "3", "4", "5", "6", "7", "8"}
	for _, test := range []struct {
		name   string
		before func(w *world, c *observe.DetailCache)
		want   []string
	}{
		{"nothing happened", func(*world, *observe.DetailCache) {}, everything[:5]},
		{"just under the age", func(*world, *observe.DetailCache) { time.Sleep(24*time.Hour - time.Second) }, everything[:5]},
		{"at the age", func(*world, *observe.DetailCache) { time.Sleep(24 * time.Hour) }, everything},
		{"from a clock that was ahead", func(_ *world, c *observe.DetailCache) {
			for id, d := range c.Entries {
				d.ReadAt = d.ReadAt.Add(time.Hour)
				c.Entries[id] = d
			}
		}, everything},
		{"updated_at moved", func(w *world, _ *observe.DetailCache) { w.emulator.Edit("8", func(*vpsorg.Server) {}) }, []string{"1", "2", "3", "4", "5", "8"}},
		{"only the oldest are the sample", func(_ *world, c *observe.DetailCache) {
			for _, id := range everything[3:] {
				d := c.Entries[id]
				d.ReadAt = d.ReadAt.Add(-time.Minute)
				c.Entries[id] = d
			}
		}, everything[3:]},
		{"dropped", func(_ *world, c *observe.DetailCache) { delete(c.Entries, "7") }, []string{"1", "2", "3", "4", "5", "7"}},
		{"all dropped", func(_ *world, c *observe.DetailCache) { c.Entries = nil }, everything},
	} {
		t.Run(test.name, func(t *testing.T) {
			inWorld(t, &emulator.Emulator{}, func(w *world) {
				file := w.quiet(n)
				c := &observe.DetailCache{MaxAge: 24 * time.Hour}
				w.observe(c, file)
				test.before(w, c)
				p, _, read := w.observe(c, file)
				if d := cmp.Diff(test.want, read); d != "" {
					t.Errorf("read, -want +got:\n%s", d)
				}
				if !p.Empty() || c.Contradiction != "" {
					t.Errorf("the plan is %s, the contradiction %q", outline(p), c.Contradiction)
				}
			})
		})
	}
}

// What is sampled becomes the leastMaxAge, so that in turn all are.
func TestAllDetailsAreProvenInTurn(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		file := w.quiet(20)
		c := &observe.DetailCache{MaxAge: 24 * time.Hour}
		w.observe(c, file)
		sampled := map[string]bool{}
		for range 4 {
			time.Sleep(time.Minute)
			_, _, read := w.observe(c, file)
			for _, id := range read {
				sampled[id] = true
			}
		}
		if len(sampled) != 20 {
			t.Errorf("after 4 runs with samples of 5, read are %v", slices.Sorted(maps.Keys(sampled)))
		}
	})
}

// A server that has changed a moment ago can change once more within the second
// that updated_at counts in.
func TestDetailsOfRestlessServersAreNotCached(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		file := w.quiet(8)
		w.emulator.Edit("8", func(*vpsorg.Server) {})
		w.emulator.Edit("7", func(s *vpsorg.Server) { s.UpdatedAt = "yesterday" })
		c := &observe.DetailCache{MaxAge: 24 * time.Hour}
		w.observe(c, file)
		if d := cmp.Diff([]string{"1", "2", "3", "4", "5", "6"}, slices.Sorted(maps.Keys(c.Entries))); d != "" {
			t.Errorf("cached, -want +got:\n%s", d)
		}
	})
}

func TestServersThatAreGoneAreDropped(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		file := w.quiet(8)
		c := &observe.DetailCache{MaxAge: 24 * time.Hour}
		w.observe(c, file)
		w.emulator.Remove("8")
		w.emulator.Edit("7", func(s *vpsorg.Server) { s.Name = "other" }) // nobody asks for it now, and it has changed
		p, _, _ := w.observe(c, file)
		if got := outline(p); !strings.Contains(got, "web-7") || !strings.Contains(got, "web-8") {
			t.Errorf("the plan is %q, but web-7 and web-8 are missing", got)
		}
		if d := cmp.Diff([]string{"1", "2", "3", "4", "5", "6"}, slices.Sorted(maps.Keys(c.Entries))); d != "" {
			t.Errorf("cached, -want +got:\n%s", d)
		}
	})
}

// A sample that differs empties the cache, and the same run reads everything.
func TestContradictionEmptiesTheCache(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		file := w.quiet(20)
		c := &observe.DetailCache{MaxAge: 24 * time.Hour}
		w.observe(c, file)
		w.secretly("1", backups(true)) // the next look proves it
		w.secretly("19", backups(true))
		p, _, read := w.observe(c, file)
		if c.Contradiction != "web-1" || len(slices.Compact(read)) != 20 {
			t.Errorf("the contradiction is %q, and details of %d servers were read", c.Contradiction, len(slices.Compact(read)))
		}
		if got, want := outline(p), "update web-1 (differs), update web-19 (differs)"; got != want {
			t.Errorf("the plan is %s, want %s", got, want)
		}
		if len(c.Entries) != 20 || !c.Entries["19"].BackupsEnabled {
			t.Errorf("cached are %v", c.Entries)
		}
	})
}

// What is cached and differs from the file is read before a change is planned for it:
// the old value of a change is never a cached one.
func TestNoChangeRestsOnTheCache(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		w.quiet(8)
		off := "servers: {'web-[1:8]': {backups_enabled: false}}"
		on := "servers: {'web-[1:7]': {backups_enabled: false}, web-8: {backups_enabled: true}}"
		c := &observe.DetailCache{MaxAge: 24 * time.Hour}
		w.observe(c, off)
		w.secretly("8", backups(true))
		mark := len(w.emulator.Ledger())
		p, _, read := w.observe(c, on)
		w.wantComplete(w.run(p))
		if !slices.Contains(read, "8") || !p.Empty() || w.sent(mark) != "" {
			t.Errorf("read were %v; the plan is %q; sent was %q", read, outline(p), w.sent(mark))
		}
	})
}

// An approved plan is held against details that were read for it.
func TestApprovedPlansAreHeldAgainstFreshDetails(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		w.quiet(1)
		c := &observe.DetailCache{MaxAge: 24 * time.Hour}
		p, _, _ := w.observe(c, "servers: {web-1: {backups_enabled: true}}")
		observer := observe.New(w.client)
		observer.Details = c
		w.secretly("1", backups(true))
		o, err := observer.Plan(w.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if left, conflicts := p.Remaining(o); !left.Empty() || len(conflicts) > 0 {
			t.Errorf("it is done already, but left is %q, in conflict %v", outline(left), conflicts)
		}
	})
}

// A list that turns out to be stale is read again, with a cache or without.
func TestStaleListIsReadAgainWithACache(t *testing.T) {
	e := &emulator.Emulator{}
	inWorld(t, e, func(w *world) {
		file := w.quiet(8)
		c := &observe.DetailCache{MaxAge: 24 * time.Hour}
		w.observe(c, file)
		e.Fault = once(http.MethodGet, "/servers/3/", emulator.Fault{Answer: answer(http.StatusNotFound, "{}")})
		_, sent, _ := w.observe(c, file)
		if sent["GET /servers/"] != 2 || sent["GET detail"] != 10 || len(c.Entries) != 8 {
			t.Errorf("sent were %v; cached are %d details", sent, len(c.Entries))
		}
	})
}
