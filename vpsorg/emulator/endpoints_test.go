package emulator_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func without(name string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Del(name) }
}

// spoilt is the documented create with one part of it replaced.
func spoilt(from, to string) string { return strings.Replace(create, from, to, 1) }

const whole = `{"name": "new", "hostname": "new.example.com", "backups_enabled": false}`

// The world of these cases: 12345 and 12346 active, 12347 stopped, 12348
// provisioning, 12349 suspended; the token is vps_test, names are unique.
var cases = []struct {
	name, method, path, body string
	edit                     func(*http.Request)
	status                   int
	says                     string // a part of the answer's body
	deviation                string // a part of the deviation; "" is none
}{
	{"list", "GET", "servers/", "", nil, 200, `"count":5`, ""},
	{"list by status", "GET", "servers/?status=stopped", "", nil, 200, `"count":1,"results":[{"id":12347`, ""},
	{"list by location", "GET", "servers/?location=us-east", "", nil, 200, `"count":1,"results":[{"id":12346`, ""},
	{"list by both", "GET", "servers/?location=us-east&status=stopped", "", nil, 200, `{"count":0,"results":[]}`, ""},
	{"list by another status", "GET", "servers/?status=provisioning", "", nil, 400, `"status":[`, "status: "},
	{"list by another field", "GET", "servers/?name=web", "", nil, 400, "detail", `unknown query parameter "name"`},
	{"list by two statuses", "GET", "servers/?status=active&status=stopped", "", nil, 400, "detail", "twice"},
	{"page of an unpaged list", "GET", "servers/?page=1", "", nil, 400, "detail", `unknown query parameter "page"`},
	{"body on GET", "GET", "servers/", "{}", nil, 400, "No body", "body where none"},
	{"no token", "GET", "servers/", "", without("Authorization"), 401, "not provided", "no Authorization header"},
	{"no bearer", "GET", "servers/", "", header("Authorization", "Token vps_test"), 401, "detail", "not Bearer"},
	{"wrong token", "GET", "servers/", "", header("Authorization", "Bearer vps_other"), 401, "Invalid token.", ""},
	{"no Content-Type", "GET", "servers/", "", without("Content-Type"), 400, "Content-Type", "Content-Type"},
	{"another Content-Type", "POST", "servers/", create, header("Content-Type", "text/plain"), 400, "Content-Type", "Content-Type"},
	{"no slash", "GET", "servers", "", nil, 404, "Not found", "slash"},
	{"no slash after id", "DELETE", "servers/12345", "", nil, 404, "Not found", "slash"},
	{"no such path", "POST", "servers/12345/hard_stop/", "", nil, 404, "Not found", "no such path"},
	{"wrong method", "PUT", "servers/", whole, nil, 405, `Method \"PUT\" not allowed.`, "method not allowed"},
	{"wrong method on an action", "GET", "servers/12345/start/", "", nil, 405, "not allowed", "method not allowed"},

	{"create", "POST", "servers/", create, nil, 201, `"id":12350`, ""},
	{"create with a key", "POST", "servers/", spoilt(`}`, `, "ssh_key_id": 42}`), nil, 201, `"id":12350`, ""},
	{"create, the least", "POST", "servers/", `{"name": "a", "plan_id": 1, "os_id": 5, "location": "us-west"}`, nil, 201, `"hostname":null`, ""},
	{"create of nothing", "POST", "servers/", ``, nil, 400, "JSON object expected", "JSON object expected"},
	{"create of no object", "POST", "servers/", `[]`, nil, 400, "JSON object expected", "JSON object expected"},
	{"create without all", "POST", "servers/", `{}`, nil, 400, `"os_id":["This field is required."]`, "required"},
	{"create with query", "POST", "servers/?status=active", create, nil, 400, "detail", "unknown query"},
	{"unknown field", "POST", "servers/", spoilt(`}`, `, "tags": []}`), nil, 400, `"tags":["Unknown field."]`, "tags"},
	{"plan id as string", "POST", "servers/", spoilt(`"plan_id": 1`, `"plan_id": "1"`), nil, 400, "valid integer", "plan_id"},
	{"plan id as float", "POST", "servers/", spoilt(`"plan_id": 1`, `"plan_id": 1.0`), nil, 400, "valid integer", "plan_id"},
	{"no such plan", "POST", "servers/", spoilt(`"plan_id": 1`, `"plan_id": 99`), nil, 400, `"plan_id":["Invalid pk`, ""},
	{"plan sold elsewhere", "POST", "servers/", `{"name": "a", "plan_id": 4, "os_id": 5, "location": "eu-central"}`, nil, 400, "not available at", ""},
	{"no such os", "POST", "servers/", spoilt(`"os_id": 5`, `"os_id": 55`), nil, 400, `"os_id":["Invalid pk`, ""},
	{"no such location", "POST", "servers/", spoilt("us-west", "mars"), nil, 400, "not a valid choice", ""},
	{"location as number", "POST", "servers/", spoilt(`"us-west"`, `1`), nil, 400, "Not a valid string", "location"},
	{"null hostname", "POST", "servers/", spoilt(`"web02.example.com"`, `null`), nil, 400, "may not be null", "hostname"},
	{"hostname that is none", "POST", "servers/", spoilt("web02.example.com", "web 02"), nil, 400, "FQDN", "hostname"},
	{"backups as string", "POST", "servers/", spoilt("true", `"true"`), nil, 400, "boolean", "backups_enabled"},
	{"name with underscore", "POST", "servers/", spoilt("web-server-02", "web_02"), nil, 400, "hyphens", "name"},
	{"name taken", "POST", "servers/", spoilt("web-server-02", "web-server-01"), nil, 400, "already exists", ""},
	{"key as string", "POST", "servers/", spoilt(`}`, `, "ssh_key_id": "deploy"}`), nil, 400, "valid integer", "ssh_key_id"},

	{"get", "GET", "servers/12346/", "", nil, 200, `"bandwidth":4096`, ""},
	{"get of none", "GET", "servers/99999/", "", nil, 404, "Not found", ""},
	{"get by name", "GET", "servers/web-server-01/", "", nil, 404, "Not found", "not an integer"},
	{"get with query", "GET", "servers/12345/?status=active", "", nil, 400, "detail", "unknown query"},

	{"put", "PUT", "servers/12345/", whole, nil, 200, `"hostname":"new.example.com"`, ""},
	{"put of a part", "PUT", "servers/12345/", `{"name": "new", "hostname": "h.example.com"}`, nil, 400, `"backups_enabled":["This field is required."]`, "backups_enabled"},
	{"put of a plan", "PUT", "servers/12345/", `{"name": "new", "hostname": "h", "backups_enabled": true, "plan_id": 2}`, nil, 400, "Unknown field", "plan_id"},
	{"put of none", "PUT", "servers/99999/", whole, nil, 404, "Not found", ""},
	{"put keeps its name", "PUT", "servers/12345/", strings.Replace(whole, "new", "web-server-01", 1), nil, 200, "web-server-01", ""},
	{"put takes a name", "PUT", "servers/12345/", strings.Replace(whole, "new", "db-server-01", 1), nil, 400, "already exists", ""},

	{"patch", "PATCH", "servers/12348/", `{"backups_enabled": true}`, nil, 200, `"backups_enabled":true`, ""},
	{"patch of nothing", "PATCH", "servers/12345/", `{}`, nil, 400, "At least one", "At least one"},
	{"patch of a location", "PATCH", "servers/12345/", `{"location": "us-east"}`, nil, 400, "Unknown field", "location"},
	{"patch of none", "PATCH", "servers/99999/", `{"name": "new"}`, nil, 404, "Not found", ""},

	{"delete", "DELETE", "servers/12345/", "", nil, 204, "", ""},
	{"delete with body", "DELETE", "servers/12345/", "{}", nil, 400, "No body", "body where none"},
	{"delete of none", "DELETE", "servers/99999/", "", nil, 404, "Not found", ""},
	{"delete of all", "DELETE", "servers/", "", nil, 405, "not allowed", "method not allowed"},
	{"delete of an empty id", "DELETE", "servers//", "", nil, 404, "Not found", "no such path"},

	{"start", "POST", "servers/12347/start/", "", nil, 200, "starting", ""},
	{"start of a running one", "POST", "servers/12345/start/", "", nil, 400, "already running", ""},
	{"start of a new one", "POST", "servers/12348/start/", "", nil, 400, "is provisioning", ""},
	{"start of a suspended one", "POST", "servers/12349/start/", "", nil, 400, "is suspended", ""},
	{"start of none", "POST", "servers/99999/start/", "", nil, 404, "Not found", ""},
	{"stop", "POST", "servers/12345/stop/", "", nil, 200, "stopping", ""},
	{"stop of a stopped one", "POST", "servers/12347/stop/", "", nil, 400, "not running", ""},
	{"stop of none", "POST", "servers/99999/stop/", "", nil, 404, "Not found", ""},
	{"reboot", "POST", "servers/12345/reboot/", "", nil, 200, "rebooting", ""},
	{"reboot of a stopped one", "POST", "servers/12347/reboot/", "", nil, 400, "not running", ""},
	{"reboot of none", "POST", "servers/99999/reboot/", "", nil, 404, "Not found", ""},
	{"body on an action", "POST", "servers/12345/stop/", "{}", nil, 400, "No body", "body where none"},

	{"plans", "GET", "plans/", "", nil, 200, `"count":4`, ""},
	{"plans at a location", "GET", "plans/?location=eu-central", "", nil, 200, `"count":3`, ""},
	{"plans nowhere", "GET", "plans/?location=mars", "", nil, 200, `{"count":0,"results":[]}`, ""},
	{"plans by status", "GET", "plans/?status=active", "", nil, 400, "detail", "unknown query"},
	{"account", "GET", "account/me/", "", nil, 200, `"email":"sandbox@example.com"`, ""},
	{"account without token", "GET", "account/me/", "", without("Authorization"), 401, "detail", "no Authorization header"},
}

