package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/vps-fleet/fleet/internal/cli"
	"github.com/vps-fleet/fleet/internal/state/servertest"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// sharedStore is a store that hosts share: each URL is that of an empty state.
type sharedStore struct {
	url        func(t *testing.T) string
	gone, back func() // the store stops answering, and answers again with all that it had
}

// inEach runs a test with each kind of store.
func inEach(t *testing.T, test func(*testing.T, sharedStore)) {
	t.Run("in a bucket", func(t *testing.T) {
		bucket := servertest.NewBucket(t)
		proxy := servertest.NewProxy(t, bucket.Addr)
		var states atomic.Int32
		test(t, sharedStore{
			url:  func(*testing.T) string { return servertest.BucketURL(proxy.Addr, fmt.Sprint("state", states.Add(1))) },
			gone: func() { proxy.Lose(0, 1<<30) },
			back: func() { proxy.Lose(0, 0) },
		})
	})
	t.Run("in PostgreSQL", func(t *testing.T) {
		server := servertest.NewPostgres(t)
		test(t, sharedStore{
			url:  func(t *testing.T) string { return server.URL(server.NewDatabase(t)) },
			gone: server.Stop,
			back: server.Start,
		})
	})
}

// TestSharedState runs the stories of testdata/shared with each store, empty and named
// by FLEET_STATE.
func TestSharedState(t *testing.T) {
	inEach(t, func(t *testing.T, store sharedStore) {
		runScripts(t, "testdata/shared", func(env *testscript.Env) {
			for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
				env.Setenv(name, os.Getenv(name))
			}
			env.Setenv("FLEET_STATE", store.url(t))
		})
	})
}

// host is a command on a host of its own, which knows nothing of what others keep.
func host(t *testing.T, api, place string, args ...string) (code int, output string) {
	t.Helper()
	folder := t.TempDir()
	var stdout, stderr bytes.Buffer
	variables := map[string]string{"VPS_API_URL": api, "VPS_API_TOKEN": "vps_host", "FLEET_STATE": place, "XDG_STATE_HOME": folder}
	code = cli.Main(cli.Process{Args: args, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Getenv: func(name string) string { return variables[name] }})
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

// servers writes a fleet file of so many.
func servers(t *testing.T, n int) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "fleet.yaml")
	text := fmt.Sprintf("version: 1\nservers:\n  web-[001:%03d]: {plan: 1, os: 5, location: us-west}\n", n)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
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
	inEach(t, func(t *testing.T, store sharedStore) {
		const n = 40
		var gone sync.WaitGroup
		e, api := countedWorld(t, func(create int) *emulator.Fault {
			if create == 5 {
				store.gone()
				gone.Go(func() { <-time.After(3 * time.Second); store.back() })
			}
			return nil
		})
		place, file := store.url(t), servers(t, n)
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
	inEach(t, func(t *testing.T, store sharedStore) {
		const n = 30
		e, api := countedWorld(t, func(create int) *emulator.Fault {
			if create%5 == 0 {
				return &emulator.Fault{Stage: emulator.Committed, Drop: true}
			}
			return nil
		})
		place, file := store.url(t), servers(t, n)
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
