package apply_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

const newServers = "defaults: {plan: 1, os: 5, location: us-west}\nservers: {a: {}, b: {}, c: {}}"

// dropped is an answer that is lost, after the request has taken effect.
var dropped = emulator.Fault{Drop: true, Stage: emulator.Committed}

// failures are what can go wrong with a change, and what is told of it and sent then.
var failures = []struct {
	name     string
	file     string
	fault    func(*http.Request) *emulator.Fault
	meddle   func(w *world) // between the plan and the apply
	want     string
	requests string
}{
	{name: "a server that was deleted meanwhile", file: "servers: {x: {hostname: x.example.org}, y: {status: stopped}}",
		meddle: func(w *world) { w.emulator.Remove("1") },
		want: "update x: failed: gone: PATCH /servers/1/: 404 Not Found: Not found.\n" +
			"stop y: done\n",
		requests: "PATCH /servers/1/\nPOST /servers/2/stop/\n"},
	{name: "the reply to a patch is lost", file: "servers: {x: {hostname: x.example.org}}",
		fault: once("PATCH", "/1/", dropped), want: "update x: done\n", requests: "PATCH /servers/1/\n"},
	{name: "a patch is lost", file: "servers: {x: {hostname: x.example.org}}",
		fault: once("PATCH", "/1/", emulator.Fault{Drop: true}), want: "update x: done\n", requests: "PATCH /servers/1/\nPATCH /servers/1/\n"},
	{name: "a stop takes effect and answers 500", file: "servers: {x: {status: stopped}}",
		fault: once("POST", "/stop/", emulator.Fault{Stage: emulator.Committed, Answer: answer(500, "{}")}),
		want:  "stop x: done\n", requests: "POST /servers/1/stop/\n"},
	{name: "started by somebody else", file: "servers: {z: {status: active}}",
		meddle: func(w *world) {
			w.emulator.Edit("3", func(s *vpsorg.Server) { s.Status = vpsorg.StatusActive })
		},
		want: "start z: done\n", requests: "POST /servers/3/start/\n"},
	{name: "a reboot that nobody can tell is never repeated", file: "servers: {x: {hostname: x.example.org, reboot_on: [hostname]}}",
		fault:    once("POST", "/reboot/", dropped),
		want:     "update x: done\nreboot x: unknown: unanswered: POST /servers/1/reboot/: read tcp: connection reset by peer\n",
		requests: "PATCH /servers/1/\nPOST /servers/1/reboot/\n"},
	{name: "a delete whose reply is lost", file: "servers: {x: {absent: true}}",
		fault: once("DELETE", "/1/", dropped), want: "delete x: done\n", requests: "DELETE /servers/1/\n"},
	{name: "a delete of a server that has another name by now", file: "servers: {x: {absent: true}}",
		meddle: func(w *world) { w.emulator.Edit("1", func(s *vpsorg.Server) { s.Name = "precious" }) },
		want:   "delete x: failed: changed name:x→precious\n"},
	{name: "a delete of a server that was deleted", file: "servers: {x: {absent: true}}",
		meddle: func(w *world) { w.emulator.Remove("1") }, want: "delete x: done\n"},
	{name: "a delete of a server whose name is another's by now", file: "servers: {x: {absent: true}}",
		meddle: func(w *world) { w.emulator.Remove("1"); w.add("9", "x", "active") }, want: "delete x: done\n"},
	{name: "the replacement cannot be created", file: "servers: {x: {plan: 2, replace: create-first}}",
		fault:    once("POST", "/servers/", emulator.Fault{Answer: answer(402, `{"detail":"no credit"}`)}),
		want:     "replace x: failed: refused: POST /servers/: 402 Payment Required: no credit\n",
		requests: "POST /servers/\n"},
	{name: "nothing after what was not done", file: "servers: {x: {hostname: x.example.org, status: stopped}}",
		fault:    once("PATCH", "/1/", emulator.Fault{Answer: answer(400, `{"hostname":["No."]}`)}),
		want:     "update x: failed: refused: PATCH /servers/1/: 400 Bad Request: hostname: No.\nstop x: not started: needs x\n",
		requests: "PATCH /servers/1/\n"},
	{name: "a 429 only puts off", file: "servers: {x: {hostname: x.example.org}, n: {plan: 1, os: 5, location: us-west}}",
		fault: times(3, "POST", "/servers/", emulator.Fault{Answer: &emulator.Answer{Status: 429, Header: http.Header{"Retry-After": {"2"}}}}),
		want:  "create n: done\nupdate x: done\n", requests: "PATCH /servers/1/\nPOST /servers/\nPOST /servers/\nPOST /servers/\nPOST /servers/\n"},
	{name: "a create that never left is sent again", file: "servers: {n: {plan: 1, os: 5, location: us-west}}",
		fault: times(2, "POST", "/servers/", emulator.Fault{Stage: emulator.Unsent}), want: "create n: done\n", requests: "POST /servers/\n"},
}

