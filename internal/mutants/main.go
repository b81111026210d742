// Package main plants bugs in a copy of this project, one at a time, and runs its
// tests against them: a suite that passes on broken code proves nothing. The bugs
// are the patches in testdata/mutants, each the mistake that its first line tells.
//
//	go run ./internal/mutants              every bug, in half an hour or less
//	go run ./internal/mutants NAME...      these only
//
// It ends with 1 where the tests pass on a bug, or where that could not be found
// out. What the tests are to find wrong belongs into the patches, not in here.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	patches = "testdata/mutants"
	perStep = 10 * time.Minute // for the tests of one bug to end
)

func main() {
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt)
	bad, err := run(ctx, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
	}
	if err != nil || bad > 0 {
		os.Exit(1)
	}
}

// run tries the bugs of these names, or all, and tells how many were not caught.
func run(ctx context.Context, names []string) (bad int, err error) {
	root, err := output(ctx, ".", "go", "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return 0, err
	}
	root = strings.TrimSpace(root)
	if len(names) == 0 {
		names = mutants(root)
	}
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if err := copyTree(dir, root); err != nil {
		return 0, err
	}
	if by, err := test(ctx, dir); err != nil || by != "" {
		return 0, cmp.Or(err, fmt.Errorf("the tests fail without any bug: %s", by))
	}
	for _, name := range names {
		began := time.Now()
		by, err := try(ctx, dir, filepath.Join(root, patches, name+".patch"))
		if ctx.Err() != nil {
			return bad, ctx.Err()
		}
		switch took := time.Since(began).Round(time.Second); {
		case err != nil:
			bad++
			fmt.Printf("BROKEN    %s: %s\n", name, err)
		case by == "":
			bad++
			fmt.Printf("SURVIVED  %s  %s\n", name, took)
		default:
			fmt.Printf("caught    %s  by %s  %s\n", name, by, took)
		}
	}
	return bad, nil
}

// mutants are the names of all bugs.
func mutants(root string) (names []string) {
	files, _ := filepath.Glob(filepath.Join(root, patches, "*.patch")) // the pattern is a good one
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".patch"))
	}
	slices.Sort(names)
	return names
}

// try plants one bug, tells which test failed for it, or "", and takes it out again.
// All bugs are planted in one place, so that tests that a bug cannot reach are not
// run again.
func try(ctx context.Context, dir, patch string) (by string, err error) {
	if _, err := output(ctx, dir, "git", "apply", "-C1", patch); err != nil {
		return "", err
	}
	defer func() {
		_, undo := output(context.WithoutCancel(ctx), dir, "git", "apply", "-C1", "-R", patch)
		err = cmp.Or(err, undo)
	}()
	if _, err := output(ctx, dir, "go", "vet", "./..."); err != nil {
		return "", err // it is to be a mistake that a compiler lets pass
	}
	return test(ctx, dir)
}

// copyTree copies the project without what git keeps.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		target := filepath.Join(to, rel)
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".git":
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(target, 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		return cmp.Or(err, os.WriteFile(target, data, info.Mode().Perm()))
	})
}

// output runs a command in a folder. Its error says what the command had to say.
func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir)) // the copy is no repository
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%s: %w\n%s%s", strings.Join(slices.Concat([]string{name}, args), " "), err, exit.Stderr, out)
	}
	return string(out), err
}
