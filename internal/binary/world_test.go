package binary_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// world is an account behind a socket, and a folder in which fleet is run.
type world struct {
	*testing.T
	*emulator.Emulator
	url   string
	token string
	dir   string

	patience time.Duration // with its processes; 0: the usual

	mu      sync.Mutex
	changed *sync.Cond
	conns   int       // open connections
	wire    []request // every request that changes something, in order of arrival
	hook    func(*http.Request)
}

// request is one that came in on the wire.
type request struct {
	at     time.Time
	method string
	path   string
	name   string // in the body
}

// newWorld serves an emulator to fleet, with this fleet file.
func newWorld(t *testing.T, e *emulator.Emulator, file string) *world {
	t.Helper()
	w := &world{T: t, Emulator: e, dir: t.TempDir(), token: "vps_binary"}
	w.changed = sync.NewCond(&w.mu)
	if e.Provisioning == 0 {
		e.Provisioning = 50 * time.Millisecond
	}
	e.Transition = 20 * time.Millisecond
	server := httptest.NewUnstartedServer(w)
	server.Config.ConnState = w.connection
	server.Start()
	t.Cleanup(server.Close)
	w.url = server.URL
	w.write("fleet.yaml", file)
	return w
}

// servers is a fleet file of n servers, web-001 and so on.
func servers(n int) string {
	return fmt.Sprintf("version: 1\nservers:\n  web-[001:%03d]: {plan: 1, os: 5, location: us-west}\n", n)
}

func (w *world) write(name, text string) {
	w.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
}

// add puts a server in place, as the file of servers has it.
func (w *world) add(name string) {
	w.Add(vpsorg.Server{Name: name, Location: "us-west", Plan: vpsorg.ServerPlan{ID: "1"}, OS: vpsorg.OS{ID: "5"}})
}

// ServeHTTP writes a request down and hands it on.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/" {
		return // only to come in
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // its sender died over it
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var named struct{ Name string }
	json.Unmarshal(body, &named) // not all have a body
	w.mu.Lock()
	if r.Method != http.MethodGet {
		w.wire = append(w.wire, request{time.Now(), r.Method, r.URL.Path, named.Name})
	}
	hook := w.hook
	w.mu.Unlock()
	if hook != nil {
		hook(r)
	}
	w.Emulator.ServeHTTP(rw, r)
}

// onRequest has every request from here on shown to f before it is handled.
func (w *world) onRequest(f func(*http.Request)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hook = f
}

func (w *world) connection(_ net.Conn, s http.ConnState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch s {
	case http.StateNew:
		w.conns++
	case http.StateClosed:
		w.conns--
		w.changed.Broadcast()
	}
}

// settleWire returns when nothing that a dead process has sent is still to be
// handled.
func (w *world) settleWire() {
	w.Helper()
	last := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := last.Get(w.url + "/") // connections are accepted in turn, so this is the last
	if err != nil {
		w.Fatal(err)
	}
	answer.Body.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.conns > 0 {
		w.changed.Wait()
	}
}

// sent is what has come in on the wire and changes something.
func (w *world) sent() []request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.wire)
}

// creates is how many creates of each name have come in on the wire.
func (w *world) creates() map[string]int {
	n := make(map[string]int)
	for _, r := range w.sent() {
		if r.method == http.MethodPost && r.path == "/api/v1/servers/" {
			n[r.name]++
		}
	}
	return n
}

// named is how many servers there are of each name.
func (w *world) named() map[string]int {
	n := make(map[string]int)
	for _, s := range w.Servers() {
		n[s.Name]++
	}
	return n
}

// wantNoTwins fails the test where a name has more than one server.
func (w *world) wantNoTwins() {
	w.Helper()
	for name, n := range w.named() {
		if n > 1 {
			w.Errorf("%d servers are named %s", n, name)
		}
	}
}

// wantComplete holds the world against a file of n servers: each is there once,
// is active, and nothing was sent but creates that the documentation allows.
func (w *world) wantComplete(n int) {
	w.Helper()
	named := w.named()
	for i := 1; i <= n; i++ {
		if name := fmt.Sprintf("web-%03d", i); named[name] != 1 {
			w.Errorf("%d servers are named %s", named[name], name)
		}
	}
	for _, s := range w.Servers() {
		if s.Status != vpsorg.StatusActive {
			w.Errorf("%s is %s", s.Name, s.Status)
		}
	}
	if len(named) != n {
		w.Errorf("there are servers of %d names, want %d", len(named), n)
	}
	for _, r := range w.sent() {
		if r.method != http.MethodPost || r.path != "/api/v1/servers/" {
			w.Errorf("%s %s was sent", r.method, r.path)
		}
	}
	for _, d := range w.Deviations() {
		w.Errorf("the documentation does not allow %s", d)
	}
}

// wantUntouched fails the test if anything was sent that changes something.
func (w *world) wantUntouched() {
	w.Helper()
	if sent := w.sent(); len(sent) > 0 {
		w.Errorf("%d changes were sent, the first %s %s", len(sent), sent[0].method, sent[0].path)
	}
}

// wantIdle holds that there is nothing left to do and nothing left in doubt.
func (w *world) wantIdle() {
	w.Helper()
	w.run("plan", "--detailed-exitcode").want(w.T, 0, "No changes.")
}

// applying are the arguments of an apply that does not waste the test's time.
func applying(more ...string) []string {
	return append([]string{"apply", "--auto-approve", "--bootstrap", "--poll-interval", "20ms", "--settle", "300ms"}, more...)
}

// files are the files below the world's folder, by path, but for the fleet file.
func (w *world) files() map[string]string {
	w.Helper()
	found := make(map[string]string)
	err := filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || d.Name() == "fleet.yaml" {
			return err
		}
		data, err := os.ReadFile(path)
		found[strings.TrimPrefix(path, w.dir+"/")] = string(data)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return found
}
