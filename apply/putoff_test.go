package apply_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// busyFor refuses each change of a server for a while from its first attempt, and
// notes when each attempt came.
func busyFor(d time.Duration, refuse emulator.Fault, at *[]time.Time) func(*http.Request) *emulator.Fault {
	return func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodGet || r.URL.Path == "/api/v1/servers/" {
			return nil
		}
		*at = append(*at, time.Now())
		if time.Since((*at)[0]) < d {
			return &refuse
		}
		return nil
	}
}

// A server that the API is at work on is changed when that is over, within the
// time-out and with pauses that grow; it is told.
func TestBusyServerIsPutOff(t *testing.T) {
	refusals := map[string]emulator.Fault{
		"423":                            {Answer: answer(423, `{"detail":"The server is locked."}`)},
		"422 pending event":              {Answer: answer(422, `{"detail":"pending event"}`)},
		"409":                            {Answer: answer(409, `{"detail":"Another operation is in progress."}`)},
		"425":                            {Answer: answer(425, `{}`)},
		"409 without a word":             {Answer: answer(409, `{}`)},
		"500 locked":                     {Answer: answer(500, `{"detail":"the server is locked"}`)},
		"400 busy":                       {Answer: answer(400, `{"detail":"The server is busy."}`)},
		"403 by a proxy, a page of HTML": {Answer: answer(403, `<html><title>Forbidden</title></html>`)},
	}
	changes := map[string]string{
		"PATCH":  "servers: {x: {hostname: x.example.org}}",
		"stop":   "servers: {x: {status: stopped}}",
		"DELETE": "guards: {max_deletes: 1}\nservers: {x: {absent: true}}",
	}
	for said, refuse := range refusals {
		for change, file := range changes {
			t.Run(change+" "+said, func(t *testing.T) {
				var at []time.Time
				inWorld(t, &emulator.Emulator{Fault: busyFor(15*time.Second, refuse, &at)}, func(w *world) {
					w.add("1", "x", "active")
					w.converge(file)
					if n := len(at); n < 4 || n > 9 || at[2].Sub(at[1]) > at[n-1].Sub(at[n-2]) {
						t.Errorf("sent %d times, at %v", n, at)
					}
					if told := w.putOffs(); len(told) != 1 || told[0].Change.About().Name != "x" || told[0].Err == nil || told[0].Pause <= 0 {
						t.Errorf("told %+v", told)
					}
				})
			})
		}
	}
}

// So is a reboot, where the refusal is certain: its server is busy with its update.
func TestBusyServerIsRebootedLater(t *testing.T) {
	for status, want := range map[int]string{400: "done", 409: "done", 422: "done", 423: "done", 425: "done", 500: "unknown"} {
		var at []time.Time
		busy := busyFor(15*time.Second, emulator.Fault{Answer: answer(status, `{"detail":"locked"}`)}, &at)
		inWorld(t, &emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
			if r.Method == http.MethodPatch {
				return nil
			}
			return busy(r)
		}}, func(w *world) {
			w.add("1", "x", "active")
			r := w.run(w.plan("servers: {x: {hostname: x.example.org, reboot_on: [hostname]}}"))
			if got := report(r); !strings.HasPrefix(got, "update x: done\nreboot x: "+want) || want == "unknown" && len(at) > 1 {
				t.Errorf("%d, sent %d times: %s", status, len(at), got)
			}
		})
	}
}

