package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// usage is what a process took.
type usage struct {
	wall, cpu time.Duration // cpu: user and system
	memory    int64         // bytes, the most that were resident
	requests  int           // that reached the API
}

// measure runs a command against a world of its own, with requests on stdin.
func (s setup) measure(c benchCase, args []string, requests []request) (usage, error) {
	world := c.world()
	url, stop, err := s.serve(world)
	if err != nil {
		return usage{}, err
	}
	defer stop()
	stdin, err := json.Marshal(requests)
	if err != nil {
		return usage{}, err
	}
	cmd := exec.Command(args[0], args[1:]...)
	var complaint bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(stdin), &complaint
	cmd.Env = []string{"VPS_API_URL=" + url, "VPS_API_TOKEN=vps_bench", "FLEET_JOURNAL=" + filepath.Join(s.dir, "journal"), "HOME=" + s.dir}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, err
	}
	memory := make(chan int64)
	go func() { memory <- watch(cmd.Process.Pid) }()
	err = cmd.Wait()
	wall, most := time.Since(began), <-memory
	if err != nil {
		return usage{}, fmt.Errorf("%w\n%s", err, &complaint)
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return usage{wall, cpu, most, len(world.Ledger())}, nil
}

// watch tells, when a process has ended, the most memory that it had. What wait4
// reports would be no less than what this program itself has.
func watch(pid int) (most int64) {
	for {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		_, peak, found := strings.Cut(string(status), "VmHWM:")
		if err != nil || !found {
			return most // it has ended
		}
		var kib int64
		fmt.Sscan(peak, &kib)
		most = kib << 10
		time.Sleep(5 * time.Millisecond)
	}
}

// serve puts a world on a socket of this machine, each answer late by the latency.
func (s setup) serve(world *emulator.Emulator) (url string, stop func(), err error) {
	world.Fault = func(*http.Request) *emulator.Fault {
		return &emulator.Fault{Stage: emulator.Committed, Delay: s.latency}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: world}
	go server.Serve(listener) // until it is closed
	return "http://" + listener.Addr().String() + "/api/v1", func() { server.Close() }, nil
}
