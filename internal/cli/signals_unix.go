//go:build !windows

package cli

import (
	"os/signal"
	"syscall"
)

// IgnoreSignals ignores those that must not stop an apply: a reader that leaves, and
// a file that may not grow.
func IgnoreSignals() { signal.Ignore(syscall.SIGPIPE, syscall.SIGXFSZ) }
