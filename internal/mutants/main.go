// Package main plants bugs in this project, one at a time, and runs the tests of
// the package that each is in: a suite that passes on broken code proves nothing.
//
//	go run ./internal/mutants              every bug of the table
//	go run ./internal/mutants NAME...      these only
//
// The bugs are the table in table.go. No file is changed: the go command is told to
// read a changed copy of one file instead. The exit code is 1 where the tests pass
// on a bug, or where a bug does not fit the code any more.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	bad := 0
	for _, m := range table {
		if len(os.Args) > 1 && !slices.Contains(os.Args[1:], m.name) {
			continue
		}
		began := time.Now()
		by, err := m.try(ctx)
		took := time.Since(began).Round(time.Second)
		switch {
		case ctx.Err() != nil:
			os.Exit(1)
		case err != nil:
			bad++
			fmt.Printf("BROKEN    %s  %s\n", m.name, err)
		case by == "":
			bad++
			fmt.Printf("SURVIVED  %s  %s  (%s)\n", m.name, took, m.breaks)
		default:
			fmt.Printf("caught    %s  by %s  %s\n", m.name, by, took)
		}
	}
	if bad > 0 {
		os.Exit(1)
	}
}

// try plants the bug and tells which test fails for it; "" if none does. The tests
// must pass without the bug.
func (m mutant) try(ctx context.Context) (by string, err error) {
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	overlay, err := m.overlay(dir)
	if err != nil {
		return "", err
	}
	if by, err := test(ctx, m.pkg, ""); err != nil || by != "" { // the go command remembers what has passed
		return "", errors.Join(err, fmt.Errorf("%s fails without the bug", by))
	}
	return test(ctx, m.pkg, overlay)
}

// slow are tests that hold how long things take, for which no bug of the table is meant.
const slow = "^(TestBound|TestPolling|TestExhaustive)$"

var failure = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)|^panic: test timed out`)

// test runs the tests of a package and tells the first that fails; "" if all pass.
// Commands that the tests build are built with the overlay as well.
func test(ctx context.Context, pkg, overlay string) (failed string, err error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-failfast", "-timeout", "2m", "-skip", slow, pkg)
	if overlay != "" {
		cmd.Env = append(os.Environ(), "GOFLAGS="+os.Getenv("GOFLAGS")+" -overlay="+overlay)
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch m := failure.FindSubmatch(out); {
	case err == nil || !errors.As(err, &exit) || ctx.Err() != nil:
		return "", err
	case m != nil:
		return cmp.Or(string(m[1]), "a time-out"), nil
	}
	return "", fmt.Errorf("go test: %w\n%s", err, out)
}