// A server that stays busy is given up when the time is over, with what the API said.
func TestBusyForEver(t *testing.T) {
	for status, want := range map[int]string{423: "failed", 500: "unknown"} {
		var at []time.Time
		inWorld(t, &emulator.Emulator{Fault: busyFor(time.Hour, emulator.Fault{Answer: answer(status, `{"detail":"locked"}`)}, &at)}, func(w *world) {
			w.add("1", "x", "active")
			w.runner.Timeout = 3 * time.Minute
			p := w.plan("servers: {x: {hostname: x.example.org}}")
			var r *apply.Result
			took := elapsed(func() { r = w.run(p) })
			if took < 2*time.Minute+45*time.Second || took > 3*time.Minute {
				t.Errorf("given up after %s", took)
			}
			if got := report(r); !strings.HasPrefix(got, "update x: "+want+": refused: PATCH /servers/1/: ") || !strings.HasSuffix(got, ": locked\n") {
				t.Error(got)
			}
			if told := len(w.putOffs()); told < 3 || told > 6 {
				t.Errorf("told %d times in three minutes", told)
			}
		})
	}
}

// Work that shows as a status that nobody has heard of may pass as well; when the
// change has taken effect meanwhile, it is not sent again.
func TestBusyInAnUnknownStatus(t *testing.T) {
	var at []time.Time
	inWorld(t, &emulator.Emulator{Fault: busyFor(15*time.Second, emulator.Fault{Answer: answer(423, "{}")}, &at)}, func(w *world) {
		w.add("1", "x", "active")
		p := w.plan("servers: {x: {hostname: x.example.org}}")
		w.emulator.Edit("1", func(s *vpsorg.Server) { s.Status = "active" })
		time.AfterFunc(100*time.Millisecond, func() { w.emulator.Edit("1", func(s *vpsorg.Server) { s.Status = "migrating" }) })
		time.AfterFunc(40*time.Second, func() { w.emulator.Edit("1", func(s *vpsorg.Server) { s.Status = "active" }) })
		w.wantComplete(w.run(p))
		if len(at) != 2 {
			t.Errorf("sent %d times", len(at))
		}
	})
}

// An interrupt ends the pause of a change that was put off.
func TestInterruptEndsAPutOff(t *testing.T) {
	var at []time.Time
	inWorld(t, &emulator.Emulator{Fault: busyFor(time.Hour, emulator.Fault{Answer: answer(423, "{}")}, &at)}, func(w *world) {
		w.add("1", "x", "active")
		p := w.plan("servers: {x: {hostname: x.example.org}}")
		time.AfterFunc(time.Minute, func() { close(w.drain) })
		var r *apply.Result
		if took := elapsed(func() { r = w.run(p) }); took > time.Minute+time.Second {
			t.Errorf("it took %s", took)
		}
		if r.Count(apply.Done) > 0 || !r.Interrupted {
			t.Error(report(r))
		}
	})
}

// An outage during which nothing reaches the API ends no change.
func TestOutageOfChanges(t *testing.T) {
	var up atomic.Bool
	e := &emulator.Emulator{}
	e.Fault = func(r *http.Request) *emulator.Fault {
		if !up.Load() && r.Method != http.MethodGet {
			return &emulator.Fault{Stage: emulator.Unsent}
		}
		return nil
	}
	inWorld(t, e, func(w *world) {
		w.add("1", "x", "active")
		p := w.plan("servers: {x: {hostname: x.example.org}, n: {plan: 1, os: 5, location: us-west}}")
		time.AfterFunc(time.Minute, func() { up.Store(true) })
		w.wantComplete(w.run(p))
	})
}

// What the API says is so already is looked at, whatever the status of its answer.
func TestAlreadySo(t *testing.T) {
	for _, status := range []int{400, 403, 404, 405, 409, 410, 412, 422, 423} {
		for said, goal := range map[string]string{"Already off": "stopped", "already running": "active", "server is already stopped": "stopped"} {
			verb, from := "/stop/", vpsorg.Status("active")
			if goal == "active" {
				verb, from = "/start/", "stopped"
			}
			e := &emulator.Emulator{Fault: once("POST", verb, emulator.Fault{Answer: answer(status, `{"detail":"`+said+`"}`)})}
			inWorld(t, e, func(w *world) {
				w.add("1", "x", from)
				p := w.plan("servers: {x: {status: " + goal + "}}")
				e.Edit("1", func(s *vpsorg.Server) { s.Status = vpsorg.Status(goal) })
				r := w.run(p)
				if refused := status == 403; refused != (r.Count(apply.Failed) == 1) || refused == r.Complete() {
					t.Errorf("%d %s: %s", status, said, report(r))
				}
				if n := strings.Count(w.sent(0), "POST"); n != 1 {
					t.Errorf("%d %s: sent %d times", status, said, n)
				}
			})
		}
	}
}

