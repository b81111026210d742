package main

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"path"
	"slices"
	"strings"
)

// slow are the packages that are tested last, one after another, and with what.
// Fewer seeds than in a normal run are enough for a bug that is there all the time.
var slow = [][]string{
	{"./internal/simulator", "-seeds=2000"},
	{"./internal/binary"},
}

// skipped is this package: its own test is about patches that are not applied.
const skipped = "internal/mutants"

// test runs the tests of a tree, without the race detector, until one package
// fails, and tells what failed; "" if nothing did.
func test(ctx context.Context, dir string) (by string, err error) {
	list, err := output(ctx, dir, "go", "list", "./...")
	if err != nil {
		return "", err
	}
	isSlow := func(pkg string) bool {
		return strings.HasSuffix(pkg, skipped) || slices.ContainsFunc(slow, func(s []string) bool { return strings.HasSuffix(pkg, s[0][1:]) })
	}
	quick := slices.DeleteFunc(strings.Fields(list), isSlow)
	for _, args := range slices.Concat([][]string{quick}, slow) {
		if by, err := goTest(ctx, dir, args); by != "" || err != nil {
			return by, err
		}
	}
	return "", nil
}

// goTest runs go test and tells the first test that failed with its package; "" if
// none did.
func goTest(ctx context.Context, dir string, args []string) (by string, err error) {
	ctx, cancel := context.WithTimeout(ctx, perStep)
	defer cancel()
	command := slices.Concat([]string{"test", "-failfast", "-json", "-timeout", "5m"}, args)
	out, err := output(ctx, dir, "go", command...)
	var failed *exec.ExitError
	if err == nil || !errors.As(err, &failed) || ctx.Err() != nil {
		return "", err
	}
	if by := firstFailure(out); by != "" {
		return by, nil
	}
	return "", err
}

// firstFailure finds the first failure in what go test -json has written.
func firstFailure(out string) string {
	for line := range strings.Lines(out) {
		var e struct{ Action, Package, Test string }
		if json.Unmarshal([]byte(line), &e) == nil && e.Action == "fail" {
			return strings.TrimSpace(path.Base(e.Package) + " " + e.Test)
		}
	}
	return ""
}
