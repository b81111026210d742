package emulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// example puts the two servers of the documentation in place.
func example(e *emulator.Emulator) {
	e.Add(vpsorg.Server{
		Name: "web-server-01", Hostname: new("web01.example.com"), Location: "us-west",
		IPAddress: new("203.0.113.10"), IPv6Address: new("2001:0db8::1"),
		Plan: vpsorg.ServerPlan{ID: "1"}, OS: vpsorg.OS{ID: "5"}, BackupsEnabled: new(true),
		ResourceUsage: &vpsorg.ResourceUsage{CPUPercent: 23.5, MemoryUsed: 2048, DiskUsed: 35, BandwidthUsed: 450},
		CreatedAt:     "2025-01-10T14:30:00Z", UpdatedAt: "2025-01-15T10:20:00Z",
	})
	e.Add(vpsorg.Server{
		Name: "db-server-01", Hostname: new("db01.example.com"), Location: "us-east", IPAddress: new("203.0.113.11"),
		Plan: vpsorg.ServerPlan{ID: "2"}, OS: vpsorg.OS{ID: "3"},
		CreatedAt: "2025-01-12T09:15:00Z", UpdatedAt: "2025-01-16T08:45:00Z",
	})
}

// request is a documented request, which edits then spoil.
func request(t testing.TB, method, path, body string, edits ...func(*http.Request)) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "https://vps.test/api/v1/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer vps_test")
	r.Header.Set("Content-Type", "application/json")
	for _, edit := range edits {
		edit(r)
	}
	return r
}

// ask sends a request in process and returns the answer with its body.
func ask(t *testing.T, e *emulator.Emulator, r *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := e.Transport().RoundTrip(r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	return resp, string(body)
}

func decode(t *testing.T, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// statusOf reads the status that a server's own GET tells.
func statusOf(t *testing.T, e *emulator.Emulator, id string) vpsorg.Status {
	t.Helper()
	_, body := ask(t, e, request(t, "GET", "servers/"+id+"/", ""))
	var s vpsorg.Server
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		t.Fatal(err)
	}
	return s.Status
}

const create = `{"name": "web-server-02", "plan_id": 1, "os_id": 5, "location": "us-west", "hostname": "web02.example.com", "backups_enabled": true}`

func TestAnswersOfTheDocumentation(t *testing.T) {
	tests := []struct{ method, path, body, golden string }{
		{"GET", "servers/", "", "list.json"},
		{"GET", "servers/12345/", "", "detail.json"},
		{"POST", "servers/", create, "created.json"},
	}
	for _, tt := range tests {
		t.Run(tt.golden, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var e emulator.Emulator
				example(&e)
				if tt.golden == "detail.json" { // the page's two examples differ in this
					e.Edit("12345", func(s *vpsorg.Server) { s.UpdatedAt = "2025-01-16T15:45:00Z" })
				}
				want, err := os.ReadFile("../testdata/" + tt.golden)
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Until(time.Date(2025, 1, 16, 16, 0, 0, 0, time.UTC))) // when the example was created
				resp, got := ask(t, &e, request(t, tt.method, tt.path, tt.body))
				if diff := cmp.Diff(decode(t, string(want)), decode(t, got)); diff != "" {
					t.Errorf("answer (-want +got):\n%s", diff)
				}
				if kind := resp.Header.Get("Content-Type"); kind != "application/json" {
					t.Errorf("Content-Type is %q", kind)
				}
				if d := e.Deviations(); len(d) > 0 {
					t.Errorf("deviations: %q", d)
				}
			})
		})
	}
}

func TestPowerAnswers(t *testing.T) {
	tests := []struct {
		action, status string
		from           vpsorg.Status
	}{
		{"start", "starting", vpsorg.StatusStopped},
		{"stop", "stopping", vpsorg.StatusActive},
		{"reboot", "rebooting", vpsorg.StatusActive},
	}
	for _, tt := range tests {
		var e emulator.Emulator
		e.Add(vpsorg.Server{Name: "web", Status: tt.from})
		_, got := ask(t, &e, request(t, "POST", "servers/12345/"+tt.action+"/", ""))
		want := `{"status": "success", "message": "Server is ` + tt.status + `", "server": {"id": 12345, "name": "web", "status": "` + tt.status + `"}}`
		if diff := cmp.Diff(decode(t, want), decode(t, got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.action, diff)
		}
	}
}

func TestTransitionsTakeTheirTime(t *testing.T) {
	tests := []struct {
		name                string
		from, through, into vpsorg.Status
		method, path        string
		takes               time.Duration
	}{
		{"provisioning", "", vpsorg.StatusProvisioning, vpsorg.StatusActive, "POST", "servers/", 3 * time.Second},
		{"start", vpsorg.StatusStopped, vpsorg.StatusStarting, vpsorg.StatusActive, "POST", "servers/12345/start/", time.Second},
		{"stop", vpsorg.StatusActive, vpsorg.StatusStopping, vpsorg.StatusStopped, "POST", "servers/12345/stop/", time.Second},
		{"reboot", vpsorg.StatusActive, vpsorg.StatusRebooting, vpsorg.StatusActive, "POST", "servers/12345/reboot/", time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var e emulator.Emulator
				body := create
				if tt.from != "" {
					e.Add(vpsorg.Server{Name: "web", Status: tt.from})
					body = ""
				}
				ask(t, &e, request(t, tt.method, tt.path, body))
				time.Sleep(tt.takes - time.Nanosecond)
				if got := statusOf(t, &e, "12345"); got != tt.through {
					t.Errorf("just before the end it is %s, want %s", got, tt.through)
				}
				time.Sleep(time.Nanosecond)
				if got := statusOf(t, &e, "12345"); got != tt.into {
					t.Errorf("at the end it is %s, want %s", got, tt.into)
				}
				s := e.Servers()[0]
				if end := time.Now().UTC().Format(time.RFC3339); s.UpdatedAt != end || s.IPAddress == nil {
					t.Errorf("updated_at %s, want %s; ip_address %v", s.UpdatedAt, end, s.IPAddress)
				}
			})
		})
	}
}

func TestAtOnceAndAtLength(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.Emulator{Provisioning: -1, Transition: time.Hour}
		_, body := ask(t, &e, request(t, "POST", "servers/", create))
		if !strings.Contains(body, `"status":"provisioning"`) {
			t.Errorf("the create is answered %s", body)
		}
		if got := statusOf(t, &e, "12345"); got != vpsorg.StatusActive {
			t.Errorf("the next look finds it %s", got)
		}
		ask(t, &e, request(t, "POST", "servers/12345/stop/", ""))
		time.Sleep(time.Hour - 1)
		if got := statusOf(t, &e, "12345"); got != vpsorg.StatusStopping {
			t.Errorf("after most of an hour it is %s", got)
		}
	})
}
