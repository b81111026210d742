package emulator_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// always is the same fault for every create.
func always(f emulator.Fault) func(*http.Request) *emulator.Fault {
	return func(r *http.Request) *emulator.Fault {
		if r.Method != http.MethodPost {
			return nil
		}
		return &f
	}
}

var proxy = &emulator.Answer{Status: 502, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<h1>Bad Gateway</h1>"}

// A fault on a create: what the client gets, and whether the server was made.
var faults = []struct {
	name    string
	fault   emulator.Fault
	status  int   // 0 is no answer
	err     error // of the answer or of its body
	made    bool
	ledger  int // entries
	handled int // status in the ledger
}{
	{"none", emulator.Fault{}, 201, nil, true, 1, 201},
	{"answer before", emulator.Fault{Answer: proxy}, 502, nil, false, 1, 0},
	{"answer after", emulator.Fault{Stage: emulator.Committed, Answer: proxy}, 502, nil, true, 1, 201},
	{"drop before", emulator.Fault{Drop: true}, 0, syscall.ECONNRESET, false, 1, 0},
	{"drop after", emulator.Fault{Stage: emulator.Committed, Drop: true}, 0, syscall.ECONNRESET, true, 1, 201},
	{"cut", emulator.Fault{Cut: 12}, 201, io.ErrUnexpectedEOF, true, 1, 201},
	{"unsent", emulator.Fault{Stage: emulator.Unsent}, 0, syscall.ECONNREFUSED, false, 0, 0},
	{"delay", emulator.Fault{Delay: time.Minute}, 201, nil, true, 1, 201},
	{"delay after", emulator.Fault{Stage: emulator.Committed, Delay: time.Minute}, 201, nil, true, 1, 201},
	{"answer without headers", emulator.Fault{Answer: &emulator.Answer{Status: 500}}, 500, nil, false, 1, 0},
}

func TestFaultsInProcess(t *testing.T) {
	for _, tt := range faults {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := emulator.Emulator{Fault: always(tt.fault)}
				resp, err := e.Transport().RoundTrip(request(t, "POST", "servers/", create))
				var body []byte
				if err == nil {
					if resp.StatusCode != tt.status {
						t.Errorf("answered %d, want %d", resp.StatusCode, tt.status)
					}
					body, err = io.ReadAll(resp.Body)
				} else if tt.status != 0 {
					t.Errorf("no answer: %v", err)
				}
				if !errors.Is(err, tt.err) {
					t.Errorf("error %v, want %v", err, tt.err)
				}
				if tt.fault.Cut > 0 && len(body) != tt.fault.Cut {
					t.Errorf("%d bytes came, want %d", len(body), tt.fault.Cut)
				}
				if made := len(e.Servers()) == 1; made != tt.made {
					t.Errorf("made is %t, want %t", made, tt.made)
				}
				checkLedger(t, &e, tt.ledger, tt.handled, tt.status)
			})
		})
	}
}

func TestFaultsOverASocket(t *testing.T) {
	for _, tt := range faults {
		t.Run(tt.name, func(t *testing.T) {
			tt.fault.Delay = 0
			e := emulator.Emulator{Fault: always(tt.fault)}
			server := httptest.NewServer(&e)
			defer server.Close()
			resp, err := server.Client().Do(request(t, "POST", "servers/", create, func(r *http.Request) {
				r.URL.Scheme, r.URL.Host = "http", strings.TrimPrefix(server.URL, "http://")
			}))
			if err == nil {
				defer resp.Body.Close()
				_, err = io.ReadAll(resp.Body)
				if resp.StatusCode != tt.status {
					t.Errorf("answered %d, want %d", resp.StatusCode, tt.status)
				}
			}
			if (err != nil) != (tt.err != nil) {
				t.Errorf("error %v, want one like %v", err, tt.err)
			}
			if made := len(e.Servers()) == 1; made != tt.made {
				t.Errorf("made is %t, want %t", made, tt.made)
			}
			checkLedger(t, &e, tt.ledger, tt.handled, tt.status)
		})
	}
}

