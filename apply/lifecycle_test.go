package apply_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// TestLifeOfAFleet takes 200 servers through everything that can happen to them,
// over every form of list and id. After each apply the next plan is empty.
func TestLifeOfAFleet(t *testing.T) {
	for _, api := range []struct {
		name     string
		pageSize int
		uuids    bool
	}{{"as published", 0, false}, {"pages of 20, UUIDs", 20, true}, {"pages of 100", 100, false}} {
		t.Run(api.name, func(t *testing.T) {
			t.Parallel()
			e := &emulator.Emulator{PageSize: api.pageSize, UUIDs: api.uuids, UniqueNames: true, Provisioning: 3 * time.Minute, Transition: 20 * time.Second}
			inWorld(t, e, lifeOfAFleet)
		})
	}
}

func lifeOfAFleet(w *world) {
	const defaults = "defaults: {plan: standard, os: 5, location: us-west}\nguards: {max_deletes: 100%}\n"
	file := defaults + "servers:\n" +
		"  'web-[001:150]': {hostname: '{name}.example.com', backups_enabled: true, status: active, reboot_on: [hostname]}\n" +
		"  'db-[01:50]': {hostname: '{name}.example.com', backups_enabled: false, status: stopped, os: 3}\n"
	w.converge(file)
	if n := len(w.emulator.Servers()); n != 200 {
		w.Fatalf("%d servers", n)
	}

	w.driftEverything()
	p := w.plan(file)
	if got := p.Count(); got[planner.ActionUpdate] != 40 || got[planner.ActionStart] != 10 || got[planner.ActionStop] != 10 || got[planner.ActionReboot] != 30 {
		w.Errorf("the plan after the drift: %v", got)
	}
	w.converge(file)

	renamed := strings.Replace(file, "'web-[001:150]': {", "'www-[001:150]': {renamed_from: 'web-{1}', ", 1)
	r := w.converge(renamed)
	if n := r.Count(apply.Done); n != 300 { // each gets a new hostname as well, so each is rebooted
		w.Errorf("%d changes to rename 150 servers", n)
	}

	powered := strings.NewReplacer("status: active", "status: stopped", "status: stopped", "status: active").Replace(renamed)
	w.converge(powered)

	for i, mode := range []string{"delete-first", "create-first"} {
		os := 3 + 2*i
		replaced := strings.ReplaceAll(powered, "location: us-west", fmt.Sprintf("location: us-%s, replace: %s", []string{"east", "west"}[i], mode))
		replaced = strings.Replace(replaced, "os: 3", fmt.Sprintf("os: %d", os), 1)
		before := ids(w.emulator.Servers())
		w.converge(replaced)
		for id := range ids(w.emulator.Servers()) {
			if before[id] {
				w.Errorf("%s: server %s was not replaced", mode, id)
			}
		}
	}

	w.converge(defaults + "servers: {'www-[001:150]': {absent: true}, 'db-[01:50]': {absent: true}}")
	if left := w.live(); left != "" {
		w.Errorf("left over:\n%s", left)
	}
}

// driftEverything changes every field that can be changed back, behind fleet's back.
func (w *world) driftEverything() {
	other := "drifted.example.com"
	servers := w.emulator.Servers() // 150 web, then 50 db
	slices.SortFunc(servers, func(a, b vpsorg.Server) int { return strings.Compare(b.Name, a.Name) })
	for i, s := range servers {
		w.emulator.Edit(s.ID, func(s *vpsorg.Server) {
			switch {
			case i < 10:
				s.Hostname = &other
			case i < 20:
				s.Hostname = nil
			case i < 30:
				off := !*s.BackupsEnabled
				s.BackupsEnabled = &off
			case i < 40:
				off := !*s.BackupsEnabled
				s.Hostname, s.BackupsEnabled = &other, &off
			case i < 50:
				s.Status = vpsorg.StatusStopped
			case i >= 190:
				s.Status = vpsorg.StatusActive
			}
		})
	}
}

func ids(servers []vpsorg.Server) map[vpsorg.ID]bool {
	m := make(map[vpsorg.ID]bool)
	for _, s := range servers {
		m[s.ID] = true
	}
	return m
}

