package cli

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

const twoServers = `
version: 1
servers:
  web-[01:02]: {plan: 1, os: 5, location: us-west}
`

// fleetFile writes a fleet file and returns its path.
func fleetFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "fleet.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// environment looks variables up in pairs of name and value.
func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// serve runs an emulator whose transitions take no time.
func serve(t *testing.T, e *emulator.Emulator) func(string) string {
	e.Provisioning, e.Transition = -1, -1
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return environment("VPS_API_URL", server.URL+"/api/v1", "VPS_API_TOKEN", "vps_test", "XDG_STATE_HOME", t.TempDir())
}

// firstWrite keeps what is written and tells when that begins.
type firstWrite struct {
	strings.Builder
	written chan struct{}
}

func (w *firstWrite) Write(p []byte) (int, error) {
	defer func() {
		if w.Len() == len(p) {
			close(w.written)
		}
	}()
	return w.Builder.Write(p)
}

// A signal while a create is on the wire lets that request end, waits for nothing
// and starts no other; a second one leaves at once. Before there are changes, one is enough.
func TestInterrupts(t *testing.T) {
	for _, test := range []struct {
		name   string
		method string // of the request that is held while the signals come
		count  int
		code   int
		stdout string
		stderr string
		report string
		made   int
	}{
		{"while it looks", "GET", 1, 130, "", "error: interrupted", "nothing was changed", 0},
		{"once", "POST", 1, 3, "0 of 2 done, 1 not ready, 1 not started.", "finishing what is in flight", "fleet apply: interrupted; 1 of 2 not ready, 1 not started", 1},
		{"twice", "POST", 2, 130, "0 of 2 done, 1 in doubt, 1 not started.", "error: interrupted", "fleet apply: interrupted; 1 of 2 in doubt, 1 not started", -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			signals := make(chan os.Signal)
			stderr := &firstWrite{written: make(chan struct{})}
			var once sync.Once
			e := &emulator.Emulator{}
			e.Fault = func(r *http.Request) *emulator.Fault {
				if r.Method == test.method {
					once.Do(func() {
						for range test.count {
							signals <- syscall.SIGINT
						}
						held := stderr.written // until the notice is there
						if test.code == 130 {
							held = nil
						}
						select {
						case <-held:
						case <-r.Context().Done(): // the client has left
						}
					})
				}
				return nil
			}
			getenv := serve(t, e)
			var stdout bytes.Buffer
			markdown := filepath.Join(t.TempDir(), "result.md")
			code := Main(Process{
				Args:   []string{"apply", "-f", fleetFile(t, twoServers), "--auto-approve", "--parallelism", "1", "--markdown", markdown},
				Stdout: &stdout, Stderr: stderr, Getenv: getenv, Signals: signals,
			})
			if code != test.code || !strings.Contains(stdout.String(), test.stdout) || !strings.Contains(stderr.String(), test.stderr) {
				t.Errorf("exit code %d, want %d; stdout:\n%s\nstderr:\n%s", code, test.code, &stdout, stderr)
			}
			if report, err := os.ReadFile(markdown); err != nil || !strings.Contains(string(report), test.report) {
				t.Errorf("the report lacks %q: %v\n%s", test.report, err, report)
			}
			if made := len(e.Servers()); test.made >= 0 && made != test.made {
				t.Errorf("%d servers were made, want %d", made, test.made)
			}
		})
	}
}

// The first request of a run that hangs is told of long before it is given up.
func TestFirstRequestHangs(t *testing.T) {
	stderr := &firstWrite{written: make(chan struct{})}
	e := &emulator.Emulator{}
	e.Fault = func(r *http.Request) *emulator.Fault {
		select {
		case <-stderr.written:
		case <-r.Context().Done(): // it was given up
		}
		return nil
	}
	code := Main(Process{Args: []string{"plan", "-f", fleetFile(t, twoServers)}, Stdout: io.Discard, Stderr: stderr, Getenv: serve(t, e)})
	if code != 0 || !strings.Contains(stderr.String(), "(no answer yet)") {
		t.Errorf("exit code %d; stderr:\n%s", code, stderr)
	}
}