// TestFailures makes one thing go wrong in an apply and looks at what is
// reported, what was sent, and what is left.
func TestFailures(t *testing.T) {
	for _, test := range failures {
		t.Run(test.name, func(t *testing.T) {
			inWorld(t, &emulator.Emulator{Fault: test.fault}, func(w *world) {
				w.add("1", "x", "active")
				w.add("2", "y", "active")
				w.add("3", "z", "stopped")
				p := w.plan(test.file)
				if test.meddle != nil {
					test.meddle(w)
				}
				if d := cmp.Diff(test.want, report(w.run(p))); d != "" {
					t.Errorf("-want +got\n%s", d)
				}
				if d := cmp.Diff(test.requests, sorted(w.sent(0))); d != "" {
					t.Errorf("requests: -want +got\n%s", d)
				}
			})
		})
	}
}

func sorted(text string) string {
	l := strings.SplitAfter(text, "\n")
	for i := range l { // few lines: order by hand keeps equal ones together
		for j := i + 1; j < len(l); j++ {
			if l[j] < l[i] && l[j] != "" {
				l[i], l[j] = l[j], l[i]
			}
		}
	}
	return strings.Join(l, "")
}

// What refuses a create because of the account, and not of the server, stops creates
// alone: those that come after say so in the API's words.
func TestRefusalThatStopsCreatesOnly(t *testing.T) {
	limit := times(-1, "POST", "/servers/", emulator.Fault{Answer: answer(403, `{"detail":"server limit reached"}`)})
	for name, test := range map[string]struct {
		account *emulator.Emulator
		done    bool // the first create
		said    string
		code    planner.Code
	}{
		"credit": {&emulator.Emulator{Credit: 1}, true, "402 Payment Required: Insufficient credit to create this server.", planner.CodeNoCredit},
		"limit":  {&emulator.Emulator{Fault: limit}, false, "403 Forbidden: server limit reached", planner.CodeNoCreates},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, test.account, func(w *world) {
				w.add("1", "x", "active")
				w.add("2", "y", "active")
				w.runner.Parallelism = 1
				r := w.run(w.plan("guards: {max_deletes: 9}\n" + strings.TrimSuffix(newServers, "}") + ", x: {hostname: x.example.org, status: stopped}, y: {plan: 2, replace: delete-first}}"))
				said := ": POST /servers/: " + test.said + "\n"
				refused, after := "failed: refused"+said, "not started: "+string(test.code)+said
				want := "create a: " + refused + "create b: " + after
				if test.done {
					want = "create a: done\ncreate b: " + refused
				}
				want += "create c: " + after + "update x: done\nreplace y: " + after + "stop x: done\n"
				if d := cmp.Diff(want, report(r)); d != "" {
					t.Errorf("-want +got\n%s", d)
				}
			})
		})
	}
}

// A refused token stops everything. What is refused to creates alone, such as a
// server beyond a limit, stops creates.
func TestRefusedTokenStopsEverything(t *testing.T) {
	for status, done := range map[int]int{401: 0, 403: 1} {
		e := &emulator.Emulator{Fault: times(-1, "POST", "/servers/", emulator.Fault{Answer: answer(status, "{}")})}
		inWorld(t, e, func(w *world) {
			w.add("1", "x", "active")
			w.runner.Parallelism = 1
			r := w.run(w.plan(strings.TrimSuffix(newServers, "}") + ", x: {hostname: x.example.org}}"))
			if r.Count(apply.Failed) != 1 || r.Count(apply.NotStarted) != 3-done || r.Count(apply.Done) != done || r.Interrupted {
				t.Errorf("after a %d:\n%s", status, report(r))
			}
		})
	}
}

func TestServerThatNeverArrives(t *testing.T) {
	inWorld(t, &emulator.Emulator{}, func(w *world) {
		w.runner.Timeout = 10 * time.Minute
		w.emulator.Fault = func(r *http.Request) *emulator.Fault {
			for _, s := range w.emulator.Servers() {
				w.emulator.Edit(s.ID, func(s *vpsorg.Server) { s.Status = vpsorg.StatusProvisioning })
			}
			return nil
		}
		p := w.plan("servers: {n: {plan: 1, os: 5, location: us-west}}")
		var r *apply.Result
		if d := elapsed(func() { r = w.run(p) }); d < 10*time.Minute || d > 11*time.Minute {
			t.Errorf("it took %s", d)
		}
		want := "create n: unknown: not_ready status:provisioning→active\n"
		if d := cmp.Diff(want, report(r)); d != "" {
			t.Errorf("-want +got\n%s", d)
		}
		if d := cmp.Diff("POST /servers/\n", w.sent(0)); d != "" {
			t.Errorf("requests: -want +got\n%s", d)
		}
	})
}

