package simulator

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/internal/race"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// everyAction is a file that, in the world of everyWorld, needs every action.
const everyAction = `version: 1
guards: {max_deletes: 100%}
defaults: {plan: 1, os: 5, location: us-west}
servers:
  create: {hostname: create.example.com}
  create-stopped: {status: stopped}
  update: {backups_enabled: true}
  update-all: {renamed_from: former, hostname: all.example.com, backups_enabled: true, reboot_on: [hostname]}
  start: {status: active}
  stop: {status: stopped}
  create-first: {plan: 2, replace: create-first, status: stopped}
  delete-first: {os: 3, replace: delete-first}
  delete: {absent: true}
`

var apis = map[string]func() *emulator.Emulator{
	"plain": func() *emulator.Emulator { return &emulator.Emulator{} },
	"pages and a lag": func() *emulator.Emulator {
		return &emulator.Emulator{PageSize: 3, UUIDs: true, Lag: emulator.Lag{Young: 7 * time.Second}}
	},
}

// crashWorld is a simulation of everyAction in which only the process fails.
func crashWorld(t *testing.T, api string) *simulation {
	s := newSimulation(0, token)
	s.api, s.texts, s.quiet = apis[api](), []string{everyAction}, true
	for _, name := range []string{"update", "former", "start", "stop", "create-first", "delete-first", "delete"} {
		v := vpsorg.Server{Name: name, Location: "us-west", Plan: vpsorg.ServerPlan{ID: "1"}, OS: vpsorg.OS{ID: "5"}}
		if name == "start" {
			v.Status = vpsorg.StatusStopped
		}
		s.api.Add(v)
	}
	if err := s.open(); err != nil {
		t.Fatal(err)
	}
	return s
}

// crashOnce lets one run die, starts another at once, and wants everything to
// come right when what was under way has landed.
func crashOnce(t *testing.T, api string, parallelism int, e end) *process {
	var first *process
	synctest.Test(t, func(t *testing.T) {
		s := crashWorld(t, api)
		first = s.newProcess(s.files[0])
		first.crash, first.parallelism = e, parallelism
		s.play(first)
		s.play(s.newProcess(s.files[0]))
		if wait := time.Until(s.landed); wait > 0 {
			time.Sleep(wait + time.Minute)
		}
		s.converge(s.files[0])
		if len(s.broken) > 0 {
			t.Errorf("broke\n  %s\nto see it again: go test ./internal/simulator -run '%s'\n%s", strings.Join(s.broken, "\n  "), t.Name(), s.story())
		}
	})
	return first
}

// TestCrashPoints kills a run at each of its requests, in every way, and at each
// write to its journal.
func TestCrashPoints(t *testing.T) {
	points, step := 0, 1
	if race.Enabled {
		step = 5
	}
	for api := range apis {
		for _, parallelism := range []int{1, 3} {
			t.Run(fmt.Sprintf("%s/%d at a time", api, parallelism), func(t *testing.T) {
				whole := crashOnce(t, api, parallelism, end{})
				count := whole.plan.Count()
				for _, a := range planner.Actions {
					if count[a] == 0 {
						t.Errorf("no %s in the plan", a)
					}
				}
				for i, d := range deaths {
					for n := 1 + i%step; n <= whole.calls; n += step {
						points++
						crashAt(t, api, parallelism, end{atCall: n, death: d})
					}
				}
				for n := 1; n <= whole.writes; n += step {
					points++
					crashAt(t, api, parallelism, end{atWrite: n})
				}
			})
		}
	}
	t.Logf("%d crash points", points)
}

func crashAt(t *testing.T, api string, parallelism int, e end) {
	name := fmt.Sprintf("request %d, %s", e.atCall, e.death)
	if e.atWrite > 0 {
		name = fmt.Sprintf("write %d", e.atWrite)
	}
	t.Run(name, func(t *testing.T) {
		p := crashOnce(t, api, parallelism, e)
		shared := e.atWrite > p.writes // two lines that came at one instant went to disk in one write
		if !p.dead.Load() && !shared {
			t.Error("it did not die")
		}
	})
}