func TestAsk(t *testing.T) {
	for answer, approved := range map[string]bool{"yes\n": true, " yes \n": true, "yes": true, "y\n": false, "YES\n": false, "\n": false, "": false, "yes please\n": false} {
		var stdout bytes.Buffer
		c := newCommand(Process{Stdin: strings.NewReader(answer), Stdout: &stdout, Stderr: io.Discard, Getenv: environment()})
		err := c.ask(t.Context(), new(planner.Plan))
		if (err == nil) != approved {
			t.Errorf("%q: %v, want approved %v", answer, err, approved)
		}
		if !strings.Contains(stdout.String(), `Only "yes" is accepted`) {
			t.Errorf("the question is %q", &stdout)
		}
		c.interrupts.stop()
	}
}

// An interrupt ends the question, though nobody answers it.
func TestAskInterrupted(t *testing.T) {
	silent, w := io.Pipe()
	defer w.Close()
	signals := make(chan os.Signal, 1)
	c := newCommand(Process{Stdin: silent, Stdout: io.Discard, Stderr: io.Discard, Getenv: environment(), Signals: signals})
	signals <- os.Interrupt
	if err := c.ask(c.interrupts.ctx, new(planner.Plan)); err != context.Canceled {
		t.Errorf("the question ends with %v", err)
	}
}

// The two lines that sandbox prints are all that another fleet needs.
func TestSandboxOverTheSocket(t *testing.T) {
	stdout, w := io.Pipe()
	signals := make(chan os.Signal)
	world := filepath.Join(t.TempDir(), "world.json")
	ended := make(chan int)
	go func() {
		ended <- Main(Process{Args: []string{"sandbox", world}, Stdout: w, Stderr: io.Discard, Getenv: environment(), Signals: signals})
	}()
	var pairs []string
	lines := bufio.NewScanner(stdout)
	for len(pairs) < 4 && lines.Scan() {
		name, value, found := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "=")
		if !found || !strings.HasPrefix(lines.Text(), "export VPS_API_") {
			t.Fatalf("%q is not a line to paste", lines.Text())
		}
		pairs = append(pairs, name, value)
	}
	var out, diag bytes.Buffer
	code := Main(Process{Args: []string{"apply", "-f", fleetFile(t, twoServers), "--auto-approve"}, Stdout: &out, Stderr: &diag, Getenv: environment(append(pairs, "XDG_STATE_HOME", t.TempDir())...)})
	if code != 0 || !strings.Contains(out.String(), ": 2 created.") {
		t.Errorf("exit code %d; stdout:\n%s\nstderr:\n%s", code, &out, &diag)
	}
	signals <- os.Interrupt
	if code := <-ended; code != 0 {
		t.Errorf("sandbox ends with %d", code)
	}
	if _, err := os.Stat(world); err != nil {
		t.Error(err)
	}
}

func TestErrorText(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{errIncomplete, ""},
		{refusal{"no\x1b[2J", "do\nthis"}, "error: no\\x1b[2J\nhint: do\nhint: this\n"},
	} {
		if got := errorText(test.err); got != test.want {
			t.Errorf("%v is shown as %q, want %q", test.err, got, test.want)
		}
	}
}

func TestShellWord(t *testing.T) {
	for word, want := range map[string]string{
		"fleet.yaml": "fleet.yaml", "a b": "'a b'", "web-*": "'web-*'", "it's": `'it'\''s'`, "": "''", "$(x)": "'$(x)'",
	} {
		if got := shellWord(word); got != want {
			t.Errorf("%q is %s for a shell, want %s", word, got, want)
		}
	}
}

// A password in a URL is in no command that is shown, or that says who has a lease.
func TestShown(t *testing.T) {
	c := newCommand(Process{Args: []string{"plan", "--state", "postgres://ci:swordfish@db/fleet", "--state=postgres://ci:swordfish@db/fleet", "-f", "a b"}})
	c.flags.state = "postgres://ci:swordfish@db/fleet"
	const want = "fleet plan --state postgres://ci:xxxxx@db/fleet --state=postgres://ci:xxxxx@db/fleet -f 'a b'"
	if got := c.typed(); got != want {
		t.Errorf("typed is %s, want %s", got, want)
	}
	if got := c.savedCommand(); strings.Contains(got, "swordfish") || !strings.Contains(got, "--state=postgres://ci:xxxxx@db/fleet") {
		t.Errorf("to apply it, %s", got)
	}
}
