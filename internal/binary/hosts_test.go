//go:build unix

package binary_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/internal/state/servertest"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// account is a world that several hosts act on, with a store that they share.
type account struct {
	*testing.T
	*world
	store string // its URL
	hosts atomic.Int64
}

// TestHosts runs each story of several hosts in a store of each kind.
func TestHosts(t *testing.T) {
	postgres, bucket := servertest.NewPostgres(t), servertest.NewBucket(t)
	for name, story := range map[string]func(*account){
		"five at once": fiveAtOnce, "stopped for longer than its lease": stoppedForLong, "a digest across hosts": digestAcrossHosts,
	} {
		for store, url := range map[string]string{"postgres": postgres.URL(postgres.NewDatabase(t)), "bucket": bucket.URL(strings.ReplaceAll(name, " ", "-"))} {
			t.Run(name+" in "+store, func(t *testing.T) {
				t.Parallel()
				story(&account{T: t, store: url})
			})
		}
	}
}

// open serves an API with a fleet of n servers, and prepares the store.
func (a *account) open(e *emulator.Emulator, n int) {
	a.Helper()
	a.world = newWorld(a.T, e, servers(n))
	a.patience = 3 * time.Minute
	a.host().run("state", "init").want(a.T, 0)
}

// host is a host that has nothing of its own yet.
type host struct {
	*account
	folder string
}

func (a *account) host() *host {
	return &host{a, filepath.Join(a.dir, fmt.Sprint("host-", a.hosts.Add(1)))}
}

func (h *host) start(args ...string) *process {
	h.Helper()
	return h.world.start(func(c *exec.Cmd) {
		c.Env = append(c.Env, "HOME="+h.folder, "XDG_STATE_HOME="+h.folder, "FLEET_STATE="+h.store,
			"AWS_ACCESS_KEY_ID="+servertest.User, "AWS_SECRET_ACCESS_KEY="+servertest.Password)
	}, args...)
}

func (h *host) run(args ...string) ended {
	h.Helper()
	return h.start(args...).wait()
}

// wantEach holds that each of n servers is there once, and nothing is left to do.
func (a *account) wantEach(n int) {
	a.Helper()
	a.wantNoTwins()
	if live := len(a.Servers()); live != n {
		a.Errorf("%d servers are there, want %d", live, n)
	}
	a.host().run("plan", "--detailed-exitcode").want(a.T, 0, "No changes.")
	a.host().run("lock").want(a.T, 0, "No apply is under way.")
}

// losing is an API that does what it is asked and loses a fifth of the answers to
// creates.
func losing() *emulator.Emulator {
	random := draw(7)
	var mu sync.Mutex
	return &emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
		mu.Lock()
		defer mu.Unlock()
		if r.Method == http.MethodPost && random.IntN(5) == 0 {
			return &emulator.Fault{Stage: emulator.Committed, Drop: true}
		}
		return nil
	}}
}

// Of five hosts that apply at once, with folders that are lost and answers too, one
// after another is killed at its work; the others finish it.
func fiveAtOnce(a *account) {
	const fleet, kills = 40, 2
	a.open(losing(), fleet)
	var running sync.Map // the processes by number
	var mu sync.Mutex
	creates, killed := 0, 0
	a.onRequest(func(r *http.Request) {
		if r.Method != http.MethodPost {
			return
		}
		mu.Lock() // the next is on its way while the process is found
		defer mu.Unlock()
		if creates++; creates >= 12*(killed+1) && killed < kills {
			killed++
			a.killHolder(&running)
		}
	})
	var hosts sync.WaitGroup
	codes := make([]int, 5)
	for n := range codes {
		hosts.Go(func() {
			p := a.host().start(applying("--wait", "2m", "--parallelism", "3")...)
			running.Store(p.cmd.Process.Pid, p)
			codes[n] = p.wait().code
		})
	}
	hosts.Wait()
	a.onRequest(nil)
	a.settleWire()
	if ended := slices.Sorted(slices.Values(codes)); !slices.Equal(ended, []int{-1, -1, 0, 0, 0}) {
		a.Errorf("they ended with %d", codes)
	}
	a.wantEach(fleet)
}

