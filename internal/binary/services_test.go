package binary_test

import (
	"fmt"
	"net"
	"net/http"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
)

// What happens to a service whose server is rebooted: the old boot serves on for a
// while, then nobody is there, then it answers 503, and then it serves. It is away for
// longer than lies between two probes, which is the evidence of a new boot.
const (
	lingers = 100 * time.Millisecond
	isGone  = 1200 * time.Millisecond
	boots   = 200 * time.Millisecond
)

// services are real HTTP services, one at a loopback address for each server. They keep
// a record of their own of who was away when.
type services struct {
	*testing.T
	port string
	mu   sync.Mutex
	of   map[string]*service // by the server's id
	away int
	most int // away at once
}

type service struct {
	all     *services
	ip      string
	server  *http.Server
	ready   bool
	reboots int
}

// newServices gives a world n servers, web-01 and so on, each with a service.
func newServices(w *world, n int) *services {
	w.Helper()
	all := &services{T: w.T, of: make(map[string]*service), port: "0"}
	for i := 1; i <= n; i++ {
		s := &service{all: all, ip: fmt.Sprintf("127.0.0.%d", 10+i), ready: true}
		s.listen()
		added := w.Add(vpsorg.Server{Name: fmt.Sprintf("web-%02d", i), Location: "us-west", Plan: vpsorg.ServerPlan{ID: "1"}, OS: vpsorg.OS{ID: "5"}, IPAddress: &s.ip})
		all.of[string(added.ID)] = s
	}
	w.Cleanup(func() {
		all.mu.Lock()
		defer all.mu.Unlock()
		for _, s := range all.of {
			s.server.Close()
		}
	})
	reboot := regexp.MustCompile(`/servers/([^/]+)/reboot/$`)
	w.onRequest(func(r *http.Request) {
		if m := reboot.FindStringSubmatch(r.URL.Path); m != nil {
			all.mu.Lock()
			all.of[m[1]].reboots++
			all.mu.Unlock()
			time.AfterFunc(lingers, all.of[m[1]].stop)
		}
	})
	return all
}

// listen serves at the service's address; the first to do so finds the port for all.
func (s *service) listen() {
	l, err := net.Listen("tcp", net.JoinHostPort(s.ip, s.all.port))
	if err != nil {
		s.all.Errorf("a service cannot be at its address: %v", err)
		return
	}
	_, s.all.port, _ = net.SplitHostPort(l.Addr().String())
	s.server = &http.Server{Handler: s}
	go s.server.Serve(l)
}

func (s *service) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	if !s.ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func (s *service) stop() {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	s.ready = false
	s.all.away++
	s.all.most = max(s.all.most, s.all.away)
	s.server.Close()
	time.AfterFunc(isGone, s.boot)
}

func (s *service) boot() {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	s.listen()
	time.AfterFunc(boots, func() {
		s.all.mu.Lock()
		defer s.all.mu.Unlock()
		s.ready = true
		s.all.away--
	})
}

// rebooted is how many reboots were sent for all servers, and whether each had one at
// most.
func (all *services) rebooted() (n int, once bool) {
	all.mu.Lock()
	defer all.mu.Unlock()
	once = true
	for _, s := range all.of {
		n += s.reboots
		once = once && s.reboots <= 1
	}
	return n, once
}

// mostAway is how many were ever away at once.
func (all *services) mostAway() int {
	all.mu.Lock()
	defer all.mu.Unlock()
	return all.most
}
