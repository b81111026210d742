package vpsorg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

const testToken = "vps_s3cret0f7ests"

// transport is an API without a network.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// answer is a response of the API; headers come in pairs.
func answer(status int, body string, headers ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

// always answers every request alike.
func always(status int, body string, headers ...string) transport {
	return func(*http.Request) (*http.Response, error) { return answer(status, body, headers...), nil }
}

func newTestClient(t *testing.T, cfg Config) *Client {
	t.Helper()
	if cfg.Token == "" {
		cfg.Token = testToken
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve runs h on loopback and returns a client of it.
func serve(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	own := NewTransport()
	t.Cleanup(own.CloseIdleConnections)
	return newTestClient(t, Config{BaseURL: server.URL + "/api/v1", Transport: own})
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		var strays atomic.Int32
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/api/v1/servers/" {
				strays.Add(1)
			}
			http.Redirect(w, r, "/elsewhere/", status)
		})
		_, err := c.CreateServer(t.Context(), CreateRequest{Name: "a"})
		if err == nil || !strings.Contains(err.Error(), `a redirect to "/elsewhere/", not followed`) || !Ambiguous(err) {
			t.Errorf("%d on a create: %v", status, err)
		}
		if _, err := c.ListServers(t.Context(), ListFilter{}); err == nil {
			t.Errorf("%d on a list: no error", status)
		}
		if strays.Load() != 0 {
			t.Errorf("%d was followed", status)
		}
	}
}

func TestNothingCanReplayABody(t *testing.T) {
	c := newTestClient(t, Config{Transport: transport(func(r *http.Request) (*http.Response, error) {
		if r.GetBody != nil {
			t.Errorf("%s has GetBody", r.Method)
		}
		return answer(201, `{"id":1}`), nil
	})})
	if _, err := c.CreateServer(t.Context(), CreateRequest{Name: "a"}); err != nil {
		t.Error(err)
	}
	if err := c.PutServer(t.Context(), "1", PutRequest{}); err != nil {
		t.Error(err)
	}
	own := NewTransport()
	if own.Protocols.HTTP2() || own.Protocols.UnencryptedHTTP2() || !own.Protocols.HTTP1() {
		t.Error("the transport speaks more than HTTP/1")
	}
}

func TestTokenIsNeverShown(t *testing.T) {
	echo := "bad token Bearer " + testToken
	transports := map[string]http.RoundTripper{
		"detail":   always(400, `{"detail":"`+echo+`"}`),
		"split":    always(400, `{"detail":"vps_s3cret\u00000f7ests"}`),
		"escaped":  always(400, `{"detail":"vps_\u00733cret0f7ests"}`),
		"title":    always(200, "<html><title>"+echo+"</title>"),
		"location": always(302, "", "Location", "https://evil.example/?t="+testToken),
		"decode":   always(200, `{"id":"1","status":`+testToken+`}`),
		"network": transport(func(*http.Request) (*http.Response, error) {
			return nil, errors.New("proxy said: " + echo)
		}),
	}
	for name, tr := range transports {
		t.Run(name, func(t *testing.T) {
			var seen error
			c := newTestClient(t, Config{Transport: tr, Observe: func(c Call) { seen = c.Err }})
			err := c.PutServer(t.Context(), "1", PutRequest{})
			if err == nil || seen == nil {
				t.Fatal("no error")
			}
			shown := fmt.Sprintf("%v %+v %#v %v", err, err, errors.Unwrap(err), seen)
			for _, v := range []any{c, Config{Token: testToken}, &Config{Token: testToken}} {
				shown += fmt.Sprintf("%v %+v %#v %s %q %x", v, v, v, v, v, v)
			}
			if strings.Contains(shown, testToken) {
				t.Errorf("the token is in %s", shown)
			}
		})
	}
}

func TestTimeoutCoversTheBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		drip := transport(func(r *http.Request) (*http.Response, error) {
			resp := answer(200, "")
			resp.Body = io.NopCloser(dripping{r.Context()})
			return resp, nil
		})
		c := newTestClient(t, Config{Transport: drip, Timeout: 7 * time.Second})
		start := time.Now()
		err := c.PutServer(t.Context(), "1", PutRequest{})
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no whole answer within 7s") || !Ambiguous(err) {
			t.Errorf("got %v", err)
		}
		if d := time.Since(start); d != 7*time.Second {
			t.Errorf("gave up after %s", d)
		}
	})
}

