package apply_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state/statetest"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// A server of the name that cannot be the one that the create made is not adopted,
// and the create stays in doubt: its own server may appear yet.
func TestUnfitServerIsNotAdopted(t *testing.T) {
	inWorld(t, &emulator.Emulator{Fault: once("POST", "/servers/", emulator.Fault{Drop: true})}, func(w *world) {
		w.lock(&statetest.Disk{})
		p := w.plan(oneNew)
		w.emulator.Add(vpsorg.Server{ID: "7", Name: "n", Location: "us-west", Plan: vpsorg.ServerPlan{ID: "2"}, OS: vpsorg.OS{ID: "5"}})
		if r := w.run(p); r.Count(apply.Unknown) != 1 {
			t.Errorf("%s", report(r))
		}
		if open := w.open(); len(open) != 1 {
			t.Errorf("open intents: %+v", open)
		}
	})
}

// An intent has every field that a list shows, so that no other server is taken for the
// one that its create made.
func TestIntentHasEveryField(t *testing.T) {
	inWorld(t, &emulator.Emulator{Fault: once("POST", "/servers/", emulator.Fault{Drop: true})}, func(w *world) {
		w.lock(&statetest.Disk{})
		p := w.plan("servers: {n: {plan: 1, os: 5, location: us-west, hostname: n.example.com, ssh_key: 42, backups_enabled: true}}")
		w.emulator.Add(vpsorg.Server{ID: "7", Name: "n", Location: "us-west", Plan: vpsorg.ServerPlan{ID: "2"}, OS: vpsorg.OS{ID: "5"}})
		w.run(p)
		open := w.open()
		if len(open) != 1 {
			w.Fatalf("open intents: %+v", open)
		}
		sent, noted := reflect.ValueOf(p.Changes[0].(*planner.Create).Spec), reflect.ValueOf(open[0].Spec())
		for field, value := range sent.Fields() {
			if value.IsZero() {
				w.Errorf("give %s a value in this test", field.Name)
			}
			shown := field.Name != "SSHKey" && field.Name != "BackupsEnabled" // in lists
			if shown && noted.FieldByIndex(field.Index).IsZero() {
				w.Errorf("the intent has no %s", field.Name)
			}
		}
	})
}

// A server that the plan knows is not what a create made, whatever its name is by now;
// and none is made of a name that another has.
func TestKnownServerIsNotAdopted(t *testing.T) {
	inWorld(t, &emulator.Emulator{Fault: once("POST", "/servers/", emulator.Fault{Drop: true})}, func(w *world) {
		w.add("1", "x", "active")
		p := w.plan("servers: {x: {status: stopped}, n: {plan: 1, os: 5, location: us-west}}")
		time.AfterFunc(time.Second, func() { w.emulator.Edit("1", func(s *vpsorg.Server) { s.Name = "n" }) })
		if got := report(w.run(p)); !strings.Contains(got, "create n: failed: taken #1\n") {
			t.Errorf("%s", got)
		}
		if got := strings.Count(w.sent(0), "POST /servers/\n"); got != 1 {
			t.Errorf("the create was sent %d times:\n%s", got, w.sent(0))
		}
	})
}

// Two lists have to lack a server before its create is sent again, even where the
// first comes from after the window.
func TestOneListProvesNothing(t *testing.T) {
	begun, creates, lists := time.Time{}, 0, 0
	e := &emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
		switch {
		case r.Method == "POST" && creates == 0:
			creates, begun = 1, time.Now()
			return &emulator.Fault{Drop: true}
		case r.Method == "POST":
			creates++
		case creates == 1 && time.Since(begun) < 3*time.Minute:
			return &emulator.Fault{Answer: answer(400, "{}")}
		case creates == 1:
			lists++
		}
		return nil
	}}
	inWorld(t, e, func(w *world) {
		w.wantComplete(w.run(w.plan(oneNew)))
		if creates != 2 || lists < 2 {
			t.Errorf("%d creates, the second after %d lists", creates, lists)
		}
	})
}

// A change of which one attempt may take effect yet is unknown, whatever the later
// attempts are answered.
func TestAmbiguousAttemptIsRemembered(t *testing.T) {
	answers := []emulator.Fault{{Drop: true}, {Answer: answer(409, "{}")}, {Answer: answer(400, "{}")}}
	e := &emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
		if r.Method != "PATCH" || len(answers) == 0 {
			return nil
		}
		f := answers[0]
		answers = answers[1:]
		return &f
	}}
	inWorld(t, e, func(w *world) {
		w.add("1", "x", "active")
		if r := w.run(w.plan("servers: {x: {hostname: x.example.org}}")); r.Count(apply.Unknown) != 1 {
			t.Errorf("%s", report(r))
		}
	})
}

// Only a run of which everything is done is complete.
func TestComplete(t *testing.T) {
	for outcome, want := range map[apply.Outcome]bool{apply.Done: true, apply.Failed: false, apply.Unknown: false, apply.NotStarted: false} {
		r := apply.Result{Reports: []apply.Report{{Outcome: apply.Done}, {Outcome: outcome}}}
		if got := r.Complete(); got != want {
			t.Errorf("complete with %s: %t", outcome, got)
		}
	}
	if r := (apply.Result{Blocked: []planner.Blocked{{Name: "x"}}}); r.Complete() {
		t.Error("complete with a blocked entry")
	}
}