func checkLedger(t *testing.T, e *emulator.Emulator, entries, handled, answered int) {
	t.Helper()
	ledger := e.Ledger()
	if len(ledger) != entries {
		t.Fatalf("%d entries in the ledger, want %d", len(ledger), entries)
	}
	if entries == 1 && (ledger[0].Status != handled || ledger[0].Answered != answered) {
		t.Errorf("the ledger has status %d, answered %d; want %d, %d", ledger[0].Status, ledger[0].Answered, handled, answered)
	}
	if entries == 1 && handled == 201 && (ledger[0].Server != "12345" || ledger[0].Name != "web-server-02" || ledger[0].Body != create) {
		t.Errorf("the ledger has %+v", ledger[0])
	}
}

func TestCommitAfterTheClientGaveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.Emulator{Fault: always(emulator.Fault{Delay: 10 * time.Second})}
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		start := time.Now()
		_, err := e.Transport().RoundTrip(request(t, "POST", "servers/", create).WithContext(ctx))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 4*time.Second {
			t.Errorf("gave up after %v with %v", time.Since(start), err)
		}
		pass(5)
		if len(e.Servers()) != 0 {
			t.Error("handled after 9 s")
		}
		pass(2)
		if s := e.Servers(); len(s) != 1 || s[0].CreatedAt != "2000-01-01T00:00:10Z" {
			t.Errorf("after 11 s: %+v", s)
		}
		checkLedger(t, &e, 1, 201, 0)
	})
}

func TestLateCommitsKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		delays := map[string]time.Duration{"slow": 9 * time.Second, "quick": 5 * time.Second}
		e := emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
			return &emulator.Fault{Delay: delays[r.Header.Get("X-Name")]}
		}}
		for _, name := range []string{"slow", "quick"} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			r := request(t, "POST", "servers/", spoilt("web-server-02", name), header("X-Name", name))
			if _, err := e.Transport().RoundTrip(r.WithContext(ctx)); err == nil {
				t.Errorf("%s is answered", name)
			}
			cancel()
		}
		pass(10)
		s := e.Servers()
		if len(s) != 2 || s[0].Name != "quick" || s[1].Name != "slow" {
			t.Fatalf("made: %+v", s)
		}
	})
}

func TestLateAnswerAfterTheCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.Emulator{Fault: always(emulator.Fault{Stage: emulator.Committed, Delay: time.Hour})}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := e.Transport().RoundTrip(request(t, "POST", "servers/", create).WithContext(ctx)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if s := e.Servers(); len(s) != 1 || s[0].CreatedAt != "2000-01-01T00:00:00Z" {
			t.Errorf("the server was not made at once: %+v", s)
		}
		pass(7200)
		if s := e.Servers(); len(s) != 1 {
			t.Errorf("it was made %d times", len(s))
		}
	})
}

func TestCancelledBeforeItLeaves(t *testing.T) {
	var e emulator.Emulator
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Transport().RoundTrip(request(t, "POST", "servers/", create).WithContext(ctx)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if len(e.Ledger()) != 0 {
		t.Error("the request arrived")
	}
}

func TestBodyEndsWithItsContext(t *testing.T) {
	var e emulator.Emulator
	ctx, cancel := context.WithCancel(t.Context())
	resp, err := e.Transport().RoundTrip(request(t, "GET", "servers/", "").WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.ReadAll(resp.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestTraceTellsUnsentFromSent(t *testing.T) {
	for stage, want := range map[emulator.Stage]string{
		emulator.Unsent:      "get",
		emulator.Uncommitted: "get got headers written",
	} {
		var saw []string
		trace := &httptrace.ClientTrace{
			GetConn:      func(string) { saw = append(saw, "get") },
			GotConn:      func(httptrace.GotConnInfo) { saw = append(saw, "got") },
			WroteHeaders: func() { saw = append(saw, "headers") },
			WroteRequest: func(httptrace.WroteRequestInfo) { saw = append(saw, "written") },
		}
		e := emulator.Emulator{Fault: always(emulator.Fault{Stage: stage, Drop: true})}
		r := request(t, "POST", "servers/", create)
		if _, err := e.Transport().RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace))); err == nil {
			t.Error("no error")
		}
		if got := strings.Join(saw, " "); got != want {
			t.Errorf("the trace saw %q, want %q", got, want)
		}
	}
}

func TestFaultMayReadTheBody(t *testing.T) {
	var read string
	e := emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
		body, _ := io.ReadAll(r.Body)
		read = string(body)
		return nil
	}}
	if resp, _ := ask(t, &e, request(t, "POST", "servers/", create)); resp.StatusCode != 201 || read != create {
		t.Errorf("answered %d, the fault read %q", resp.StatusCode, read)
	}
}
