package binary_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/internal/installed"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// pane is a terminal of tmux with fleet in it.
type pane struct {
	*testing.T
	socket string
	wrote  chan struct{} // receives after something was written to the terminal
}

// openPane runs a line of a shell in a terminal of a size.
func openPane(t *testing.T, width, height int, line string) *pane {
	t.Helper()
	installed.Need(t, "tmux", "tmux")
	dir, err := os.MkdirTemp("", "tmux") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := &pane{t, filepath.Join(dir, "s"), make(chan struct{}, 1)}
	p.tmux("-f", "/dev/null", "new-session", "-d", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height), "cat")
	t.Cleanup(func() { exec.Command("tmux", "-S", p.socket, "kill-server").Run() }) // it may be gone
	fifo := filepath.Join(dir, "wrote")
	if out, err := exec.Command("mkfifo", fifo).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	read, err := os.OpenFile(fifo, os.O_RDWR, 0) // does not wait for a writer
	if err != nil {
		t.Fatal(err)
	}
	p.tmux("pipe-pane", "-O", "cat > "+fifo)
	t.Cleanup(func() { read.Close() })
	go func() {
		for buffer := make([]byte, 4096); ; {
			if _, err := read.Read(buffer); err != nil {
				return
			}
			select {
			case p.wrote <- struct{}{}:
			default:
			}
		}
	}()
	p.tmux("respawn-pane", "-k", line)
	return p
}

func (p *pane) tmux(args ...string) string {
	p.Helper()
	out, err := exec.Command("tmux", append([]string{"-u", "-S", p.socket}, args...)...).CombinedOutput()
	if err != nil {
		p.Fatalf("tmux %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// shows waits until the terminal, with what has scrolled away, has all these texts, and
// returns it with its broken lines joined.
func (p *pane) shows(texts ...string) (screen string) {
	p.Helper()
	overdue := time.After(patience)
	for {
		screen = p.tmux("capture-pane", "-p", "-J", "-S", "-")
		flat := strings.Join(strings.Fields(screen), " ") // fleet breaks lines too
		all := true
		for _, text := range texts {
			all = all && strings.Contains(flat, text)
		}
		if all {
			return screen
		}
		select {
		case <-p.wrote:
		case <-overdue:
			p.Fatalf("the terminal does not show %q:\n%s", texts, screen)
		}
	}
}

// The status is two lines that rewrite themselves and leave nothing behind, whatever the
// width and though it changes; failures stay above, and an interrupt says what is in flight.
func TestLiveInATerminal(t *testing.T) {
	for _, size := range [][2]int{{100, 30}, {80, 24}, {40, 24}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			held, open := make(chan struct{}), make(chan struct{})
			names := make(chan string, 100)
			fault := func(r *http.Request) *emulator.Fault {
				if r.Method == http.MethodGet {
					return nil
				}
				switch <-names {
				case "web-001":
					return &emulator.Fault{Answer: &emulator.Answer{Status: 400, Body: `{"detail": "no such key"}`}}
				case "web-004":
					close(held)
					<-open
				}
				return nil
			}
			w := newWorld(t, &emulator.Emulator{Fault: fault}, servers(4))
			for i := 1; i <= 4; i++ {
				names <- fmt.Sprintf("web-%03d", i)
			}
			p := openPane(t, size[0], size[1], fmt.Sprintf(`cd '%s' && PATH='%s' XDG_STATE_HOME=state VPS_API_URL=%s/api/v1 VPS_API_TOKEN=%s '%s' %s --parallelism 1; echo "exit $?"; exec cat`,
				w.dir, os.Getenv("PATH"), w.url, w.token, binary, strings.Join(applying(), " ")))
			<-held
			p.wantOneStatus("web-001: failed:", "1 failed", "under way: web-004")
			p.tmux("resize-window", "-x", fmt.Sprint(size[0]-10), "-y", fmt.Sprint(size[1]))
			for range 2 { // the second is drawn for the new width
				<-p.wrote
			}
			p.wantOneStatus("web-001: failed:", "1 failed", "under way: web-004")
			p.tmux("send-keys", "C-c")
			p.wantOneStatus("Interrupted: starting nothing new", "In flight: 1 under way: web-004.")
			close(open)
			screen := p.shows("exit 3", "web-001: failed:", "Failed 1", "Not ready 1", "Done 2")
			if strings.Contains(screen, "/4 done") || strings.ContainsAny(screen, "█░") || strings.Count(screen, "under way") != 1 {
				t.Errorf("something is left of the status:\n%s", screen)
			}
		})
	}
}

// wantOneStatus waits for texts and holds that there is one status.
func (p *pane) wantOneStatus(texts ...string) {
	p.Helper()
	screen := p.shows(texts...)
	if n := strings.Count(screen, "/4 done"); n > 1 {
		p.Errorf("there are %d statuses:\n%s", n, screen)
	}
}
