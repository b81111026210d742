package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing/iotest"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

var errDead = errors.New("the process is dead")

// call is one request on its way from a process to the API.
type call struct {
	process  *process
	method   string
	path     string // below the base URL, with the query
	body     string
	identity string // tells it from all other requests that may be waiting beside it

	list bool      // it is about the list of servers
	id   vpsorg.ID // of the server that it is about; "" where there is none
	verb string    // of a power call
	name string    // of the server that it creates

	queues  bool // it is only about to queue in its client
	window  int  // between which two turns it arrived
	nth     int  // how many like it its process has sent before
	status  int  // of the answer; 0: none
	over    bool // its process has heard what became of it
	release chan strike
}

const basePath = "/api/v1"

func newCall(p *process, r *http.Request, body []byte) *call {
	c := &call{process: p, method: r.Method, path: strings.TrimPrefix(r.URL.RequestURI(), basePath), body: string(body), release: make(chan strike, 1)}
	c.identity = c.method + " " + c.path + " " + c.body
	rest, ours := strings.CutPrefix(strings.TrimPrefix(r.URL.Path, basePath), "/servers/")
	id, verb, _ := strings.Cut(rest, "/")
	c.id, c.verb = vpsorg.ID(id), strings.TrimSuffix(verb, "/")
	if !ours {
		c.id, c.verb = "", ""
	}
	c.list = ours && id == "" && r.Method == http.MethodGet
	if creates.includes(c) {
		var order vpsorg.CreateRequest
		json.Unmarshal(body, &order) // what cannot be read has no name, which is not approved
		c.name = order.Name
	}
	return c
}

// wire is a process's connection to the API: each request waits for its turn.
type wire struct{ *process }

// queue holds requests back before they queue in a client that is slowed down, so
// that not chance says which of two is first.
func (p *process) queue(ctx context.Context, request string) error {
	if !p.asleep.pass(ctx) {
		return context.Cause(ctx)
	}
	p.sim.mu.Lock()
	paced := p.paced
	p.sim.mu.Unlock()
	if !paced {
		return nil
	}
	_, err := p.sim.turn(ctx, &call{process: p, identity: request, queues: true, release: make(chan strike, 1)})
	return err
}

type strikeKey struct{}

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body) // out of memory: it never fails
		r.Body.Close()
	}
	c := newCall(w.process, r, body)
	hit, err := w.sim.turn(r.Context(), c)
	if err != nil {
		return nil, err
	}
	r = r.WithContext(context.WithValue(r.Context(), strikeKey{}, &hit.effect))
	r.Body = io.NopCloser(bytes.NewReader(body))
	if w.sim.stingy && strings.Contains(r.URL.RawQuery, "page_size=100") {
		r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "page_size=100", "page_size=2", 1)
		w.sim.fire(stingyPages)
	}
	resp, err := w.sim.api.Transport().RoundTrip(r)
	if err == nil {
		resp, err = spoilt(resp, hit.spoil)
	}
	return w.sim.heard(c, hit, resp, err)
}

// struck hands the emulator the fault that was decided on.
func struck(r *http.Request) *emulator.Fault {
	return r.Context().Value(strikeKey{}).(*emulator.Fault)
}

// heard notes what the process got to hear, and hands it on.
func (s *simulation) heard(c *call, hit strike, resp *http.Response, err error) (*http.Response, error) {
	status, good := 0, err == nil && hit.effect.Answer == nil && hit.effect.Cut == 0 && (hit.spoil == nil || hit.useful)
	if err == nil {
		status = resp.StatusCode
	}
	var body []byte
	if good && c.method == http.MethodGet {
		end := io.EOF
		if all, broken := io.ReadAll(resp.Body); broken != nil { // its process was cut off, for good answers are whole
			good, end = false, broken
		} else {
			body = all
		}
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), iotest.ErrReader(end)))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tellAnswer(c, status, err)
	c.status, c.over = status, true
	p := c.process
	// A token need not be allowed to ask for prices; refused creates stop creates alone.
	forbidden := status == http.StatusForbidden && c.path != "/plans/" && !creates.includes(c)
	if p.refused == 0 && (status == http.StatusUnauthorized || forbidden) {
		p.refused = s.step
	}
	if c.id != "" && hit.effect.Stage != emulator.Unsent {
		p.last[c.id] = lastCall{c.method, status}
		refused := status/100 == 4 && status != http.StatusRequestTimeout
		p.booted[c.id] = p.booted[c.id] || c.verb == "reboot" && !refused
	}
	if good && status == http.StatusNoContent && !s.diskFull {
		s.deleted[c.id] = time.Now()
	}
	if good && status == http.StatusOK && c.method == http.MethodGet {
		s.see(c, body)
	}
	if c.name != "" {
		p.heardCreate(c, hit, status, good)
	}
	return resp, err
}
