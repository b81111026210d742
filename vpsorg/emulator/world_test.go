package emulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// pass lets seconds of virtual time pass.

func pass(seconds int) { time.Sleep(time.Duration(seconds) * time.Second) }

// listing is a list answer, paged or not.

func TestUUIDs(t *testing.T) {
	e := emulator.Emulator{UUIDs: true}
	_, body := ask(t, &e, request(t, "POST", "servers/", create))
	const id = "5e7e0000-0000-4000-8000-000000003039"
	if !strings.Contains(body, `"id":"`+id+`"`) {
		t.Fatalf("created %s", body)
	}
	if got := statusOf(t, &e, id); got != vpsorg.StatusProvisioning {
		t.Errorf("its status is %q", got)
	}
	if d := e.Deviations(); len(d) > 0 {
		t.Errorf("deviations: %q", d)
	}
}

func TestCatalogOfOnesOwn(t *testing.T) {
	e := emulator.Emulator{
		Plans:     []vpsorg.Plan{{ID: "small-plan", Name: "Small"}, {ID: "2", Name: "Gone", Available: new(false)}},
		OS:        []vpsorg.OS{{ID: "9", Name: "Plan 9"}},
		Locations: []string{"moon"},
		Account:   &vpsorg.Account{},
	}
	e.Account.Account.Email = "ops@example.com"
	const own = `{"name": "a", "plan_id": "small-plan", "os_id": 9, "location": "moon"}`
	tests := []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"POST", "servers/", own, 201, `"plan":{"id":"small-plan","name":"Small"`},
		{"POST", "servers/", strings.Replace(own, `"small-plan"`, `2`, 1), 400, "not available"},
		{"POST", "servers/", strings.Replace(own, "moon", "us-west", 1), 400, "not a valid choice"},
		{"GET", "plans/?location=moon", "", 200, `"count":2`},
		{"GET", "account/me/", "", 200, `"email":"ops@example.com"`},
	}
	for _, tt := range tests {
		resp, body := ask(t, &e, request(t, tt.method, tt.path, tt.body))
		if resp.StatusCode != tt.status || !strings.Contains(body, tt.says) {
			t.Errorf("%s %s %s: %d %s, want %d with %s", tt.method, tt.path, tt.body, resp.StatusCode, body, tt.status, tt.says)
		}
	}
	if d := e.Deviations(); len(d) > 0 {
		t.Errorf("deviations: %q", d)
	}
}

func TestBodyTooLong(t *testing.T) {
	var e emulator.Emulator
	w := httptest.NewRecorder()
	e.ServeHTTP(w, request(t, "POST", "servers/", strings.Repeat(" ", 2<<20)))
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "too large") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
}

func TestDrift(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e emulator.Emulator
		example(&e)
		if !e.Edit("12346", func(s *vpsorg.Server) { s.ID, s.Name, s.Hostname, s.Status = "1", "moved", nil, "error" }) {
			t.Fatal("12346 is not there to edit")
		}
		pass(3600)
		s := e.Servers()[1]
		if s.ID != "12346" || s.Name != "moved" || s.Hostname != nil || s.Status != "error" || s.UpdatedAt != "2000-01-01T00:00:00Z" {
			t.Errorf("after Edit: %+v", s)
		}
		if !e.Remove("12345") || e.Remove("12345") || e.Edit("12345", func(*vpsorg.Server) {}) {
			t.Error("12345 is there, gone and there again")
		}
		if l := listAt(t, &e, "servers/"); l.Count != 1 || l.Results[0].Name != "moved" {
			t.Errorf("after Remove: %+v", l)
		}
		if len(e.Ledger()) != 1 {
			t.Error("changes of an administrator are in the ledger")
		}
	})
}

func TestEditHoldsATransition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e emulator.Emulator
		e.Add(vpsorg.Server{Name: "goes-on", Status: vpsorg.StatusStarting})
		e.Add(vpsorg.Server{Name: "hangs", Status: vpsorg.StatusStarting})
		e.Edit("12346", func(s *vpsorg.Server) { s.Status = vpsorg.StatusProvisioning })
		pass(3600)
		if got := e.Servers(); got[0].Status != vpsorg.StatusActive || got[1].Status != vpsorg.StatusProvisioning {
			t.Errorf("after an hour: %s, %s", got[0].Status, got[1].Status)
		}
	})
}

