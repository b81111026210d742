package vpsorg

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func golden(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var (
	webServer = Server{
		ID: "12345", Name: "web-server-01", Hostname: new("web01.example.com"), Status: StatusActive,
		IPAddress: new("203.0.113.10"), Location: "us-west",
		Plan:      ServerPlan{ID: "1", Name: "Standard VPS", VCPUs: 2, Memory: 4096, Storage: 80},
		OS:        OS{ID: "5", Name: "Ubuntu 22.04 LTS"},
		CreatedAt: "2025-01-10T14:30:00Z", UpdatedAt: "2025-01-15T10:20:00Z",
	}
	dbServer = Server{
		ID: "12346", Name: "db-server-01", Hostname: new("db01.example.com"), Status: StatusActive,
		IPAddress: new("203.0.113.11"), Location: "us-east",
		Plan:      ServerPlan{ID: "2", Name: "Performance VPS", VCPUs: 4, Memory: 8192, Storage: 160},
		OS:        OS{ID: "3", Name: "Debian 12"},
		CreatedAt: "2025-01-12T09:15:00Z", UpdatedAt: "2025-01-16T08:45:00Z",
	}
)

func webServerDetail() Server {
	s := webServer
	s.Plan.Bandwidth = 2048
	s.IPv6Address = new("2001:0db8::1")
	s.BackupsEnabled = new(true)
	s.ResourceUsage = &ResourceUsage{CPUPercent: 23.5, MemoryUsed: 2048, DiskUsed: 35, BandwidthUsed: 450}
	s.UpdatedAt = "2025-01-16T15:45:00Z"
	return s
}

func createdServer() Server {
	s := webServer
	s.ID, s.Name, s.Hostname = "12347", "web-server-02", new("web02.example.com")
	s.Status, s.IPAddress, s.BackupsEnabled = StatusProvisioning, nil, new(true)
	s.CreatedAt, s.UpdatedAt = "2025-01-16T16:00:00Z", "2025-01-16T16:00:00Z"
	return s
}

func starting() (p PowerAnswer) {
	p.Status, p.Message = "success", "Server is starting"
	p.Server.ID, p.Server.Name, p.Server.Status = "12345", "web-server-01", StatusStarting
	return p
}

func plans() []Plan {
	return []Plan{
		{
			ID: "1", Name: "Starter VPS", Slug: "starter", VCPUs: 1, Memory: 2048, Storage: 40, Bandwidth: 1024,
			PriceMonthly: new(json.Number("5.00")), PriceHourly: new(json.Number("0.007")), Available: new(true),
			Locations: []string{"us-west", "us-east", "eu-central"}, Description: "For small sites",
		},
		{ID: "2", Name: "Standard VPS", Slug: "standard", VCPUs: 2, Memory: 4096, Storage: 80, Bandwidth: 2048},
	}
}

func account() (a Account) {
	a.Account.Email, a.Account.FirstName, a.Account.LastName = "ops@example.com", "Ada", "Byron"
	a.Account.CompanyName, a.Account.CreatedAt = "Example", "2024-05-01T00:00:00Z"
	a.Token.Name, a.Token.Permissions = "ci", []string{"servers:read", "servers:write"}
	return a
}

// endpointTests are calls, the requests that are documented for them, and what their answers mean.
var endpointTests = map[string]struct {
	call   func(context.Context, *Client) (any, error)
	method string
	uri    string
	body   string
	status int
	answer string // a golden file; "": an empty answer
	want   any
}{
	"list": {
		func(ctx context.Context, c *Client) (any, error) { return c.ListServers(ctx, ListFilter{}) },
		"GET", "/api/v1/servers/", "", 200, "list.json", []Server{webServer, dbServer},
	},
	"list by both filters": {
		func(ctx context.Context, c *Client) (any, error) {
			return c.ListServers(ctx, ListFilter{Status: StatusActive, Location: "us-west"})
		},
		"GET", "/api/v1/servers/?location=us-west&status=active", "", 200, "list.json", []Server{webServer, dbServer},
	},
	"create": {
		func(ctx context.Context, c *Client) (any, error) {
			return c.CreateServer(ctx, CreateRequest{
				Name: "web-server-02", PlanID: "1", OSID: "5", Location: "us-west",
				Hostname: new("web02.example.com"), SSHKeyID: new(ID("42")), BackupsEnabled: new(true),
			})
		},
		"POST", "/api/v1/servers/",
		`{"name":"web-server-02","plan_id":1,"os_id":5,"location":"us-west","hostname":"web02.example.com","ssh_key_id":42,"backups_enabled":true}`,
		201, "created.json", createdServer(),
	},
	"create with what is required": {
		func(ctx context.Context, c *Client) (any, error) {
			return c.CreateServer(ctx, CreateRequest{Name: "a", PlanID: "007", OSID: "9b2f", Location: "x"})
		},
		"POST", "/api/v1/servers/", `{"name":"a","plan_id":"007","os_id":"9b2f","location":"x"}`, 201, "created.json", createdServer(),
	},
	"get": {
		func(ctx context.Context, c *Client) (any, error) { return c.GetServer(ctx, "12345") },
		"GET", "/api/v1/servers/12345/", "", 200, "detail.json", webServerDetail(),
	},
	"put": {
		func(ctx context.Context, c *Client) (any, error) {
			return nil, c.PutServer(ctx, "12345", PutRequest{Name: "a", Hostname: "a.example.com"})
		},
		"PUT", "/api/v1/servers/12345/", `{"name":"a","hostname":"a.example.com","backups_enabled":false}`, 200, "detail.json", nil,
	},
	"patch": {
		func(ctx context.Context, c *Client) (any, error) {
			return nil, c.PatchServer(ctx, "12345", PatchRequest{BackupsEnabled: new(false)})
		},
		"PATCH", "/api/v1/servers/12345/", `{"backups_enabled":false}`, 200, "", nil,
	},
	"delete": {
		func(ctx context.Context, c *Client) (any, error) { return nil, c.DeleteServer(ctx, "12345") },
		"DELETE", "/api/v1/servers/12345/", "", 204, "", nil,
	},
	"start": {
		func(ctx context.Context, c *Client) (any, error) { return c.StartServer(ctx, "12345") },
		"POST", "/api/v1/servers/12345/start/", "", 200, "power.json", starting(),
	},
	"stop": {
		func(ctx context.Context, c *Client) (any, error) { return c.StopServer(ctx, "12345") },
		"POST", "/api/v1/servers/12345/stop/", "", 202, "", PowerAnswer{},
	},
	"reboot": {
		func(ctx context.Context, c *Client) (any, error) { return c.RebootServer(ctx, "12345") },
		"POST", "/api/v1/servers/12345/reboot/", "", 204, "", PowerAnswer{},
	},
	"plans": {
		func(ctx context.Context, c *Client) (any, error) { return c.ListPlans(ctx, "us-west") },
		"GET", "/api/v1/plans/?location=us-west", "", 200, "plans.json", plans(),
	},
	"account": {
		func(ctx context.Context, c *Client) (any, error) { return c.GetAccount(ctx) },
		"GET", "/api/v1/account/me/", "", 200, "account.json", account(),
	},
	"an id that needs escaping": {
		func(ctx context.Context, c *Client) (any, error) { return nil, c.DeleteServer(ctx, "../a b?c#d/%2e") },
		"DELETE", "/api/v1/servers/..%2Fa%20b%3Fc%23d%2F%252e/", "", 204, "", nil,
	},
}

// TestEndpoints holds each method against the request that is documented for it
// and the answer that the documentation shows.
func TestEndpoints(t *testing.T) {
	for name, tt := range endpointTests {
		t.Run(name, func(t *testing.T) {
			var got, body string
			var header http.Header
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				data, _ := io.ReadAll(r.Body)
				got, body, header = r.Method+" "+r.RequestURI, string(data), r.Header
				// what a web framework says of every answer that nobody typed
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.WriteHeader(tt.status)
				if tt.answer != "" {
					io.WriteString(w, golden(t, tt.answer))
				}
			})
			v, err := tt.call(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, v); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if want := tt.method + " " + tt.uri; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if body != tt.body {
				t.Errorf("got body %s, want %s", body, tt.body)
			}
			for key, want := range map[string]string{
				"Authorization": "Bearer " + testToken, "Content-Type": "application/json",
				"Accept": "application/json", "User-Agent": "fleet", "Cookie": "",
			} {
				if h := strings.Join(header.Values(key), "|"); h != want {
					t.Errorf("%s is %q, want %q", key, h, want)
				}
			}
		})
	}
}

