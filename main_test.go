package main

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/vps-fleet/fleet/internal/recipes"
	"github.com/vps-fleet/fleet/internal/state/servertest"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

func TestMain(m *testing.M) {
	servertest.ServeBucket()
	flag.Set("test.parallel", "8") // stories wait for servers most of the time
	testscript.Main(m, map[string]func(){"fleet": main, "gh": recipes.GH})
}

// TestScript runs the stories of testdata/script through the real main.
func TestScript(t *testing.T) { runScripts(t, "testdata/script", func(*testscript.Env) {}) }

func runScripts(t *testing.T, dir string, setup func(*testscript.Env)) {
	commands := recipes.Commands()
	maps.Copy(commands, map[string]func(*testscript.TestScript, bool, []string){
		"api":      startAPI,
		"drift":    drift,
		"requests": requests,
		"live":     live,
		"refuse":   refuse,
	})
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			dir, err := os.Getwd()
			env.Setenv("EXAMPLES", filepath.Join(dir, "examples"))
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else a command under the race detector ends a second late
			setup(env)
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, ".state"))
			r := new(refusals)
			env.Values[apiKey{}], env.Values[refusalsKey{}] = &emulator.Emulator{Fault: r.next}, r
			return err
		},
		Cmds: commands,
	})
}

// TestSharedState runs the stories of testdata/shared with each store, empty and named
// by FLEET_STATE.
func TestSharedState(t *testing.T) {
	servertest.InEach(t, func(t *testing.T, store servertest.Store) {
		runScripts(t, "testdata/shared", func(env *testscript.Env) {
			for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
				env.Setenv(name, os.Getenv(name))
			}
			env.Setenv("FLEET_STATE", store.URL(t))
		})
	})
}

// apiKey is where a script keeps its emulator.
type apiKey struct{}

func world(ts *testscript.TestScript) *emulator.Emulator {
	return ts.Value(apiKey{}).(*emulator.Emulator)
}

// startAPI serves an emulator whose transitions take no time and points the
// script's environment at it: api [credit=N] [pages=N] [uuids].
func startAPI(ts *testscript.TestScript, _ bool, args []string) {
	e := world(ts)
	e.Token, e.Provisioning, e.Transition = "vps_script", -1, -1
	for _, arg := range args {
		option, value, _ := strings.Cut(arg, "=")
		n, _ := strconv.Atoi(value)
		switch option {
		case "credit":
			e.Credit = n
		case "pages":
			e.PageSize = n
		case "uuids":
			e.UUIDs = true
		default:
			ts.Fatalf("api has no option %s", option)
		}
	}
	server := httptest.NewServer(e)
	ts.Defer(server.Close)
	ts.Setenv("VPS_API_URL", server.URL+"/api/v1")
	ts.Setenv("VPS_API_TOKEN", e.Token)
	ts.Setenv("FLEET_SETTLE", "10ms") // it never lags, so what others do at once is no reason to wait
}

// refuse lets the API answer the next requests of a method whose path ends so with a
// status: refuse METHOD SUFFIX TIMES STATUS WORDS.
func refuse(ts *testscript.TestScript, _ bool, args []string) {
	left, _ := strconv.Atoi(args[2])
	status, _ := strconv.Atoi(args[3])
	r := ts.Value(refusalsKey{}).(*refusals)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.method, r.suffix, r.left = args[0], args[1], left
	r.answer = emulator.Answer{Status: status, Body: fmt.Sprintf(`{"detail":%q}`, args[4])}
}

// refusals are the requests that a script's API is still to refuse.
type refusals struct {
	mu             sync.Mutex
	method, suffix string
	left           int
	answer         emulator.Answer
}

// refusalsKey is where a script keeps its refusals.
type refusalsKey struct{}

func (r *refusals) next(req *http.Request) *emulator.Fault {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.left == 0 || req.Method != r.method || !strings.HasSuffix(req.URL.Path, r.suffix) {
		return nil
	}
	r.left--
	answer := r.answer
	return &emulator.Fault{Answer: &answer}
}

// drift changes a server behind fleet's back: drift NAME FIELD VALUE, drift NAME
// gone, or drift NAME new, which adds one that has been there for long.
func drift(ts *testscript.TestScript, _ bool, args []string) {
	e := world(ts)
	if args[1] == "new" {
		e.Add(vpsorg.Server{Name: args[0], Location: "us-west", CreatedAt: "2025-01-10T14:30:00Z", Plan: vpsorg.ServerPlan{ID: "1"}, OS: vpsorg.OS{ID: "5"}})
		return
	}
	for _, s := range e.Servers() {
		if s.Name != args[0] {
			continue
		}
		if args[1] == "gone" {
			e.Remove(s.ID)
			return
		}
		e.Edit(s.ID, func(s *vpsorg.Server) {
			switch field, value := args[1], args[2]; field {
			case "hostname":
				if value == "evil" {
					value += "\x1b[2J\u202e" // no script can write that
				}
				s.Hostname = &value
			case "status":
				s.Status = vpsorg.Status(value)
			case "ip":
				s.IPAddress, s.IPv6Address = nil, nil
			case "backups_enabled":
				on := value == "true"
				s.BackupsEnabled = &on
			default:
				ts.Fatalf("drift has no field %s", field)
			}
		})
		return
	}
	ts.Fatalf("there is no server %s", args[0])
}

// requests holds the requests since the script began against numbers by method:
// requests GET=3 POST=2. With only GET there were no others, and ! requests says
// that there were none. Never may one deviate from the documentation.
func requests(ts *testscript.TestScript, neg bool, args []string) {
	e := world(ts)
	if d := e.Deviations(); len(d) > 0 {
		ts.Fatalf("requests that the documentation does not allow:\n%s", strings.Join(d, "\n"))
	}
	sent := map[string]int{}
	for _, entry := range e.Ledger() {
		sent[entry.Method]++
	}
	if neg && len(sent) > 0 {
		ts.Fatalf("requests were sent: %v", sent)
	}
	if len(args) == 2 && args[0] == "only" {
		if len(sent) != 1 || sent[args[1]] == 0 {
			ts.Fatalf("requests sent are %v, want only %s", sent, args[1])
		}
		return
	}
	for _, arg := range args {
		method, n, _ := strings.Cut(arg, "=")
		if got := strconv.Itoa(sent[method]); got != n {
			ts.Fatalf("%s %s requests were sent, want %s", got, method, n)
		}
	}
}

// live holds the names, statuses and hostnames of all servers against a file:
// live FILE.
func live(ts *testscript.TestScript, _ bool, args []string) {
	var lines []string
	for _, s := range world(ts).Servers() {
		hostname := "-"
		if s.Hostname != nil {
			hostname = strings.Trim(strconv.QuoteToASCII(*s.Hostname), `"`)
		}
		lines = append(lines, fmt.Sprintf("%s %s %s\n", s.Name, s.Status, hostname))
	}
	slices.Sort(lines)
	if got, want := strings.Join(lines, ""), ts.ReadFile(args[0]); got != want {
		ts.Fatalf("the servers are\n%swant\n%s", got, want)
	}
}
