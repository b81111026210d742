package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/internal/state/servertest"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

func TestMain(m *testing.M) {
	servertest.ServeBucket()
	os.Exit(m.Run())
}

// host is a command on a host of its own, which knows nothing of what others keep.
func host(t *testing.T, api, place string, args ...string) (code int, output string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	getenv := environment("VPS_API_URL", api, "VPS_API_TOKEN", "vps_host", "FLEET_STATE", place, "XDG_STATE_HOME", t.TempDir())
	code = Main(Process{Args: args, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Getenv: getenv})
	return code, stdout.String() + stderr.String()
}

// countedWorld serves an emulator that asks what goes wrong with its n-th create.
func countedWorld(t *testing.T, fault func(create int) *emulator.Fault) (e *emulator.Emulator, api string) {
	t.Helper()
	var creates atomic.Int32
	e = &emulator.Emulator{Provisioning: -1, Transition: -1}
	e.Fault = func(r *http.Request) *emulator.Fault {
		if r.Method != http.MethodPost {
			return nil
		}
		return fault(int(creates.Add(1)))
	}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return e, server.URL + "/api/v1"
}

// fleetOf writes a fleet file of so many servers.
func fleetOf(t *testing.T, n int) string {
	return fleetFile(t, fmt.Sprintf("version: 1\nservers:\n  web-[001:%03d]: {plan: 1, os: 5, location: us-west}\n", n))
}

// wantServers holds that there are so many servers, each name once.
func wantServers(t *testing.T, e *emulator.Emulator, n int) {
	t.Helper()
	seen := map[string]int{}
	for _, s := range e.Servers() {
		if seen[s.Name]++; seen[s.Name] == 2 {
			t.Errorf("%s is there twice", s.Name)
		}
	}
	if len(seen) != n {
		t.Errorf("%d servers are there, want %d", len(seen), n)
	}
}

// A store that is gone in the middle of an apply, and back some seconds later, costs
// the apply these seconds.
func TestStoreIsGoneInTheMiddle(t *testing.T) {
	servertest.InEach(t, func(t *testing.T, store servertest.Store) {
		const n = 40
		var gone sync.WaitGroup
		e, api := countedWorld(t, func(create int) *emulator.Fault {
			if create == 5 {
				store.Gone()
				gone.Go(func() { <-time.After(3 * time.Second); store.Back() })
			}
			return nil
		})
		place, file := store.URL(t), fleetOf(t, n)
		if code, out := host(t, api, place, "state", "init"); code != 0 {
			t.Fatal(out)
		}
		code, out := host(t, api, place, "apply", "--auto-approve", "--bootstrap", "--rate", "20", "-f", file)
		gone.Wait()
		if code != 0 {
			t.Errorf("exit code %d\n%s", code, out)
		}
		wantServers(t, e, n)
	})
}

// Two hosts apply at once while the API loses answers to creates, and a third goes on
// where they have left off: nothing is made twice, and nothing is missing.
func TestHostsShareAnAccount(t *testing.T) {
	servertest.InEach(t, func(t *testing.T, store servertest.Store) {
		const n = 30
		e, api := countedWorld(t, func(create int) *emulator.Fault {
			if create%5 == 0 {
				return &emulator.Fault{Stage: emulator.Committed, Drop: true}
			}
			return nil
		})
		place, file := store.URL(t), fleetOf(t, n)
		if code, out := host(t, api, place, "state", "init"); code != 0 {
			t.Fatal(out)
		}
		apply := []string{"apply", "--auto-approve", "--bootstrap", "--wait", "2m", "--settle", "2s", "-f", file}
		var hosts sync.WaitGroup
		for range 2 {
			hosts.Go(func() {
				if code, out := host(t, api, place, apply...); code != 0 && code != 3 {
					t.Errorf("exit code %d\n%s", code, out)
				}
			})
		}
		hosts.Wait()
		if code, out := host(t, api, place, apply...); code != 0 {
			t.Errorf("exit code %d\n%s", code, out)
		}
		wantServers(t, e, n)
	})
}
