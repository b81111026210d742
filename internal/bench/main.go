// Package main measures the whole fleet command, as a process of its own, against
// the emulated API on a socket:
//
//	go run ./internal/bench
//
// It prints, as rows of a Markdown table, the time, CPU, memory and requests of each
// case beside its bound: the requests that nobody could do without, ten at a time.
// Beside each stands a bare loop that sends just those requests, so that what the
// machine and the socket cost can be told from what fleet costs. What waits for the
// API to provision is measured in virtual time, by the benchmarks of package apply.
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// setup is what all cases share.
type setup struct {
	fleet   string        // the command that is measured
	bare    []string      // the command of the bare loop
	dir     string        // for fleet files and journals
	latency time.Duration // of each answer
}

func main() {
	do := func() error { return run(os.Stdout) }
	if len(os.Args) > 1 && os.Args[1] == "loop" {
		do = func() error { return bareLoop(os.Stdin, os.Getenv("VPS_API_URL"), os.Getenv("VPS_API_TOKEN")) }
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(out io.Writer) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	fleet, err := build(dir)
	if err != nil {
		return err
	}
	return table(out, setup{fleet: fleet, bare: []string{self, "loop"}, dir: dir, latency: 20 * time.Millisecond}, cases(1000, 3000))
}

// build builds fleet and tells where it is.
func build(dir string) (string, error) {
	fleet := filepath.Join(dir, "fleet")
	out, err := exec.Command("go", "build", "-o", fleet, "github.com/vps-fleet/fleet").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("cannot build fleet: %w\n%s", err, out)
	}
	return fleet, nil
}

// table measures cases, fleet and the bare loop in turn, and writes a row for each.
func table(out io.Writer, s setup, all []benchCase) error {
	fmt.Fprintln(out, "| case | bound | fleet | x-bound | CPU | memory | requests | bare loop | x-bound | CPU | memory | requests |")
	fmt.Fprintln(out, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, c := range all {
		file := filepath.Join(s.dir, "fleet.yaml")
		if err := os.WriteFile(file, []byte(c.file()), 0o600); err != nil {
			return err
		}
		args := append([]string{s.fleet, c.command, "-f", file}, c.flags...)
		fleet, err := s.measure(c, args, nil)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		needed := c.needed()
		bare, err := s.measure(c, s.bare, needed)
		if err != nil {
			return fmt.Errorf("%s: the bare loop: %w", c.name, err)
		}
		bound := time.Duration((len(needed)+atOnce-1)/atOnce) * s.latency
		fmt.Fprintf(out, "| %s | %.2f s | %s | %s |\n", c.name, bound.Seconds(), fleet.cells(bound), bare.cells(bound))
	}
	return nil
}

// cells are the measured parts of a row.
func (u usage) cells(bound time.Duration) string {
	return strings.Join([]string{
		fmt.Sprintf("%.2f s", u.wall.Seconds()),
		fmt.Sprintf("%.2f", float64(u.wall)/float64(bound)),
		fmt.Sprintf("%.2f s", u.cpu.Seconds()),
		fmt.Sprintf("%d MB", u.memory>>20),
		fmt.Sprint(u.requests),
	}, " | ")
}
