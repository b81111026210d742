package vpsorg

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// failing fails n times as first does and then answers well.
func failing(n int, sent *int, first transport) transport {
	return func(r *http.Request) (*http.Response, error) {
		if *sent++; *sent <= n {
			return first(r)
		}
		return answer(200, `{"id":7}`), nil
	}
}

// noChance makes the pauses of a client always the same.
func noChance(context.Context, string) error { return nil }

// Transports that fail without an answer, or in the middle of one.
var (
	noNetwork      = transport(func(*http.Request) (*http.Response, error) { return nil, net.ErrClosed })
	noSuchHost     = transport(func(*http.Request) (*http.Response, error) { return nil, &net.DNSError{IsNotFound: true} })
	notTLS         = transport(func(*http.Request) (*http.Response, error) { return nil, tls.RecordHeaderError{} })
	badCertificate = transport(func(*http.Request) (*http.Response, error) { return nil, &tls.CertificateVerificationError{} })
	breaksOff      = transport(func(*http.Request) (*http.Response, error) {
		resp := answer(200, "")
		resp.Body = io.NopCloser(iotest.ErrReader(io.ErrUnexpectedEOF))
		return resp, nil
	})
	hangs = transport(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
)

// failed is what happens to a request that fails for a while.
type failed struct {
	fault transport
	lasts time.Duration // how long a GET is repeated, at least
}

func TestWhatIsRetried(t *testing.T) {
	for name, f := range map[string]failed{
		"network":      {noNetwork, time.Minute},
		"broken":       {breaksOff, time.Minute},
		"time-out":     {hangs, time.Minute},
		"408":          {always(408, ""), time.Minute},
		"425":          {always(425, ""), time.Minute},
		"500":          {always(500, ""), time.Minute},
		"502":          {always(502, "<html>"), time.Minute},
		"503":          {always(503, "", "Retry-After", "5"), time.Minute},
		"503 for long": {always(503, "", "Retry-After", "100"), 100 * time.Second},
		"504":          {always(504, ""), time.Minute},
		"507":          {always(507, ""), time.Minute},
		"520":          {always(520, ""), time.Minute},
		"524":          {always(524, "<html>"), time.Minute},
		"599":          {always(599, ""), time.Minute},
		"429":          {always(429, ""), 4 * time.Minute},
		"HTML":         {always(200, "<html>"), time.Minute},
		"text":         {always(200, "upstream connect error"), time.Minute},
		"nothing":      {always(200, ""), time.Minute},
		"HTML 403":     {always(403, "<html>"), time.Minute},
		"no such name": {noSuchHost, time.Second},
		"400":          {always(400, ""), 0},
		"401":          {always(401, ""), 0},
		"403":          {always(403, ""), 0},
		"404":          {always(404, ""), 0},
		"404 HTML":     {always(404, "<html>"), 0},
		"501":          {always(501, ""), 0},
		"505":          {always(505, ""), 0},
		"redirect":     {always(302, ""), 0},
		"truncated":    {always(200, `{"id":`), 0},
		"certificate":  {badCertificate, 0},
		"no TLS":       {notTLS, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, f.checkReads)
			synctest.Test(t, func(t *testing.T) { f.checkChanges(t, name[0] == '4' || name[0] == '5') })
		})
	}
}

func (f failed) client(t *testing.T, times int, sent *int) *Client {
	return newTestClient(t, Config{Transport: failing(times, sent, f.fault), BeforeQueue: noChance})
}

// checkReads holds that a read is repeated for as long as it should be, and that its last
// attempt may be the one that succeeds.
func (f failed) checkReads(t *testing.T) {
	sent, start := 0, time.Now()
	_, err := f.client(t, 1000, &sent).GetServer(t.Context(), "7")
	took := time.Since(start)
	if err == nil || took < f.lasts || took > f.lasts+65*time.Second || (sent == 1) != (f.lasts == 0) || sent > 15 {
		t.Errorf("a GET was sent %d times in %s: %v", sent, took, err)
	}
	if last := sent - 1; last > 0 {
		sent = 0
		if s, err := f.client(t, last, &sent).GetServer(t.Context(), "7"); err != nil || s.ID != "7" {
			t.Errorf("the last attempt was good, but: %v", err)
		}
	}
}

