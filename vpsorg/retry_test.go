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

func TestWhatIsRetried(t *testing.T) {
	network := transport(func(*http.Request) (*http.Response, error) { return nil, net.ErrClosed })
	certificate := transport(func(*http.Request) (*http.Response, error) { return nil, &tls.CertificateVerificationError{} })
	broken := transport(func(*http.Request) (*http.Response, error) {
		resp := answer(200, "")
		resp.Body = io.NopCloser(iotest.ErrReader(io.ErrUnexpectedEOF))
		return resp, nil
	})
	hang := transport(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	for name, tt := range map[string]struct {
		fault transport
		most  int // how often a GET is sent at most
	}{
		"network":     {network, 5},
		"broken":      {broken, 5},
		"time-out":    {hang, 5},
		"500":         {always(500, ""), 5},
		"502":         {always(502, "<html>"), 5},
		"503":         {always(503, "", "Retry-After", "5"), 5},
		"504":         {always(504, ""), 5},
		"429":         {always(429, ""), 10},
		"400":         {always(400, ""), 1},
		"401":         {always(401, ""), 1},
		"403":         {always(403, ""), 1},
		"404":         {always(404, ""), 1},
		"501":         {always(501, ""), 1},
		"redirect":    {always(302, ""), 1},
		"HTML":        {always(200, "<html>"), 1},
		"certificate": {certificate, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				c := newTestClient(t, Config{Transport: failing(1000, &sent, tt.fault)})
				if _, err := c.GetServer(t.Context(), "7"); err == nil || sent != tt.most {
					t.Errorf("a GET was sent %d times, want %d: %v", sent, tt.most, err)
				}
				sent = 0
				if tt.most > 1 {
					c = newTestClient(t, Config{Transport: failing(tt.most-1, &sent, tt.fault)})
					if s, err := c.GetServer(t.Context(), "7"); err != nil || s.ID != "7" {
						t.Errorf("the last attempt was good, but: %v", err)
					}
				}
				for method, call := range changes(c) {
					sent = 0
					c.transport = failing(1000, &sent, tt.fault)
					if err := call(t.Context()); err == nil || sent != 1 {
						t.Errorf("%s was sent %d times: %v", method, sent, err)
					}
				}
			})
		})
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
		if n := sent.Load(); n != 100+budgetMax {
			t.Errorf("100 workers sent %d requests in an outage, want %d", n, 100+budgetMax)
		}
		for range 5 {
			c.budget.earn()
		}
		if !c.budget.take() || c.budget.take() {
			t.Error("five successes do not earn one retry")
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

func TestRetryAfterIsHonouredByAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, sent := time.Now(), 0
		c := newTestClient(t, Config{Transport: failing(1, &sent, always(429, "", "Retry-After", "20"))})
		if err := c.DeleteServer(t.Context(), "7"); !errors.Is(err, ErrRateLimited) || Ambiguous(err) {
			t.Fatalf("got %v", err)
		}
		if _, err := c.GetServer(t.Context(), "7"); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d != 20*time.Second {
			t.Errorf("the next request went after %s, want 20s", d)
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