func TestEveryEndpointAndStatus(t *testing.T) {
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			e := emulator.Emulator{Token: "vps_test", UniqueNames: true, Provisioning: time.Hour}
			example(&e)
			e.Add(vpsorg.Server{Name: "stopped", Status: vpsorg.StatusStopped})
			e.Add(vpsorg.Server{Name: "new-one", Status: vpsorg.StatusProvisioning})
			e.Add(vpsorg.Server{Name: "suspended", Status: vpsorg.StatusSuspended})
			edit := tt.edit
			if edit == nil {
				edit = func(*http.Request) {}
			}
			before := e.Servers()
			resp, body := ask(t, &e, request(t, tt.method, tt.path, tt.body, edit))
			if resp.StatusCode != tt.status || !strings.Contains(body, tt.says) {
				t.Errorf("answered %d %s\nwant %d with %s", resp.StatusCode, body, tt.status, tt.says)
			}
			if tt.status == 204 && body != "" {
				t.Errorf("204 with a body: %s", body)
			}
			entry := e.Ledger()[0]
			if entry.Status != tt.status || entry.Answered != tt.status {
				t.Errorf("the ledger has status %d, answered %d", entry.Status, entry.Answered)
			}
			if !strings.Contains(entry.Deviation, tt.deviation) || (tt.deviation == "") != (entry.Deviation == "") {
				t.Errorf("deviation is %q, want %q", entry.Deviation, tt.deviation)
			}
			changes := tt.status < 400 && tt.method != http.MethodGet
			if diff := cmp.Diff(before, e.Servers()); (diff != "") != changes {
				t.Errorf("%d changed the world (-before +after):\n%s", tt.status, diff)
			}
		})
	}
}

