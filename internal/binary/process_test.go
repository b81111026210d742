package binary_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// A reader of stdout that leaves after the first line stops nothing.
func TestStdoutClosed(t *testing.T) {
	t.Parallel()
	g := newGate(3)
	w := newWorld(t, &emulator.Emulator{Fault: g.fault}, servers(10))
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := w.start(func(c *exec.Cmd) { c.Stdout = write }, applying()...)
	write.Close()
	if line, err := bufio.NewReader(read).ReadString('\n'); err != nil {
		t.Errorf("the first line is %q, %v", line, err)
	}
	g.reach(p)
	read.Close() // before there is anything to report
	close(g.open)
	p.wait().want(t, 0)
	w.wantComplete(10)
	w.wantIdle()
}

// Of two applies at once one runs, and the other says which, or waits for it; when
// that is killed, its lock is no obstacle.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	g := newGate(1)
	w := newWorld(t, &emulator.Emulator{Fault: g.fault}, servers(3))
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	first := w.start(nil, applying("--parallelism", "1")...)
	g.reach(first)
	for range 2 {
		w.run(applying()...).want(t, 1, fmt.Sprintf("process %d on %s", first.cmd.Process.Pid, host), "hint: ")
	}
	if sent := len(w.sent()); sent != 1 {
		t.Errorf("%d creates were sent", sent)
	}
	w.run("plan").want(t, 0, "Plan: 3 to create.") // looking is free
	w.run("lock").want(t, 0, host, fmt.Sprint(first.cmd.Process.Pid), "fleet apply", "sandbox@example.com")
	w.run("lock", "--json").want(t, 0, fmt.Sprintf(`"pid": %d`, first.cmd.Process.Pid))
	second := w.start(nil, applying("--wait", "10m")...)
	<-second.stderr.says(fmt.Sprintf("process %d on %s", first.cmd.Process.Pid, host))
	first.signal(os.Kill)
	first.wait()
	w.settleWire()
	second.wait().want(t, 0)
	w.wantComplete(3)
	w.wantIdle()
}
