package binary_test

import (
	"net/http"
	"os"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// gate holds the n-th request that changes something until it is opened, or its
// client leaves.
type gate struct {
	n     int64
	count atomic.Int64
	held  chan struct{} // closed when the request is there
	open  chan struct{}
}

func newGate(n int64) *gate {
	return &gate{n: n, held: make(chan struct{}), open: make(chan struct{})}
}

func (g *gate) fault(r *http.Request) *emulator.Fault {
	if r.Method != http.MethodGet && g.count.Add(1) == g.n {
		close(g.held)
		select {
		case <-g.open:
		case <-r.Context().Done(): // the client has left
		}
	}
	return nil
}

// reach waits until the request is held; a process that ends before is an error.
func (g *gate) reach(p *process) {
	p.Helper()
	select {
	case <-g.held:
	case <-p.ended:
		p.Fatalf("it ended before: %+v", p.wait())
	}
}

// interrupt sends the first signal and waits until it has been heard.
func (p *process) interrupt(s os.Signal) {
	p.Helper()
	heard := p.stderr.says("finishing what is in flight")
	p.signal(s)
	select {
	case <-heard:
	case <-p.ended:
		p.Fatalf("it ended: %+v", p.wait())
	}
}

const (
	fiveServers = "version: 1\nservers:\n  web-[001:005]: {plan: 1, os: 5, location: us-west}\n"
	oneHostname = "version: 1\nservers:\n  web-001: {hostname: new.example.com}\n"
)

// The first signal lets what is in flight end, the second leaves at once; either
// way every change is told of, and the next run goes on from there.
func TestSignals(t *testing.T) {
	for _, test := range []struct {
		name    string
		file    string
		signals []os.Signal
		code    int
		told    []string
	}{
		{"SIGINT", fiveServers, []os.Signal{syscall.SIGINT}, 3, []string{"web-001", "web-002", "web-[003:005]", "Apply interrupted", "0 of 5 done, 2 not ready, 3 not started."}},
		{"SIGTERM", fiveServers, []os.Signal{syscall.SIGTERM}, 3, []string{"web-001", "web-002", "web-[003:005]", "Apply interrupted", "0 of 5 done, 2 not ready, 3 not started."}},
		{"SIGINT twice", fiveServers, []os.Signal{syscall.SIGINT, syscall.SIGINT}, 130, []string{"web-001", "web-002", "web-[003:005]", "Apply interrupted", "0 of 5 done, 1 in doubt, 1 not ready, 3 not started.", "error: interrupted"}},
		{"SIGTERM twice", fiveServers, []os.Signal{syscall.SIGTERM, syscall.SIGTERM}, 130, []string{"Apply interrupted", "0 of 5 done, 1 in doubt, 1 not ready, 3 not started.", "error: interrupted"}},
		{"SIGHUP", fiveServers, []os.Signal{syscall.SIGHUP}, 3, []string{"Apply interrupted", "0 of 5 done, 2 not ready, 3 not started."}},
		{"SIGHUP, then SIGTERM", fiveServers, []os.Signal{syscall.SIGHUP, syscall.SIGTERM}, 130, []string{"Apply interrupted", "0 of 5 done, 1 in doubt, 1 not ready, 3 not started.", "error: interrupted"}},
		{"one of each", fiveServers, []os.Signal{syscall.SIGINT, syscall.SIGTERM}, 130, []string{"Apply interrupted", "0 of 5 done, 1 in doubt, 1 not ready, 3 not started.", "error: interrupted"}},
		{"SIGINT with nothing left to do", oneHostname, []os.Signal{syscall.SIGINT}, 0, []string{"Apply complete", ": 1 updated."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := int64(2)
			if test.file == oneHostname {
				n = 1
			}
			g := newGate(n)
			w := newWorld(t, &emulator.Emulator{Fault: g.fault, Provisioning: 1 << 40}, test.file)
			if test.file == oneHostname {
				w.add("web-001")
			}
			p := w.start(nil, applying("--parallelism", "1")...)
			g.reach(p)
			p.interrupt(test.signals[0])
			if len(test.signals) == 1 {
				close(g.open)
			} else {
				p.signal(test.signals[1])
			}
			p.wait().want(t, test.code, test.told...)
		})
	}
}

// A terminal that goes away tells it twice, itself and by its shell; that is one
// interrupt.
func TestHangupTwice(t *testing.T) {
	t.Parallel()
	g := newGate(2)
	w := newWorld(t, &emulator.Emulator{Fault: g.fault, Provisioning: 1 << 40}, fiveServers)
	p := w.start(nil, applying("--parallelism", "1")...)
	g.reach(p)
	p.interrupt(syscall.SIGHUP)
	for range 3 {
		p.signal(syscall.SIGHUP)
	}
	close(g.open)
	p.wait().want(t, 3, "Apply interrupted", "0 of 5 done, 2 not ready, 3 not started.")
	if made := len(w.Servers()); made != 2 {
		t.Errorf("%d servers were made", made)
	}
}

// Under nohup a terminal may go away.
func TestHangupIgnored(t *testing.T) {
	t.Parallel()
	g := newGate(2)
	w := newWorld(t, &emulator.Emulator{Fault: g.fault}, fiveServers)
	p := w.start(limited(`trap "" HUP`), applying("--parallelism", "1")...)
	g.reach(p)
	p.signal(syscall.SIGHUP)
	close(g.open)
	p.wait().want(t, 0)
	w.wantComplete(5)
}

// Interrupted twice with a create on the wire that commits after that, the next run
// finds that server and makes only the others.
func TestInterruptedThenGoesOn(t *testing.T) {
	t.Parallel()
	g := newGate(3)
	w := newWorld(t, &emulator.Emulator{Fault: g.fault}, servers(5))
	journal := w.newIntents()
	p := w.start(nil, applying("--parallelism", "1")...)
	g.reach(p)
	p.interrupt(syscall.SIGINT)
	p.signal(syscall.SIGINT)
	p.wait().want(t, 130)
	w.settleWire()
	journal.add()
	w.run(applying()...).want(t, 0)
	journal.add()
	journal.want()
	w.wantComplete(5)
	if sent := len(w.sent()); sent != 5 {
		t.Errorf("%d creates were sent", sent)
	}
	w.wantIdle()
}
