package probe

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// inGroup starts a command in a group of its own, so that an interrupt at the keyboard
// is for fleet alone.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// killGroup kills a command with all that it has started.
func killGroup(p *os.Process) error {
	if exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(p.Pid)).Run() == nil {
		return nil
	}
	return p.Kill()
}

// killRest does nothing: what a command that has ended has left behind is not found
// here, and its number may be another's by now.
func killRest(*os.Process) {}
