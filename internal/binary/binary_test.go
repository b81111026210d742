// Package binary_test runs the real binary as a process of its own against an
// emulator behind a real socket, and does to it what only a process suffers:
// signals, kills, closed pipes, full disks, a second process. What becomes of the
// world is read from the emulator and from a record of the wire that is kept here;
// what becomes of the files is read from the disk.
//
// Faults that virtual time can play are the simulator's, by the thousand. What is
// here takes real time, so it is few.
package binary_test

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/vps-fleet/fleet/internal/cli" // a change of it changes the binary, which go test's cache would not see
	"github.com/vps-fleet/fleet/internal/state/servertest"
)

// seed decides the instants and the faults. The processes run in real time, so the
// same seed gives the same kind of run, not the same run.
var seed = flag.Uint64("seed", 0, "of the instants and faults; 0 is a new one each time")

// linkedTTL is how long the leases of the program under test last.
const linkedTTL = 6 * time.Second

// binary is the path of the program under test.
var binary string

func TestMain(m *testing.M) {
	servertest.ServeBucket()
	flag.Set("test.parallel", "8") // most of the time is spent waiting for processes
	flag.Parse()
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	fmt.Printf("seed %d\n", *seed)
	os.Stat("../../main.go") // seen by the cache, as the import above
	dir, err := os.MkdirTemp("", "fleet")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "fleet")
	code := 1
	if out, err := exec.Command("go", "build", "-ldflags", "-X github.com/vps-fleet/fleet/internal/state.linkedTTL="+linkedTTL.String(), "-o", binary, "../..").CombinedOutput(); err != nil {
		fmt.Printf("cannot build fleet: %s\n%s", err, out)
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// draw is the source of chance of one test.
func draw(n int) *rand.Rand { return rand.New(rand.NewPCG(*seed, uint64(n))) }

// patience is how long a process may take that is expected to end.
const patience = 20 * time.Second

// process is fleet as it runs.
type process struct {
	*testing.T
	cmd    *exec.Cmd
	stdout output
	stderr output
	ended  chan struct{}
}

// ended is what a process left on its standard streams, and its exit code.
type ended struct {
	code   int // -1: killed
	stdout string
	stderr string
}

// start starts fleet in the world's folder. What is set on the command before it
// starts is up to prepare, which may be nil.
func (w *world) start(prepare func(*exec.Cmd), args ...string) *process {
	w.Helper()
	p := &process{T: w.T, cmd: exec.Command(binary, args...), ended: make(chan struct{})}
	p.cmd.Dir = w.dir
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "XDG_STATE_HOME=" + filepath.Join(w.dir, "state"),
		"VPS_API_URL=" + w.url + "/api/v1", "VPS_API_TOKEN=" + w.token}
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	if prepare != nil {
		prepare(p.cmd)
	}
	if err := p.cmd.Start(); err != nil {
		w.Fatal(err)
	}
	overdue := time.AfterFunc(cmp.Or(w.patience, patience), func() { p.cmd.Process.Kill() })
	go func() {
		p.cmd.Wait() // how it ended is in its state
		overdue.Stop()
		close(p.ended)
	}()
	w.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.ended
	})
	return p
}

// wait returns when the process has ended.
func (p *process) wait() ended {
	<-p.ended
	return ended{p.cmd.ProcessState.ExitCode(), p.stdout.String(), p.stderr.String()}
}

func (p *process) signal(s os.Signal) {
	p.Helper()
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.Fatal(err)
	}
}

// run runs fleet to its end.
func (w *world) run(args ...string) ended {
	w.Helper()
	return w.start(nil, args...).wait()
}

// limited makes a command run by the shell after a line that limits it.
func limited(line string) func(*exec.Cmd) {
	return func(c *exec.Cmd) {
		c.Args = append([]string{"sh", "-c", line + `; exec "$@"`, "sh", c.Path}, c.Args[1:]...)
		c.Path = "/bin/sh"
	}
}

// want ends the test unless a process has ended with this code and each of the
// texts is in what it wrote.
func (e ended) want(t *testing.T, code int, texts ...string) {
	t.Helper()
	missing := slices.DeleteFunc(texts, func(text string) bool { return strings.Contains(e.stdout+e.stderr, text) })
	if e.code != code || len(missing) > 0 {
		t.Fatalf("exit code %d, want %d; missing: %q; stdout:\n%s\nstderr:\n%s", e.code, code, missing, e.stdout, e.stderr)
	}
}