var pid = regexp.MustCompile(`"pid": (\d+)`)

// killHolder kills the process that has the lease.
func (a *account) killHolder(running *sync.Map) {
	e := a.host().run("lock", "--json")
	if m := pid.FindStringSubmatch(e.stdout); m != nil {
		running.Range(func(number, p any) bool {
			if fmt.Sprint(number) == m[1] {
				p.(*process).signal(os.Kill)
			}
			return true
		})
	}
}

// A process that is stopped for longer than its lease lasts sends nothing more when it
// goes on: another has taken over and finished.
func stoppedForLong(a *account) {
	const fleet = 8
	a.open(&emulator.Emulator{}, fleet)
	var first atomic.Pointer[process]
	var creates atomic.Int64
	stopped := make(chan struct{})
	a.onRequest(func(r *http.Request) {
		if r.Method == http.MethodPost && creates.Add(1) == 3 {
			first.Load().signal(syscall.SIGSTOP)
			close(stopped)
		}
	})
	first.Store(a.host().start(applying("--parallelism", "1")...))
	<-stopped
	second := a.host().start(applying("--wait", "1m")...)
	second.wait().want(a.T, 0)
	sent := len(a.sent())
	first.Load().signal(syscall.SIGCONT)
	first.Load().wait().want(a.T, 3, "the lease is lost", "has had the lease", "fleet lock shows who has it")
	if more := len(a.sent()) - sent; more > 0 {
		a.Errorf("it has sent %d changes after it went on", more)
	}
	a.wantEach(fleet)
}

// A plan that one host has kept is begun by its digest on a second, which is killed, and
// finished on a third.
func digestAcrossHosts(a *account) {
	const fleet = 20
	a.open(losing(), fleet)
	a.host().run("plan", "--keep").want(a.T, 0, "Kept under its digest.")
	_, rest, _ := strings.Cut(a.host().run("plan").stdout, "Digest: ")
	digest, _, _ := strings.Cut(rest, "\n")
	apply := []string{"apply", "--digest", digest, "--wait", "1m", "--poll-interval", "20ms", "--settle", "300ms", "--parallelism", "2"}
	var second atomic.Pointer[process]
	var creates atomic.Int64
	a.onRequest(func(r *http.Request) {
		if r.Method == http.MethodPost && creates.Add(1) == 8 {
			second.Load().signal(os.Kill)
		}
	})
	second.Store(a.host().start(apply...))
	second.Load().wait().want(a.T, -1)
	a.onRequest(nil)
	a.settleWire()
	if made := len(a.Servers()); made == 0 || made == fleet {
		a.Errorf("%d servers are made", made)
	}
	a.host().run(apply...).want(a.T, 0, "Apply complete")
	a.wantEach(fleet)
}

// A database that is stopped at once, for longer than a lease lasts, holds an apply
// back, which goes on when it is there again.
func TestDatabaseIsGoneInTheMiddle(t *testing.T) {
	t.Parallel()
	const fleet = 30
	postgres := servertest.NewPostgres(t)
	slow := &emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost {
			return &emulator.Fault{Stage: emulator.Committed, Delay: 400 * time.Millisecond}
		}
		return nil
	}}
	a := &account{T: t, store: postgres.URL(postgres.NewDatabase(t))}
	a.open(slow, fleet)
	h := a.host()
	p := h.start(applying("--parallelism", "1")...)
	for len(a.sent()) < 3 {
		time.Sleep(20 * time.Millisecond)
	}
	postgres.Stop()
	time.Sleep(2 * linkedTTL)
	quiet := len(a.sent())
	if quiet == fleet {
		t.Error("all was sent without the database")
	}
	time.Sleep(time.Second)
	if now := len(a.sent()); now != quiet {
		t.Errorf("%d changes were sent when the lease had lapsed", now-quiet)
	}
	postgres.Start()
	p.wait().want(t, 0)
	a.wantEach(fleet)
}