// checkChanges holds that no change is repeated. An answer that says nothing of the server
// is good enough for a change but a create, unless it refuses.
func (f failed) checkChanges(t *testing.T, refuses bool) {
	sent := 0
	for method, call := range changes(f.client(t, 1000, &sent)) {
		sent = 0
		if err := call(t.Context()); sent != 1 || err == nil && (method == "create" || refuses) {
			t.Errorf("%s was sent %d times: %v", method, sent, err)
		}
	}
}

// changes is every request that changes something.
func changes(c *Client) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"create": func(ctx context.Context) error { _, err := c.CreateServer(ctx, CreateRequest{}); return err },
		"put":    func(ctx context.Context) error { return c.PutServer(ctx, "7", PutRequest{}) },
		"patch":  func(ctx context.Context) error { return c.PatchServer(ctx, "7", PatchRequest{}) },
		"delete": func(ctx context.Context) error { return c.DeleteServer(ctx, "7") },
		"start":  func(ctx context.Context) error { _, err := c.StartServer(ctx, "7"); return err },
		"stop":   func(ctx context.Context) error { _, err := c.StopServer(ctx, "7"); return err },
		"reboot": func(ctx context.Context) error { _, err := c.RebootServer(ctx, "7"); return err },
	}
}

func TestRetryBudgetIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int32
		c := newTestClient(t, Config{Transport: transport(func(*http.Request) (*http.Response, error) {
			sent.Add(1)
			return answer(502, ""), nil
		})})
		for range 100 {
			go c.GetServer(t.Context(), "7")
		}
		time.Sleep(time.Hour)
		if n, most := sent.Load(), 100+budgetMax+budgetRefill*int32(outage.Seconds()); n > most || n < most*9/10 {
			t.Errorf("100 workers sent %d requests in an outage, want a little less than %d", n, most)
		}
	})
}

func TestRetriesWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent, start := 0, time.Now()
		c := newTestClient(t, Config{Transport: failing(4, &sent, always(500, ""))})
		if _, err := c.GetServer(t.Context(), "7"); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d < 3*time.Second || d > 12*time.Second {
			t.Errorf("four retries took %s, want about 7.5s", d)
		}
	})
}

func TestRetryEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		sent := 0
		c := newTestClient(t, Config{Transport: failing(1000, &sent, always(500, `{"detail":"down"}`))})
		_, err := c.GetServer(ctx, "7")
		if !errors.Is(err, context.DeadlineExceeded) || sent != 1 {
			t.Errorf("sent %d: %v", sent, err)
		}
	})
}

// Whoever watches is told of each pause before it begins.
func TestWaitsAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var waits []Wait
		sent, start := 0, time.Now()
		c := newTestClient(t, Config{
			Transport:   failing(3, &sent, always(503, `{"detail": "down"}`)),
			Waiting:     func(w Wait) { waits = append(waits, w) },
			BeforeQueue: noChance,
		})
		if _, err := c.GetServer(Rereading(t.Context()), "7"); err != nil {
			t.Fatal(err)
		}
		want := []Wait{
			{Attempt: 2, Pause: 500 * time.Millisecond},
			{Attempt: 3, Pause: time.Second},
			{Attempt: 4, Pause: 2 * time.Second},
		}
		if len(waits) != len(want) {
			t.Fatalf("told %+v", waits)
		}
		for i, w := range waits {
			if w.Err == nil || w.Err.Error() != "GET /servers/7/: 503 Service Unavailable: down" {
				t.Errorf("the error is %v", w.Err)
			}
			w.Err = nil
			want[i].Kind, want[i].Method, want[i].Path, want[i].Status, want[i].Since = KindReread, "GET", "/servers/7/", 503, start
			if w != want[i] {
				t.Errorf("told %+v, want %+v", w, want[i])
			}
		}
		if took := time.Since(start); took != 3500*time.Millisecond {
			t.Errorf("it took %s", took)
		}
		waits = nil
		c.cfg.Transport = always(503, "")
		if err := c.DeleteServer(t.Context(), "7"); err == nil || waits != nil {
			t.Errorf("a change: told %+v", waits)
		}
	})
}

func TestCertificatesAreVerified(t *testing.T) {
	var seen atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen.Add(1) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	c := newTestClient(t, Config{BaseURL: server.URL})
	err := c.DeleteServer(t.Context(), "7")
	var certificate *tls.CertificateVerificationError
	if !errors.As(err, &certificate) || Ambiguous(err) || seen.Load() != 0 {
		t.Errorf("got %v with %d requests", err, seen.Load())
	}
}
