// Fleet makes the servers of a VPS.org account be what a fleet file says.
package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/vps-fleet/fleet/internal/cli"
)

func main() {
	cli.IgnoreSignals()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup has it ignored
		signal.Notify(signals, syscall.SIGHUP)
	}
	os.Exit(cli.Main(cli.Process{
		Args:    os.Args[1:],
		Stdin:   os.Stdin,
		Stdout:  os.Stdout,
		Stderr:  os.Stderr,
		Getenv:  os.Getenv,
		Environ: os.Environ(),
		Signals: signals,
	}))
}