func TestIDsThatMakeNoPathAreRefused(t *testing.T) {
	c := newTestClient(t, Config{Transport: transport(func(r *http.Request) (*http.Response, error) {
		t.Errorf("sent %s %s", r.Method, r.URL)
		return answer(204, ""), nil
	})})
	for _, id := range []ID{"", ".", ".."} {
		_, getErr := c.GetServer(t.Context(), id)
		_, startErr := c.StartServer(t.Context(), id)
		for _, err := range []error{c.DeleteServer(t.Context(), id), c.PatchServer(t.Context(), id, PatchRequest{}), getErr, startErr} {
			if err == nil || Ambiguous(err) {
				t.Errorf("id %q: %v", id, err)
			}
		}
	}
}

func TestGetServerRefusesAnotherServer(t *testing.T) {
	c := newTestClient(t, Config{Transport: always(200, `{"id": 8}`)})
	if s, err := c.GetServer(t.Context(), "7"); err == nil || s.ID != "" {
		t.Errorf("got %+v, %v", s, err)
	}
	c = newTestClient(t, Config{Transport: always(404, `{"detail":"Not found."}`)})
	if _, err := c.GetServer(t.Context(), "7"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestNullsAreKeptApart(t *testing.T) {
	c := newTestClient(t, Config{Transport: always(200, `[{"id":"0012","hostname":null,"plan":null,"os":{"id":null},"new_field":[1]},{"id":12,"hostname":""}]`)})
	got, err := c.ListServers(t.Context(), ListFilter{})
	want := []Server{{ID: "0012"}, {ID: "12", Hostname: new("")}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
