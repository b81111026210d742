package emulator_test

import (
	stdcmp "cmp"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// A server that was changed a moment ago refuses each further change, whoever
// made the first, but no look.
func TestBusy(t *testing.T) {
	changes := map[string]func(t *testing.T, e *emulator.Emulator){
		"PATCH": func(t *testing.T, e *emulator.Emulator) {
			ask(t, e, request(t, "PATCH", "servers/12345/", `{"name": "new"}`))
		},
		"reboot": func(t *testing.T, e *emulator.Emulator) { ask(t, e, request(t, "POST", "servers/12345/reboot/", "")) },
		"by a person": func(t *testing.T, e *emulator.Emulator) {
			e.Edit("12345", func(s *vpsorg.Server) { s.Name = "edited" })
		},
		"create": func(t *testing.T, e *emulator.Emulator) {
			e.Remove("12345")
			ask(t, e, request(t, "POST", "servers/", create))
		},
	}
	refusals := []struct{ method, path, body string }{
		{"PATCH", "", `{"hostname": "a.example.com"}`}, {"PUT", "", whole}, {"DELETE", "", ""},
		{"POST", "start/", ""}, {"POST", "stop/", ""}, {"POST", "reboot/", ""},
	}
	for name, change := range changes {
		for status, says := range map[int]string{0: "locked", 423: "locked", 422: "pending event", 409: "in progress", 500: "locked"} {
			synctest.Test(t, func(t *testing.T) {
				e := emulator.Emulator{Provisioning: -1, Transition: -1, Busy: emulator.Busy{For: 15 * time.Second, Status: status}}
				e.Add(vpsorg.Server{Name: "a"})
				change(t, &e)
				id := string(e.Servers()[0].ID)
				pass(14)
				for _, r := range refusals {
					resp, body := ask(t, &e, request(t, r.method, "servers/"+id+"/"+r.path, r.body))
					if want := stdcmp.Or(status, http.StatusLocked); resp.StatusCode != want || !strings.Contains(body, says) {
						t.Errorf("%s, then %s %s: %d %s, want %d with %q", name, r.method, r.path, resp.StatusCode, body, want, says)
					}
				}
				if g := got(t, &e, id); !strings.HasSuffix(g, " active") {
					t.Errorf("%s, then GET: %s", name, g)
				}
				pass(1)
				if resp, body := ask(t, &e, request(t, "DELETE", "servers/"+id+"/", "")); resp.StatusCode != 204 {
					t.Errorf("%s, and DELETE 15 s later: %d %s", name, resp.StatusCode, body)
				}
			})
		}
	}
}

func TestServerLimit(t *testing.T) {
	for limit, want := range map[int][3]int{0: {201, 201, 201}, 2: {201, 403, 403}, 1: {403, 403, 403}, -1: {403, 403, 403}} {
		var e emulator.Emulator
		e.Limit = limit
		e.Add(vpsorg.Server{Name: "a"})
		for i, status := range want {
			resp, body := ask(t, &e, request(t, "POST", "servers/", create))
			if resp.StatusCode != status || status == 403 && !strings.Contains(body, `"detail":"Server limit reached`) {
				t.Errorf("limit %d, create %d: %d %s, want %d", limit, i+1, resp.StatusCode, body, status)
			}
		}
		e.Remove("12345")
		resp, _ := ask(t, &e, request(t, "POST", "servers/", create))
		if made := resp.StatusCode == 201; made != (limit >= 0) {
			t.Errorf("limit %d, create with a place free: %d", limit, resp.StatusCode)
		}
	}
}

// TestWaysToSayWhen throttles for a minute, 39.5 s of which are still to come.
func TestWaysToSayWhen(t *testing.T) {
	tests := map[emulator.RetryAfter]map[string]string{
		emulator.InSeconds:         {"Retry-After": "40"},
		emulator.Untold:            {},
		emulator.ToldAsZero:        {"Retry-After": "0"},
		emulator.InFractions:       {"Retry-After": "40.5"},
		emulator.AsDate:            {"Date": "Sat, 01 Jan 2000 01:00:20 GMT", "Retry-After": "Sat, 01 Jan 2000 01:01:01 GMT"},
		emulator.AsRateLimitReset:  {"RateLimit-Reset": "40"},
		emulator.AsXRateLimitReset: {"X-RateLimit-Reset": "946684861"},
		emulator.ToldAsDay:         {"Retry-After": "86400"},
	}
	if len(tests) != len(emulator.RetryAfters) {
		t.Errorf("%d ways are tried of %d", len(tests), len(emulator.RetryAfters))
	}
	for way, want := range tests {
		synctest.Test(t, func(t *testing.T) {
			e := emulator.Emulator{Rate: 1.0 / 60, Window: time.Minute, RetryAfter: way}
			time.Sleep(20*time.Second + 500*time.Millisecond)
			ask(t, &e, request(t, "GET", "servers/", ""))
			resp, _ := ask(t, &e, request(t, "GET", "servers/", ""))
			if resp.StatusCode != http.StatusTooManyRequests {
				t.Fatalf("answered %d", resp.StatusCode)
			}
			told := map[string]string{}
			for _, name := range []string{"Date", "Retry-After", "RateLimit-Reset", "X-RateLimit-Reset"} {
				if value := resp.Header.Get(name); value != "" {
					told[name] = value
				}
			}
			if d := cmp.Diff(want, told); d != "" {
				t.Errorf("way %d (-want +got):\n%s", way, d)
			}
		})
	}
}

// A new server goes through what the queue has before it is provisioned.
func TestQueue(t *testing.T) {
	tests := []struct {
		queue []vpsorg.Status
		seen  string // from the create on, each second
	}{
		{nil, "provisioning provisioning provisioning active"},
		{[]vpsorg.Status{"queued"}, "queued queued provisioning provisioning provisioning active"},
		{[]vpsorg.Status{"queued", "installing"}, "queued queued installing installing provisioning provisioning provisioning active"},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			e := emulator.Emulator{Queue: tt.queue, Transition: 2 * time.Second}
			_, body := ask(t, &e, request(t, "POST", "servers/", create))
			var s vpsorg.Server
			if err := json.Unmarshal([]byte(body), &s); err != nil {
				t.Fatal(err)
			}
			var seen []string
			for s.Status != vpsorg.StatusActive && len(seen) < 10 {
				if s.IPAddress != nil {
					t.Errorf("it has an address while it is %s", s.Status)
				}
				seen = append(seen, string(s.Status))
				pass(1)
				s = e.Servers()[0]
			}
			if got := strings.Join(append(seen, string(s.Status)), " "); got != tt.seen || s.IPAddress == nil {
				t.Errorf("seen %s, want %s", got, tt.seen)
			}
		})
	}
}

// What nobody looks at goes through its queue all the same, each at its time.
func TestQueueUnwatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.Emulator{Queue: []vpsorg.Status{"queued", "installing"}, Fault: lagOfRequest}
		ask(t, &e, request(t, "POST", "servers/", create))
		pass(10)
		for lag, want := range map[time.Duration]string{5 * second: "active", 6 * second: "provisioning", 9 * second: "installing", 10 * second: "queued"} {
			if g := got(t, &e, "12345", behind(lag)); g != "web-server-02 "+want {
				t.Errorf("%s ago it was %q, want %s", lag, g, want)
			}
		}
		if s := e.Servers()[0]; s.UpdatedAt != "2000-01-01T00:00:05Z" {
			t.Errorf("it was last updated at %s", s.UpdatedAt)
		}
	})
}
