package cli

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/vps-fleet/fleet/internal/inventory"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// A list that is short, torn, refused or empty leaves no output, and the file of
// --out as it was.
func TestNoBrokenListIsAnInventory(t *testing.T) {
	const one = `{"id": 1, "name": "web-01", "status": "active", "ip_address": "203.0.113.1"}`
	for name, answer := range map[string]func(http.ResponseWriter){
		"short":      func(w http.ResponseWriter) { fmt.Fprintf(w, `{"count": 2, "results": [%s]}`, one) },
		"twice one":  func(w http.ResponseWriter) { fmt.Fprintf(w, `{"count": 2, "results": [%s, %s]}`, one, one) },
		"torn":       func(w http.ResponseWriter) { fmt.Fprintf(w, `{"count": 1, "results": [%s`, one) },
		"no list":    func(w http.ResponseWriter) { io.WriteString(w, `{}`) },
		"null":       func(w http.ResponseWriter) { io.WriteString(w, `null`) },
		"empty":      func(w http.ResponseWriter) { io.WriteString(w, `{"count": 0, "results": []}`) },
		"no content": func(w http.ResponseWriter) { w.WriteHeader(204) },
		"refused":    func(w http.ResponseWriter) { w.WriteHeader(403) },
		"no token":   func(w http.ResponseWriter) { w.WriteHeader(401) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/servers/") {
					answer(w)
					return
				}
				w.WriteHeader(http.StatusNotFound)
			}))
			defer server.Close()
			out := filepath.Join(t.TempDir(), "hosts.json")
			if err := os.WriteFile(out, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			formats := inventory.Formats()
			if name == "short" || name == "twice one" { // which are read again for a second
				formats = formats[:1]
			}
			for _, format := range formats {
				var stdout, stderr bytes.Buffer
				code := Main(Process{
					Args:   []string{"list", "-f", fleetFile(t, twoServers), "-o", format, "--zone", "example.com", "--out", out},
					Stdout: &stdout, Stderr: &stderr, Getenv: environment("VPS_API_URL", server.URL+"/api/v1", "VPS_API_TOKEN", "vps_test"),
				})
				if data, _ := os.ReadFile(out); code != 1 || stdout.Len() > 0 || string(data) != "old" {
					t.Errorf("-o %s: exit code %d, stdout %q, file %q, stderr %s", format, code, stdout.String(), data, stderr.String())
				}
			}
		})
	}
}

// The sandbox's made-up account is the same each time, and has all that is awkward.
func TestSeed(t *testing.T) {
	var a, b emulator.Emulator
	seed(&a, 60)
	seed(&b, 60)
	names := make(map[string]int)
	statuses := make(map[string]int)
	for i, s := range a.Servers() {
		if other := b.Servers()[i]; other.Name != s.Name || other.ID != s.ID {
			t.Errorf("%s is %s the next time", s.Name, other.Name)
		}
		names[s.Name]++
		statuses[string(s.Status)]++
	}
	if names["web-30"] != 1 || names["db-12"] != 1 || names["worker-12"] != 1 || names["test"] != 2 || names["Old Box"] != 1 || statuses["stopped"] == 0 || statuses["suspended"] != 1 {
		t.Errorf("the servers are %v, %v", names, statuses)
	}
}

// A watch shows the table again and again, and its end is no error.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		signals := make(chan os.Signal)
		shown := &countingWriter{enough: 3, then: func() { go func() { signals <- os.Interrupt }() }}
		var stderr bytes.Buffer
		file := filepath.Join(t.TempDir(), "sandbox.json")
		e, err := openSandbox(file)
		if err != nil {
			t.Fatal(err)
		}
		seed(e, 10)
		code := Main(Process{Args: []string{"list", "--watch", "--sandbox=" + file}, Stdout: shown, Stderr: &stderr, Getenv: environment(), Signals: signals})
		if code != 0 || shown.n < 3 || stderr.Len() > 0 {
			t.Errorf("exit code %d, shown %d times, %s", code, shown.n, stderr.String())
		}
	})
}

// countingWriter counts writes and does something after enough of them.
type countingWriter struct {
	n, enough int
	then      func()
}

func (w *countingWriter) Write(p []byte) (int, error) {
	if w.n++; w.n == w.enough {
		w.then()
	}
	return len(p), nil
}
