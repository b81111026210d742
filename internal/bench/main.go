// Package main measures the whole fleet command, as a process of its own, against an
// API that this process serves on a socket. It prints a table in Markdown and judges
// nothing.
//
//	go run ./internal/bench requests   time beside the requests that nobody could do without
//	go run ./internal/bench growth     what a plan needs as the fleet grows to 100,000 servers
//	go run ./internal/bench states URL...  creates with the state in a folder, and at each URL
//
// Beside each command stands what the same work costs without fleet, in a process of
// its own: a bare loop that sends the requests, or the reading of the same bytes. What
// waits for the API to provision is measured in virtual time, by the tests of apply.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// bench is what all measurements of a run share.
type bench struct {
	out   io.Writer
	dir   string // for the command, fleet files and journals
	self  string // the path of this program
	fleet string // the path of the command that is measured
	state string // the URL of the state; "" for a folder
}

func main() {
	if err := run(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// run is the program. Two of its subcommands are for itself: loop and read are what
// stands beside fleet.
func run(out io.Writer, args []string) error {
	switch {
	case len(args) == 1 && args[0] == "loop":
		return bareLoop(os.Stdin, os.Getenv("VPS_API_URL"), os.Getenv("VPS_API_TOKEN"))
	case len(args) == 3 && args[0] == "read":
		return readAlone(args[1], args[2])
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b, err := newBench(out, dir)
	switch {
	case err != nil:
		return err
	case len(args) == 1 && args[0] == "requests":
		return b.requests(20*time.Millisecond, requestCases(1000, 3000))
	case len(args) == 1 && args[0] == "growth":
		return b.growth(1000, 10_000, 100_000)
	case len(args) > 1 && args[0] == "states":
		return b.states(20*time.Millisecond, 1000, args[1:])
	}
	return errors.New("say what to measure: requests, growth, or states with their URLs")
}

// newBench builds fleet in dir.
func newBench(out io.Writer, dir string) (bench, error) {
	b := bench{out: out, dir: dir, self: os.Args[0], fleet: filepath.Join(dir, "fleet")}
	said, err := exec.Command("go", "build", "-o", b.fleet, "github.com/vps-fleet/fleet").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("cannot build fleet: %w\n%s", err, said)
	}
	return b, err
}

// write writes a file of the run and returns its path.
func (b bench) write(name string, data []byte) (path string, err error) {
	path = filepath.Join(b.dir, name)
	return path, os.WriteFile(path, data, 0o600)
}

// usage is what a process took.
type usage struct {
	wall, cpu time.Duration // cpu: user and system
	memory    int64         // bytes, the most that were resident; 0 where /proc does not tell
}

// measure runs a command against an API, with stdin.
func (b bench) measure(api http.Handler, stdin []byte, args ...string) (usage, error) {
	server := httptest.NewServer(api)
	defer server.Close()
	cmd := exec.Command(args[0], args[1:]...)
	var complaint bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(stdin), &complaint
	cmd.Env = []string{"VPS_API_URL=" + server.URL + "/api/v1", "VPS_API_TOKEN=vps_bench", "HOME=" + b.dir}
	if b.state == "" {
		cmd.Env = append(cmd.Env, "FLEET_JOURNAL="+filepath.Join(b.dir, "journal"))
	} else {
		cmd.Env = append(cmd.Env, "FLEET_STATE="+b.state, "AWS_ACCESS_KEY_ID="+os.Getenv("AWS_ACCESS_KEY_ID"), "AWS_SECRET_ACCESS_KEY="+os.Getenv("AWS_SECRET_ACCESS_KEY"))
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, err
	}
	memory := make(chan int64)
	go func() { memory <- peak(cmd.Process.Pid) }()
	err := cmd.Wait()
	wall, most := time.Since(began), <-memory
	if err != nil {
		return usage{}, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, &complaint)
	}
	return usage{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), most}, nil
}

// best measures a command three times and returns the run that took the least CPU.
func (b bench) best(api http.Handler, args ...string) (best usage, err error) {
	for i := range 3 {
		u, err := b.measure(api, nil, args...)
		if err != nil {
			return usage{}, err
		}
		if i == 0 || u.cpu < best.cpu {
			best = u
		}
	}
	return best, nil
}

// peak returns, when a process has ended, the most memory that it had. What wait4
// reports would be no less than what this program itself has.
func peak(pid int) (most int64) {
	for {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		_, high, found := strings.Cut(string(status), "VmHWM:")
		if err != nil || !found {
			return most // it has ended
		}
		var kib int64
		fmt.Sscan(high, &kib)
		most = kib << 10
		time.Sleep(2 * time.Millisecond)
	}
}