func TestEditKeepsAServerWhole(t *testing.T) {
	var e emulator.Emulator
	e.Add(vpsorg.Server{Name: "web"})
	e.Edit("12345", func(s *vpsorg.Server) { *s = vpsorg.Server{Name: "bare", Status: s.Status} })
	_, body := ask(t, &e, request(t, "GET", "servers/12345/", ""))
	if !strings.Contains(body, `"backups_enabled":false`) || !strings.Contains(body, `"resource_usage":{"cpu_percent":0,`) {
		t.Errorf("the detail is %s", body)
	}
}

func TestNamesAreFreedForUniqueNames(t *testing.T) {
	e := emulator.Emulator{UniqueNames: true}
	for _, name := range []string{"renamed", "edited", "removed", "deleted"} {
		e.Add(vpsorg.Server{Name: name})
	}
	ask(t, &e, request(t, "PATCH", "servers/12345/", `{"name": "other"}`))
	e.Edit("12346", func(s *vpsorg.Server) { s.Name = "another" })
	e.Remove("12347")
	ask(t, &e, request(t, "DELETE", "servers/12348/", ""))
	for _, name := range []string{"renamed", "edited", "removed", "deleted"} {
		if resp, body := ask(t, &e, request(t, "POST", "servers/", spoilt("web-server-02", name))); resp.StatusCode != http.StatusCreated {
			t.Errorf("%s: %d %s", name, resp.StatusCode, body)
		}
	}
	for _, name := range []string{"other", "another", "renamed"} {
		if resp, _ := ask(t, &e, request(t, "POST", "servers/", spoilt("web-server-02", name))); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
}

func TestIDsAreNeverGivenTwice(t *testing.T) {
	var e emulator.Emulator
	e.Add(vpsorg.Server{ID: "12400", Name: "pinned"})
	e.Remove("12400")
	if s := e.Add(vpsorg.Server{Name: "next"}); s.ID != "12401" {
		t.Errorf("the next id is %s", s.ID)
	}
	if s := e.Add(vpsorg.Server{ID: "12401", Name: "again"}); len(e.Servers()) != 1 || s.Name != "again" {
		t.Errorf("a server of the same id did not make way: %+v", e.Servers())
	}
}

func TestConcurrentUse(t *testing.T) {
	e := emulator.Emulator{Provisioning: -1, Transition: -1}
	server := httptest.NewServer(&e)
	defer server.Close()
	const workers, rounds = 8, 10
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range rounds {
				body := spoilt("web-server-02", fmt.Sprintf("s-%d-%d", w, i))
				r := request(t, "POST", "servers/", body)
				if i%2 == 0 {
					r.URL.Scheme, r.URL.Host = "http", strings.TrimPrefix(server.URL, "http://")
					resp, err := server.Client().Do(r)
					if err != nil {
						t.Error(err)
						return
					}
					resp.Body.Close()
				} else {
					ask(t, &e, r)
				}
				listAt(t, &e, "servers/?status=active")
				e.Edit("12345", func(s *vpsorg.Server) { s.Hostname = new("x") })
				e.Ledger()
			}
		})
	}
	wg.Wait()
	ids, ips := map[vpsorg.ID]bool{}, map[string]bool{}
	for _, s := range e.Servers() {
		ids[s.ID], ips[*s.IPAddress] = true, true
	}
	if len(ids) != workers*rounds || len(ips) != workers*rounds {
		t.Errorf("%d ids and %d addresses for %d creates", len(ids), len(ips), workers*rounds)
	}
}

func TestEachProvisionsForItsOwnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.Emulator{Provisioning: time.Hour, ProvisioningOf: func(n int) time.Duration { return time.Duration(3-n) * time.Second }}
		e.Add(vpsorg.Server{})
		ask(t, &e, request(t, "POST", "servers/", create))
		ask(t, &e, request(t, "POST", "servers/", create))
		pass(1)
		want := []vpsorg.Status{vpsorg.StatusActive, vpsorg.StatusProvisioning, vpsorg.StatusActive}
		for i, s := range e.Servers() {
			if s.Status != want[i] {
				t.Errorf("after a second server %d is %q", i, s.Status)
			}
		}
	})
}
