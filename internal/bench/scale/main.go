// Package main measures how plan grows with the fleet: the real command, in a
// process of its own, against an API that this process serves on a socket. What
// it needs stands beside what reading the same bytes costs with encoding/json and
// yaml.v3 alone, also in a process of its own.
//
//	go run ./internal/bench/scale          (or make bench-scale)
//
// It prints a table in Markdown and judges nothing. How long requests take is no
// concern of it: the pages are ready in memory and are answered at once.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tries is how often each command is run.
const tries = 3

// task is one row: a fleet file of size servers, and an API where a part of them
// is as the file says.
type task struct {
	name   string
	size   int
	single bool // an entry a server, not one range
	world  world
	flags  []string
}

func main() {
	err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// run is one of three processes: the one that measures, the one that serves a row's
// API, so that its memory is not taken for the command's, and the one that reads alone.
func run(args []string) error {
	switch {
	case len(args) == 3 && args[0] == "serve":
		row, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		return tasks()[row].serve(args[2])
	case len(args) == 2 && args[0] == "alone":
		return readAlone(args[1])
	}
	dir, err := os.MkdirTemp("", "scale")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "fleet"), "github.com/vps-fleet/fleet")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return err
	}
	fmt.Print("| plan | file | servers | wall | CPU | reading alone | ratio | memory | a server | growth |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	var before usage
	for row, t := range tasks() {
		used, alone, err := measure(dir, row, t.flags)
		if err != nil {
			return fmt.Errorf("%s of %d: %w", t.name, t.size, err)
		}
		t.print(used, alone, before)
		before = used
	}
	return nil
}

// tasks are the rows. Every third begins a new group, which grows tenfold twice.
func tasks() (all []task) {
	for _, group := range []task{
		{name: "no changes", world: world{listed: true}},
		{name: "no changes", world: world{listed: true}, single: true},
		{name: "a tenth differs", world: world{listed: true, drift: 10}},
		{name: "a tenth differs", world: world{listed: true, drift: 10}, single: true},
		{name: "all to create", world: world{}},
		{name: "all to create, --json", world: world{}, flags: []string{"--json"}},
		{name: "all to create, --json", world: world{}, flags: []string{"--json"}, single: true},
	} {
		for _, size := range []int{1000, 10_000, 100_000} {
			group.size, group.world.size = size, size
			all = append(all, group)
		}
	}
	return all
}

// measure runs the plan of a row and the reading alone, on the same bytes.
func measure(dir string, row int, flags []string) (used, alone usage, err error) {
	self, err := os.Executable()
	if err != nil {
		return used, alone, err
	}
	api := exec.Command(self, "serve", strconv.Itoa(row), dir)
	api.Stderr = os.Stderr
	stop, err := api.StdinPipe()
	if err != nil {
		return used, alone, err
	}
	out, err := api.StdoutPipe()
	if err != nil {
		return used, alone, err
	}
	if err := api.Start(); err != nil {
		return used, alone, err
	}
	defer func() {
		stop.Close()
		api.Wait()
	}()
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return used, alone, err
	}
	env := []string{"VPS_API_TOKEN=vps_scale", "VPS_API_URL=" + strings.TrimSpace(url), "HOME=" + dir}
	used, err = best(env, filepath.Join(dir, "fleet"), append([]string{"plan", "-f", filepath.Join(dir, fleetFile)}, flags...)...)
	if err != nil {
		return used, alone, err
	}
	alone, err = best(nil, self, "alone", dir)
	return used, alone, err
}

// print writes the row. Growth is the exponent of the size that the CPU grew by
// since the row above, a tenth of the size: 1 is linear.
func (t task) print(used, alone, before usage) {
	form, growth, ratio := "a range", "", ""
	if t.single {
		form = "single entries"
	}
	if t.single || t.world.listed { // else there is next to nothing to read
		ratio = fmt.Sprintf("%.2f", used.cpu.Seconds()/alone.cpu.Seconds())
	}
	if t.size > 1000 {
		growth = fmt.Sprintf("%.2f", math.Log10(used.cpu.Seconds()/before.cpu.Seconds()))
	}
	fmt.Printf("| %s | %s | %d | %.2f s | %.2f s | %.2f s | %s | %.0f MB | %.1f KB | %s |\n", t.name, form, t.size,
		used.wall.Seconds(), used.cpu.Seconds(), alone.cpu.Seconds(), ratio,
		float64(used.memory)/1e6, float64(used.memory)/1e3/float64(t.size), growth)
}

// usage is what a process needed: cpu is user and system time, memory the most
// bytes that were resident.
type usage struct {
	wall, cpu time.Duration
	memory    int64
}

// best runs a command a few times and tells the time of the run that took the least
// CPU, and the memory of the one that took the most.
func best(env []string, name string, args ...string) (best usage, err error) {
	for i := range tries {
		cmd := exec.Command(name, args...)
		var said bytes.Buffer // of interest where it fails
		cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), env...), io.Discard, &said
		start := time.Now()
		if err := cmd.Run(); err != nil {
			return best, fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, &said)
		}
		u := usage{time.Since(start), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), maxRSS(cmd.ProcessState)}
		u.memory = max(u.memory, best.memory)
		if i > 0 && best.cpu < u.cpu {
			u.wall, u.cpu = best.wall, best.cpu
		}
		best = u
	}
	return best, nil
}