func TestRequestsOfEachChange(t *testing.T) {
	tests := []struct {
		name, file, sent, live string
	}{
		{"patch one field", "servers: {a: {hostname: b.example.com}}",
			"PATCH /servers/1/\n", "a active plan=1 os=5 at=us-west host=b.example.com backups=false\n"},
		{"patch two fields", "servers: {b: {renamed_from: a, hostname: b.example.com}}",
			"PATCH /servers/1/\n", "b active plan=1 os=5 at=us-west host=b.example.com backups=false\n"},
		{"put all three", "servers: {b: {renamed_from: a, hostname: b.example.com, backups_enabled: true}}",
			"PUT /servers/1/\n", "b active plan=1 os=5 at=us-west host=b.example.com backups=true\n"},
		{"update before power", "servers: {a: {hostname: b.example.com, status: stopped}}",
			"PATCH /servers/1/\nPOST /servers/1/stop/\n", "a stopped plan=1 os=5 at=us-west host=b.example.com backups=false\n"},
		{"reboot last", "servers: {a: {hostname: b.example.com, reboot_on: [hostname]}}",
			"PATCH /servers/1/\nPOST /servers/1/reboot/\n", "a active plan=1 os=5 at=us-west host=b.example.com backups=false\n"},
		{"delete", "guards: {max_deletes: 1}\nservers: {a: {absent: true}}", "DELETE /servers/1/\n", ""},
		{"delete first", "guards: {max_deletes: 1}\nservers: {a: {plan: 2, replace: delete-first, status: stopped}}",
			"DELETE /servers/1/\nPOST /servers/\nPOST /servers/12346/stop/\n", "a stopped plan=2 os=5 at=us-west host=a.example.com backups=false\n"},
		{"create first", "guards: {max_deletes: 1}\nservers: {a: {plan: 2, replace: create-first}}",
			"POST /servers/\nDELETE /servers/1/\nPATCH /servers/12346/\n", "a active plan=2 os=5 at=us-west host=a.example.com backups=false\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inWorld(t, &emulator.Emulator{}, func(w *world) {
				w.add("1", "a", "active")
				w.converge(test.file)
				if d := cmp.Diff(test.sent, w.sent(0)); d != "" {
					t.Errorf("requests: -want +got\n%s", d)
				}
				if d := cmp.Diff(test.live, w.live()); d != "" {
					t.Errorf("servers: -want +got\n%s", d)
				}
			})
		})
	}
}

// A PUT takes three fields, and would lose any other.
func TestEveryFieldIsSent(t *testing.T) {
	values := map[fleet.Field]planner.Value{fleet.FieldName: planner.Text("b"), fleet.FieldHostname: planner.Text("b.example.com"), fleet.FieldBackupsEnabled: planner.Bool(true)}
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		live := func() planner.Server { return observe.Server(w.emulator.Servers()[0]) }
		w.add("1", "a", "active")
		update := &planner.Update{Subject: planner.Subject{Name: "b", ID: "1"}}
		for _, field := range planner.MutableFields {
			to, ok := values[field]
			if !ok {
				t.Errorf("give %s a value in this test", field)
			}
			from, _ := live().Value(field)
			update.Fields = append(update.Fields, planner.FieldChange{Field: field, From: from, To: to})
		}
		w.wantComplete(w.run(&planner.Plan{Changes: []planner.Change{update}}))
		for _, f := range update.Fields {
			if now, _ := live().Value(f.Field); !now.Equal(f.To) {
				t.Errorf("%s is %s after the update, want %s", f.Field, now, f.To)
			}
		}
	})
}

func TestWaitsForWhatIsOnItsWay(t *testing.T) {
	inWorld(t, &emulator.Emulator{Provisioning: 2 * time.Minute}, func(w *world) {
		w.add("1", "a", "provisioning")
		w.add("2", "b", "provisioning")
		p := w.plan("servers: {a: {status: stopped}, b: {}}")
		var r *apply.Result
		if d := elapsed(func() { r = w.run(p) }); d < 2*time.Minute || d > 2*time.Minute+25*time.Second {
			t.Errorf("it took %s", d)
		}
		w.wantComplete(r)
		if d := cmp.Diff("POST /servers/1/stop/\n", w.sent(0)); d != "" {
			t.Error(d)
		}
		still := 0
		for _, e := range w.events {
			if _, ok := e.(apply.Progress); ok {
				still++
			}
		}
		if still < 10 || still > 15 {
			t.Errorf("told %d times that it still waits", still)
		}
	})
}

// TestWorkersDoNotWait creates 100 servers that take three minutes each, ten at a
// time: all are on their way together.
func TestWorkersDoNotWait(t *testing.T) {
	inWorld(t, &emulator.Emulator{Provisioning: 3 * time.Minute}, func(w *world) {
		p := w.plan("servers: {'a-[1:100]': {plan: 1, os: 5, location: us-west}}")
		if d := elapsed(func() { w.wantComplete(w.run(p)) }); d > 3*time.Minute+15*time.Second {
			t.Errorf("it took %s", d)
		}
	})
}

func TestNamesHandedOn(t *testing.T) {
	inWorld(t, &emulator.Emulator{UniqueNames: true}, func(w *world) {
		w.add("1", "b", "active")
		w.add("2", "c", "active")
		w.add("3", "d", "active")
		w.converge("owns: ['[a-z]']\nunlisted: delete\nguards: {max_deletes: 1}\nservers: {a: {id: 1}, b: {id: 2}, c: {id: 3}, d: {plan: 1, os: 5, location: us-west}}")
	})
}