// A page of a proxy, a 403 among polls, stops nothing.
func TestPageOfAProxyAmongPolls(t *testing.T) {
	var sent atomic.Int32
	inWorld(t, &emulator.Emulator{Provisioning: 3 * time.Minute, Fault: func(r *http.Request) *emulator.Fault {
		if n := sent.Add(1); r.Method == http.MethodGet && n > 6 && n < 10 {
			return &emulator.Fault{Answer: answer(403, "<html><title>Forbidden</title></html>")}
		}
		return nil
	}}, func(w *world) {
		w.wantComplete(w.run(w.plan(newServers)))
	})
}

// A create that is in conflict with what fleet cannot see is sent once and looked for
// once, and its error has the API's reason.
func TestCreateInConflict(t *testing.T) {
	const said = "name is used in another project"
	inWorld(t, &emulator.Emulator{Fault: times(-1, "POST", "/servers/", emulator.Fault{Answer: answer(409, `{"detail":"`+said+`"}`)})}, func(w *world) {
		p := w.plan(oneNew)
		var r *apply.Result
		if took := elapsed(func() { r = w.run(p) }); took > apply.DefaultSettle+time.Minute {
			t.Errorf("it took %s", took)
		}
		if d := cmp.Diff("create n: failed: refused: POST /servers/: 409 Conflict: "+said+"\n", report(r)); d != "" {
			t.Errorf("-want +got\n%s", d)
		}
		if d := cmp.Diff("POST /servers/\n", w.sent(0)); d != "" {
			t.Errorf("requests: -want +got\n%s", d)
		}
	})
}

// A wait that is longer than there is time for ends the run at once, and nothing is
// asked earlier than told.
func TestToldToWaitForLong(t *testing.T) {
	day := emulator.Fault{Answer: &emulator.Answer{Status: 429, Header: http.Header{"Retry-After": {"86400"}}}}
	for name, faulty := range map[string]func(*http.Request) bool{
		"an update": func(r *http.Request) bool { return r.Method == http.MethodPatch },
		"a poll":    func(r *http.Request) bool { return r.Method == http.MethodGet },
	} {
		var mu sync.Mutex // requests are answered side by side
		told, after, armed := false, 0, false
		e := &emulator.Emulator{Provisioning: time.Hour}
		e.Fault = func(r *http.Request) *emulator.Fault {
			mu.Lock()
			defer mu.Unlock()
			if told {
				after++
			}
			if told = told || armed && faulty(r); told {
				return &day
			}
			return nil
		}
		inWorld(t, e, func(w *world) {
			w.add("1", "x", "active")
			w.runner.Parallelism = 1
			p := w.plan(strings.TrimSuffix(newServers, "}") + ", x: {hostname: x.example.org}}")
			armed = true
			var r *apply.Result
			if took := elapsed(func() { r = w.run(p) }); took > 5*time.Minute {
				t.Errorf("%s: it took %s", name, took)
			}
			if got := report(r); !strings.Contains(got, "the API asks to wait 24h0m0s, until ") || r.Complete() || r.Interrupted {
				t.Errorf("%s:\n%s", name, got)
			}
			if after > 0 {
				t.Errorf("%s: asked %d times after it was told to wait", name, after)
			}
		})
	}
}

func (w *world) putOffs() (told []apply.ChangePutOff) {
	for _, e := range w.events {
		if e, ok := e.(apply.ChangePutOff); ok {
			told = append(told, e)
		}
	}
	return told
}