func TestWaitsThatEndBadly(t *testing.T) {
	for _, test := range []struct {
		name   string
		meddle func(w *world, id vpsorg.ID)
		want   string
	}{
		{"suspended", func(w *world, id vpsorg.ID) {
			w.emulator.Edit(id, func(s *vpsorg.Server) { s.Status = "suspended" })
		}, "create n: failed: status suspended\n"},
		{"in error", func(w *world, id vpsorg.ID) {
			w.emulator.Edit(id, func(s *vpsorg.Server) { s.Status = "error" })
		}, "create n: failed: status error\n"},
		{"failed", func(w *world, id vpsorg.ID) {
			w.emulator.Edit(id, func(s *vpsorg.Server) { s.Status = "failed" })
		}, "create n: failed: status failed\n"},
		{"stopped by somebody", func(w *world, id vpsorg.ID) {
			w.emulator.Edit(id, func(s *vpsorg.Server) { s.Status = "stopped" })
		}, "create n: failed: ended status:stopped→active\n"},
		{"deleted by somebody", func(w *world, id vpsorg.ID) { w.emulator.Remove(id) },
			"create n: failed: gone provisioning\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			inWorld(t, &emulator.Emulator{Provisioning: time.Hour}, func(w *world) {
				p := w.plan("servers: {n: {plan: 1, os: 5, location: us-west}}")
				go func() {
					time.Sleep(time.Minute)
					test.meddle(w, w.emulator.Servers()[0].ID)
				}()
				if d := cmp.Diff(test.want, report(w.run(p))); d != "" {
					t.Errorf("-want +got\n%s", d)
				}
			})
		})
	}
}

// TestListThatLags creates servers that the list does not show for a while.
func TestListThatLags(t *testing.T) {
	inWorld(t, &emulator.Emulator{Lag: emulator.Lag{Young: time.Minute}}, func(w *world) {
		w.wantComplete(w.run(w.plan(newServers)))
		if got := strings.Count(w.live(), "\n"); got != 3 {
			t.Errorf("%d servers", got)
		}
	})
}

// TestEditsDuringALongApply lets somebody edit servers after the apply has begun.
// What was seen a while ago is looked at again.
func TestEditsDuringALongApply(t *testing.T) {
	slow := times(1, "PATCH", "/1/", emulator.Fault{Delay: 15 * time.Second})
	inWorld(t, &emulator.Emulator{Fault: slow}, func(w *world) {
		w.runner.Parallelism = 1
		for _, s := range []string{"1 a active", "2 b active", "3 c active", "4 d stopped", "5 e active"} {
			f := strings.Fields(s)
			w.add(f[0], f[1], vpsorg.Status(f[2]))
		}
		p := w.plan("servers: {a: {hostname: x, reboot_on: [hostname]}, b: {hostname: x}, c: {status: stopped}, d: {status: active}, e: {hostname: x, reboot_on: [hostname]}}")
		time.AfterFunc(5*time.Second, func() {
			edited := "edited.example.com"
			w.emulator.Edit("2", func(s *vpsorg.Server) { s.Hostname = &edited })
			w.emulator.Edit("3", func(s *vpsorg.Server) { s.Status = "stopped" })
			w.emulator.Edit("4", func(s *vpsorg.Server) { s.Status = "suspended" })
			w.emulator.Edit("5", func(s *vpsorg.Server) { s.Status = "stopped" })
		})
		want := "update a: done\n" +
			"update b: failed: changed hostname:b.example.com→edited.example.com\n" +
			"update e: done\n" +
			"start d: failed: status suspended\n"
		got := report(w.run(p))
		if !strings.HasPrefix(got, want) || !strings.Contains(got, "stop c: done\nreboot a: done\nreboot e: failed: changed status:active→stopped") {
			t.Errorf("got\n%s", got)
		}
		if d := cmp.Diff("PATCH /servers/1/\nPATCH /servers/5/\nPOST /servers/1/reboot/\n", sorted(w.sent(0))); d != "" {
			t.Errorf("requests: -want +got\n%s", d)
		}
	})
}