// dripping sends a space a second until its request ends.
type dripping struct{ ctx context.Context }

func (d dripping) Read(p []byte) (int, error) {
	if err := sleep(d.ctx, time.Second); err != nil {
		return 0, err
	}
	p[0] = ' '
	return 1, nil
}

func TestBodiesAreBounded(t *testing.T) {
	endless := io.MultiReader(strings.NewReader(`{"id":"`), bytes.NewReader(bytes.Repeat([]byte("x"), 3*maxBody)))
	c := newTestClient(t, Config{Transport: transport(func(*http.Request) (*http.Response, error) {
		resp := answer(201, "")
		resp.Body = io.NopCloser(endless)
		return resp, nil
	})})
	_, err := c.CreateServer(t.Context(), CreateRequest{})
	if !errors.Is(err, errTooLarge) || !Ambiguous(err) {
		t.Errorf("got %v", err)
	}
	for size, want := range map[int]error{9: nil, 10: nil, 11: errTooLarge} {
		_, err := io.ReadAll(&boundedBody{r: strings.NewReader(strings.Repeat("x", size)), left: 10})
		if err != want {
			t.Errorf("%d bytes of 10: %v", size, err)
		}
	}
}

func TestHugeHeadersAreRefused(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Huge", strings.Repeat("x", 2*maxHeader))
		w.WriteHeader(204)
	})
	if err := c.DeleteServer(t.Context(), "1"); err == nil || !Ambiguous(err) {
		t.Errorf("got %v", err)
	}
}

func TestContextEndsAreKept(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		cancel(errors.New("a reason of the caller's"))
		<-r.Context().Done()
	})
	if err := c.DeleteServer(ctx, "1"); !errors.Is(err, context.Canceled) || !Ambiguous(err) {
		t.Errorf("cancelled in flight: %v", err)
	}
	if err := c.DeleteServer(ctx, "1"); !errors.Is(err, context.Canceled) || Ambiguous(err) {
		t.Errorf("cancelled before: %v", err)
	}
}

// Sending is told of every attempt from when it leaves until its answer has been read.
func TestSendingLastsAsLongAsTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lasted []time.Duration
		n := 0
		c := newTestClient(t, Config{
			Sending: func() func() {
				began := time.Now()
				return func() { lasted = append(lasted, time.Since(began)) }
			},
			Transport: transport(func(*http.Request) (*http.Response, error) {
				time.Sleep(3 * time.Second)
				if n++; n == 1 {
					return nil, net.ErrClosed
				}
				return answer(200, `[]`), nil
			}),
		})
		if _, err := c.ListServers(t.Context(), ListFilter{}); err != nil {
			t.Fatal(err)
		}
		if want := []time.Duration{3 * time.Second, 3 * time.Second}; !slices.Equal(lasted, want) {
			t.Errorf("requests lasted %v, want %v", lasted, want)
		}
	})
}

func TestObserveTellsOfEveryAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls []Call
		n := 0
		c := newTestClient(t, Config{
			Observe: func(c Call) { calls = append(calls, c) },
			Transport: transport(func(*http.Request) (*http.Response, error) {
				time.Sleep(time.Second)
				if n++; n == 1 {
					return nil, net.ErrClosed
				}
				return answer(200, `[]`), nil
			}),
		})
		if _, err := c.ListServers(t.Context(), ListFilter{Location: "us-west"}); err != nil {
			t.Fatal(err)
		}
		if len(calls) != 2 || !errors.Is(calls[0].Err, net.ErrClosed) || calls[1].Err != nil {
			t.Fatalf("got %+v", calls)
		}
		want := Call{Method: "GET", Path: "/servers/?location=us-west", Status: 200, Attempt: 2, Duration: time.Second}
		if calls[1] != want {
			t.Errorf("got %+v, want %+v", calls[1], want)
		}
	})
}