func TestAllowHeaderOf405(t *testing.T) {
	var e emulator.Emulator
	e.Add(vpsorg.Server{Name: "web"})
	resp, _ := ask(t, &e, request(t, "POST", "servers/12345/", whole))
	if got := resp.Header.Get("Allow"); got != "DELETE, GET, PATCH, PUT" {
		t.Errorf("Allow is %q", got)
	}
}

func TestCredit(t *testing.T) {
	for credit, want := range map[int][]int{0: {201, 201, 201}, 2: {201, 201, 402}, -1: {402, 402, 402}} {
		e := emulator.Emulator{Credit: credit}
		for i, status := range want {
			resp, body := ask(t, &e, request(t, "POST", "servers/", create))
			if resp.StatusCode != status {
				t.Errorf("credit %d, create %d: %d %s, want %d", credit, i+1, resp.StatusCode, body, status)
			}
		}
	}
}

func TestRateAndRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.Emulator{Rate: 0.25}
		get := func() *http.Response {
			resp, _ := ask(t, &e, request(t, "GET", "servers/", ""))
			return resp
		}
		if resp := get(); resp.StatusCode != 200 {
			t.Errorf("the first is answered %d", resp.StatusCode)
		}
		for range 3 { // being refused costs nothing
			if resp := get(); resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "4" {
				t.Errorf("answered %d, Retry-After %q; want 429 and 4", resp.StatusCode, resp.Header.Get("Retry-After"))
			}
		}
		pass(4)
		if resp := get(); resp.StatusCode != 200 {
			t.Errorf("after Retry-After it is answered %d", resp.StatusCode)
		}
	})
}

func TestRateByWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.Emulator{Rate: 2, Window: 10 * time.Second}
		pass(7) // the clock in here begins with a window
		for i := range 22 {
			resp, _ := ask(t, &e, request(t, "GET", "servers/", ""))
			if want := map[bool]int{true: 200, false: 429}[i < 20]; resp.StatusCode != want {
				t.Errorf("request %d of a window is answered %d, want %d", i+1, resp.StatusCode, want)
			}
			if after := resp.Header.Get("Retry-After"); i >= 20 && after != "3" {
				t.Errorf("Retry-After is %q at 7 s of 10", after)
			}
		}
		pass(3)
		if resp, _ := ask(t, &e, request(t, "GET", "servers/", "")); resp.StatusCode != 200 {
			t.Errorf("in the next window it is answered %d", resp.StatusCode)
		}
	})
}

func TestUpdateChangesOnlyWhatIsGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e emulator.Emulator
		example(&e)
		ask(t, &e, request(t, "PATCH", "servers/12345/", `{"hostname": "a.example.com"}`))
		s := e.Servers()[0]
		if *s.Hostname != "a.example.com" || s.Name != "web-server-01" || !*s.BackupsEnabled || s.UpdatedAt != "2000-01-01T00:00:00Z" {
			t.Errorf("after PATCH: %+v", s)
		}
		ask(t, &e, request(t, "PUT", "servers/12345/", whole))
		s = e.Servers()[0]
		if *s.Hostname != "new.example.com" || s.Name != "new" || *s.BackupsEnabled {
			t.Errorf("after PUT: %+v", s)
		}
	})
}
