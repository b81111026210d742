package probe

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
)

var silent = log.New(io.Discard, "", 0)

// TestMain is also the commands that the tests run: the test's own program, told what
// to do by its arguments.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "as" {
		os.Exit(act(os.Args[2], os.Args[3:]))
	}
	os.Exit(m.Run())
}

func act(what string, args []string) int {
	switch what {
	case "tell": // its arguments, environment and folder
		dir, _ := os.Getwd()
		env := os.Environ()
		slices.Sort(env)
		_ = os.WriteFile(args[0], []byte(fmt.Sprintf("%q\n%s\n%s\n", args[1:], filepath.Base(dir), strings.Join(env, "\n"))), 0o600)
	case "fail":
		fmt.Fprintf(os.Stderr, "trying\n\x1b[31mthe balancer says\u202e no\n\n")
		return 3
	case "hang":
		select {}
	case "flood":
		for {
			fmt.Println(strings.Repeat("x", 1<<16))
		}
	case "call": // somebody, who hears when this process ends
		conn, err := net.Dial("tcp", args[0])
		if err != nil {
			return 1
		}
		fmt.Println("called")
		_, _ = conn.Read(make([]byte, 1))
	case "fork", "leave": // another process, and hang or end
		child := exec.Command(os.Args[0], "as", "call", args[0])
		child.Stderr = os.Stderr
		called, err := child.StdoutPipe()
		if err != nil || child.Start() != nil {
			return 1
		}
		_, _ = called.Read(make([]byte, 1))
		if what == "fork" {
			_ = child.Wait()
		}
	}
	return 0
}

// as is a command that acts.
func as(timeout time.Duration, args ...string) fleet.Command {
	return fleet.Command{Argv: append([]string{os.Args[0], "as"}, args...), Timeout: fleet.Duration{Duration: timeout}}
}

func TestCommandEnds(t *testing.T) {
	for _, c := range []struct {
		does    string
		timeout time.Duration
		want    string
	}{
		{"nothing", time.Minute, ""},
		{"fail", time.Minute, `exit 3: "\x1b[31mthe balancer says\u202e no"`},
		{"hang", 200 * time.Millisecond, "killed after 200ms"},
		{"flood", time.Second, `killed after 1s: "xxx`},
	} {
		t.Run(c.does, func(t *testing.T) {
			err := New(os.Environ()).Run(t.Context(), as(c.timeout, c.does), web, apply.PhaseDrain)
			check(t, err, c.want)
			if err != nil && len(err.Error()) > 2*maxLine {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
		})
	}
}

func TestCommandIsNotThere(t *testing.T) {
	for _, name := range []string{"./no-such-program", "no-such-program-at-all", "/no/such/program"} {
		c := fleet.Command{Argv: []string{name}, Timeout: fleet.Duration{Duration: time.Minute}, Dir: t.TempDir()}
		check(t, New(nil).Run(t.Context(), c, web, apply.PhaseDrain), fmt.Sprintf("cannot run %q: ", name))
	}
}

// A command is told about its server, and not how to reach the API.
func TestCommandIsTold(t *testing.T) {
	dir := t.TempDir()
	told := filepath.Join(dir, "told")
	environ := append(os.Environ(), "VPS_API_TOKEN=secret", "CI_TOKEN=secret", "FLEET_TOKEN_FILE=/token", "FLEET_STATE=postgres://u:p@h", "LANG=C")
	c := as(time.Minute, "tell", told, "{name}", "$HOME {location}/{label:port}")
	c.Dir = dir
	target := web
	target.PeerIP = "127.0.0.8"
	if err := New(environ).Run(t.Context(), c, target, apply.PhaseRestore); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(told)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	if want := `["web-1" "$HOME us-west/1"]`; lines[0] != want || lines[1] != filepath.Base(dir) {
		t.Errorf("got %s in %s", lines[0], lines[1])
	}
	for _, want := range []string{"FLEET_PHASE=restore", "FLEET_SERVER_NAME=web-1", "FLEET_SERVER_ID=12345", "FLEET_SERVER_IP=127.0.0.9",
		"FLEET_SERVER_LOCATION=us-west", "FLEET_SERVER_LABEL_PORT=1", "FLEET_PEER_IP=127.0.0.8", "LANG=C"} {
		if !slices.Contains(lines, want) {
			t.Errorf("no %s", want)
		}
	}
	for _, secret := range []string{"secret", "/token", "postgres"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%q is in the environment", secret)
		}
	}
}

// What a command has started is killed with it, however it ends.
func TestCommandIsKilledWhole(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("what a command that has ended left behind is not found on Windows")
	}
	for _, c := range []struct{ does, want string }{{"fork", "it is enough"}, {"leave", ""}} {
		t.Run(c.does, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			ctx, cancel := context.WithCancelCause(t.Context())
			ends := make(chan error, 1)
			go func() {
				ends <- New(os.Environ()).Run(ctx, as(time.Minute, c.does, l.Addr().String()), web, apply.PhaseDrain)
			}()
			conn, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if c.want != "" {
				cancel(fmt.Errorf("%s", c.want))
			}
			check(t, <-ends, c.want)
			_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
			if _, err := conn.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
				t.Errorf("what the command has started is still there: %v", err)
			}
			cancel(nil)
		})
	}
}

// A command that is a probe runs as one, and its path is taken from the file's folder.
func TestCommandAsProbe(t *testing.T) {
	c := as(time.Minute, "fail")
	c.Dir = filepath.Dir(os.Args[0])
	c.Argv[0] = "./" + filepath.Base(os.Args[0])
	check(t, New(nil).Probe(t.Context(), fleet.Probe{Command: &c}, web), "exit 3: ")
}

func TestTail(t *testing.T) {
	var out tail
	for range 1000 {
		fmt.Fprintln(&out, strings.Repeat("é", 100))
	}
	line := out.lastLine()
	if len(out.kept) > maxTail || len(line) > maxLine+len("…") || !strings.HasSuffix(line, "é…") {
		t.Errorf("%d bytes are kept, and the last line is %q", len(out.kept), line)
	}
}
