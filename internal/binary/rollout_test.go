package binary_test

import (
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// rolling is a fleet of twelve, a quarter of which may be away at once.
const rolling = `version: 1
servers:
  web-[01:12]: {plan: 1, os: 5, location: us-west}
rollouts:
  web:
    names: ["web-*"]
    max_unavailable: 25%%
    ready: [{http: {url: "http://{ip}:%s/"}}]
    ready_for: 300ms
    min_down: 5s
    ready_timeout: 10s
`

// Killed again and again, a rolling reboot never takes more services away than its
// budget, by their own record, and reboots each server once. It is killed while servers
// are away, but not within a request: of such a reboot nobody could tell.
func TestRollingRebootIsKilled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &emulator.Emulator{}, servers(1))
	all := newServices(w, 12)
	w.write("fleet.yaml", fmt.Sprintf(rolling, all.port))
	w.run("plan", "--reboot", "web-*", "--out", "plan.json").want(t, 0, "Rollout web of 12 servers: 3 unavailable at a time")
	carryOut := []string{"apply", "plan.json", "--poll-interval", "20ms", "--settle", "300ms"}
	for _, n := range []int{2, 6} {
		p := w.start(nil, carryOut...)
		all.await(p, n)
		p.signal(os.Kill)
		p.wait()
		w.settleWire()
		if sent, once := all.rebooted(); sent >= 12 || !once {
			t.Fatalf("after %d reboots it was killed, and %d were sent; each server once: %v", n, sent, once)
		}
	}
	w.run(carryOut...).want(t, 0, "Apply complete")
	if sent, once := all.rebooted(); sent != 12 || !once {
		t.Errorf("%d reboots were sent; each server once: %v", sent, once)
	}
	if most := all.mostAway(); most < 2 || most > 3 {
		t.Errorf("%d of 12 services were away at once, want 3", most)
	}
	w.run(carryOut...).want(t, 0, "Everything in this plan is done already.")
}

// await returns when so many reboots were sent and none has followed for a while, or the
// process has ended.
func (all *services) await(p *process, n int) {
	tick, before := time.NewTicker(5*time.Millisecond), 0
	defer tick.Stop()
	for {
		select {
		case <-p.ended:
			return
		case <-tick.C:
			if sent, _ := all.rebooted(); sent < n {
				before = sent
			} else if sent == before { // none is under way
				return
			} else {
				before = sent
				tick.Reset(100 * time.Millisecond)
			}
		}
	}
}

// Commands of a rollout are not run unasked, and nothing is changed without them. With
// leave, each runs before and after its server's reboot, and without the token.
func TestCommandsRunWhenAllowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &emulator.Emulator{}, servers(1))
	all := newServices(w, 3)
	w.write("fleet.yaml", fmt.Sprintf(`version: 1
servers:
  web-[01:03]: {plan: 1, os: 5, location: us-west}
rollouts:
  web:
    names: ["web-*"]
    ready: [{http: {url: "http://{ip}:%s/"}}]
    ready_for: 100ms
    min_down: 5s
    drain: {command: [./hook, "{name}", "{ip}"]}
    restore: {command: [./hook, "{name}", "{ip}"]}
`, all.port))
	w.write("hook", "#!/bin/sh\nenv | grep -q '^VPS_API_TOKEN=' && exit 9\necho \"$FLEET_PHASE $1 $2 $FLEET_SERVER_NAME\" >> hooks\n")
	if err := os.Chmod(w.dir+"/hook", 0o700); err != nil {
		t.Fatal(err)
	}
	reboot := []string{"apply", "--reboot", "web-*", "--only", "reboot", "--auto-approve", "--poll-interval", "20ms", "--settle", "300ms"}
	w.run(reboot...).want(t, 1, "--allow-commands")
	w.wantUntouched()
	w.run(append(reboot, "--allow-commands")...).want(t, 0, "Apply complete")
	want := "drain web-01 127.0.0.11 web-01\nrestore web-01 127.0.0.11 web-01\ndrain web-02 127.0.0.12 web-02\nrestore web-02 127.0.0.12 web-02\ndrain web-03 127.0.0.13 web-03\nrestore web-03 127.0.0.13 web-03\n"
	if got := w.files()["hooks"]; got != want {
		t.Errorf("the commands ran as\n%s, want\n%s", got, want)
	}
	if all.mostAway() != 1 {
		t.Errorf("%d services were away at once", all.mostAway())
	}
}

// A server that does not come back stops its rollout: no other is touched.
func TestFailedCanaryStopsTheRollout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &emulator.Emulator{}, servers(1))
	all := newServices(w, 4)
	w.write("fleet.yaml", fmt.Sprintf(`version: 1
servers:
  web-[01:04]: {plan: 1, os: 5, location: us-west}
rollouts:
  web:
    names: ["web-*"]
    max_unavailable: 2
    steps: [1, 100%%]
    ready: [{http: {url: "http://{ip}:%s/"}}]
    ready_for: 100ms
    min_down: 1s
    ready_timeout: 2s
`, all.port))
	var sent atomic.Int64
	w.onRequest(func(r *http.Request) {
		if r.Method == http.MethodPost {
			sent.Add(1)
			for _, s := range all.of {
				if s.ip == "127.0.0.11" {
					s.stopForGood()
				}
			}
		}
	})
	w.run("apply", "--reboot", "web-*", "--only", "reboot", "--auto-approve", "--poll-interval", "20ms", "--settle", "300ms").want(t, 3, "web: stopped because of web-01")
	if sent.Load() != 1 {
		t.Errorf("%d reboots were sent past a canary that failed", sent.Load())
	}
}

// stopForGood ends a service.
func (s *service) stopForGood() {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	s.ready = false
	s.server.Close()
}
