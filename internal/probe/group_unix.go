//go:build !windows

package probe

import (
	"os"
	"os/exec"
	"syscall"
)

// inGroup starts a command in a process group of its own, which what it starts is in.
func inGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup kills a command with all that it has started.
func killGroup(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGKILL) }

// killRest kills what a command that has ended has left behind in its group.
func killRest(p *os.Process) { _ = killGroup(p) } // mostly there is nothing
