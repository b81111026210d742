// Package main plants bugs in this project, one at a time, and runs the test of the
// same package that is there to catch it: a suite that passes on broken code proves
// nothing.
//
//	go run ./internal/mutants              every bug of the table
//	go run ./internal/mutants NAME...      these only
//
// The bugs are the table in table.go. No file is changed: the go command is told to
// read a changed copy of one file instead. The exit code is 1 where a test passes on
// its bug, or fails without it, or where a bug does not fit the code any more.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	bugs, err := chosen(os.Args[1:])
	if err == nil {
		err = run(ctx, bugs)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// chosen are the bugs with these names, or all of them.
func chosen(names []string) (bugs []mutant, err error) {
	if len(names) == 0 {
		return table, nil
	}
	for _, name := range names {
		i := slices.IndexFunc(table, func(m mutant) bool { return m.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no bug is named %s", name)
		}
		bugs = append(bugs, table[i])
	}
	return bugs, nil
}

// run tries the bugs, as many at a time as there are processors, and tells of each.
func run(ctx context.Context, bugs []mutant) error {
	if err := passes(ctx, bugs); err != nil {
		return err
	}
	results := make([]error, len(bugs))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range bugs {
		group.Go(func() error {
			began := time.Now()
			results[i] = m.try(ctx)
			if ctx.Err() == nil && results[i] == nil {
				fmt.Printf("caught  %-28s  by %s  %s\n", m.name, m.test, time.Since(began).Round(time.Second))
			}
			return nil
		})
	}
	_ = group.Wait() // no bug keeps the others from being tried
	return errors.Join(append(results, ctx.Err())...)
}

// passes is an error where a test of the table fails without any bug.
func passes(ctx context.Context, bugs []mutant) error {
	var tests, packages []string
	for _, m := range bugs {
		tests, packages = append(tests, m.test), append(packages, m.pkg)
	}
	slices.Sort(packages)
	out, err := goTest(ctx, os.Environ(), strings.Join(tests, "|"), slices.Compact(packages)...)
	if err != nil {
		return fmt.Errorf("without any bug: %w\n%s", err, out)
	}
	return nil
}

// try plants the bug. It is an error unless the test fails.
func (m mutant) try(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	overlay, err := m.overlay(dir)
	if err != nil {
		return fmt.Errorf("%s does not fit: %w", m.name, err)
	}
	env := append(os.Environ(), "GOFLAGS="+os.Getenv("GOFLAGS")+" -overlay="+overlay) // for commands that a test builds, too
	out, err := goTest(ctx, env, m.test, m.pkg)
	var exit *exec.ExitError
	switch {
	case err == nil:
		return fmt.Errorf("%s survives %s: %s", m.name, m.test, m.breaks)
	case !errors.As(err, &exit) || !failed(out):
		return fmt.Errorf("%s: %w\n%s", m.name, err, out)
	}
	return nil
}

// goTest runs tests of packages until one of a package fails.
func goTest(ctx context.Context, env []string, tests string, packages ...string) (out []byte, err error) {
	args := []string{"test", "-failfast", "-vet=off", "-timeout", "2m", "-run", "^(" + tests + ")$"}
	cmd := exec.CommandContext(ctx, "go", append(args, packages...)...)
	cmd.Env = env
	return cmd.CombinedOutput()
}

// failed reports whether a test has failed, or hung, rather than its compilation.
func failed(out []byte) bool {
	text := string(out)
	return strings.Contains(text, "--- FAIL: ") || strings.Contains(text, "panic: test timed out")
}
