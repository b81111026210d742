// Package servertest starts real servers for tests: PostgreSQL, PgBouncer and a server
// of S3, and a proxy that loses what they answer. They listen on loopback, keep their
// files in folders of their own, and end with the test.
package servertest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/internal/installed"
)

// find returns the path of a program, which Debian keeps where no PATH leads.
func find(t testing.TB, program, pkg string) string {
	t.Helper()
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/" + program, "/usr/sbin/" + program} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[len(found)-1]
		}
	}
	return installed.Need(t, program, pkg)
}

// servant is the user that servers run as which refuse to be root.
const servant = "nobody"

// asServant is a command that is not root's.
func asServant(args ...string) []string {
	if os.Geteuid() != 0 {
		return args
	}
	return append([]string{"setpriv", "--reuid=" + servant, "--clear-groups", "--"}, args...)
}

// folder is a new folder of the servant's, and goes with the test.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "fleet-server-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if os.Geteuid() == 0 {
		u, err := user.Lookup(servant)
		if err != nil {
			t.Fatal(err)
		}
		id, _ := strconv.Atoi(u.Uid)
		if err := os.Chown(dir, id, -1); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// freePort is a port of loopback that nobody listens on.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// process is a server that runs.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	ended chan struct{} // closed when it has written its last line
}

// start starts a server and waits until it has written a line with the text ready. It
// is sent the signal when it is stopped, and when the test's process is gone: it
// runs under a shell that waits for the end of its input.
func start(t testing.TB, signal, ready string, env []string, args ...string) *process {
	t.Helper()
	script := fmt.Sprintf(`"$@" </dev/null & pid=$!; cat >/dev/null; kill -%s $pid; wait $pid`, signal)
	p := &process{cmd: exec.Command("sh", append([]string{"-c", script, "sh"}, args...)...), ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdin = stdin
	output, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout = nil
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stop)
	up := make(chan string)
	go p.watch(output, ready, up)
	if log := <-up; !strings.Contains(log, ready) {
		t.Fatalf("%s does not start:\n%s", args[0], log)
	}
	return p
}

// watch reads what a server writes, tells once when it is ready, or what it has
// written until it ended.
func (p *process) watch(output io.Reader, ready string, up chan<- string) {
	defer close(p.ended)
	var log strings.Builder
	lines := bufio.NewScanner(output)
	for told := false; ; {
		more := lines.Scan()
		if !told {
			log.WriteString(lines.Text() + "\n")
			if !more || strings.Contains(lines.Text(), ready) {
				up <- log.String()
				told = true
			}
		}
		if !more {
			return
		}
	}
}

// stop ends the server. It can be repeated.
func (p *process) stop() {
	p.stdin.Close()
	<-p.ended
	_ = p.cmd.Wait() // the signal is its status
}
