package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/render"
)

// Process is what a command runs in.
type Process struct {
	Args    []string // without the program's name
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Getenv  func(string) string
	Environ []string         // what commands of rollouts get, each as NAME=value
	Signals <-chan os.Signal // SIGINT, SIGTERM and SIGHUP; may be nil
}

// Main runs one command and returns its exit code.
func Main(p Process) int {
	c := newCommand(p)
	defer c.interrupts.stop()
	root := newRoot(c)
	root.SetArgs(append([]string{}, p.Args...)) // nil would be the arguments of this process
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	cmd, err := root.ExecuteContextC(c.interrupts.ctx)
	if cmd == root && err != nil {
		err = cmp.Or(unknownCommand(root, p.Args), err)
	}
	err = c.interrupts.explain(err)
	if text := errorText(err); text != "" {
		fmt.Fprint(c.notices, text)
	}
	return exitCode(err)
}

// errorText is an error as it is shown: the error, then what to do next. Mistakes
// in a fleet file and outcomes that have been shown already stand for themselves.
func errorText(err error) string {
	if err == nil || isShown(err) {
		return ""
	}
	text := render.ErrorLines(err)
	var problems fleet.Problems
	if !errors.As(err, &problems) {
		text = "error: " + text
	}
	return text
}
