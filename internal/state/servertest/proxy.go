package servertest

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Proxy passes connections on to a server, and does with the answers what networks do.
type Proxy struct {
	Addr string // that it listens on

	to   string
	mu   sync.Mutex
	open map[net.Conn]bool
	pass int           // answers that are passed on before some are lost
	lose int           // answers that are lost then
	late time.Duration // how late answers come
}

// NewProxy starts a proxy before the server at an address.
func NewProxy(t testing.TB, to string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Addr: l.Addr().String(), to: to, open: make(map[net.Conn]bool)}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { p.serve(client) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.cut()
		all.Wait()
	})
	return p
}

// Lose passes some answers on and loses those after them: the server has done what it
// was asked, and the connection is cut before it says so.
func (p *Proxy) Lose(after, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pass, p.lose = after, n
}

// Delay lets each answer come late from now on.
func (p *Proxy) Delay(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.late = d
}

// cut ends all connections.
func (p *Proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		c.Close()
	}
}

func (p *Proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer server.Close()
	p.mu.Lock()
	p.open[client], p.open[server] = true, true
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.open, client)
		delete(p.open, server)
	}()
	go func() {
		_, _ = io.Copy(server, client) // either end may be cut
		server.Close()
	}()
	p.answer(client, server)
}

// answer passes on what the server says, until it ends or an answer is to be lost.
func (p *Proxy) answer(client, server net.Conn) {
	buf := make([]byte, 64<<10)
	for {
		n, err := server.Read(buf)
		if err != nil {
			return
		}
		lost, late := p.next()
		if lost {
			return
		}
		time.Sleep(late)
		if _, err := client.Write(buf[:n]); err != nil {
			return
		}
	}
}

// next says what becomes of the next answer.
func (p *Proxy) next() (lost bool, late time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.pass > 0:
		p.pass--
	case p.lose > 0:
		p.lose--
		return true, 0
	}
	return false, p.late
}
