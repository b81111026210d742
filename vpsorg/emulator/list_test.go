package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

type listing struct {
	Count          int
	Next, Previous *string
	Results        []vpsorg.Server
}

func listAt(t *testing.T, e *emulator.Emulator, path string) (l listing) {
	t.Helper()
	resp, body := ask(t, e, request(t, "GET", path, ""))
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, resp.StatusCode, body)
	}
	if err := json.Unmarshal([]byte(body), &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func populated(e *emulator.Emulator, servers int) *emulator.Emulator {
	for i := range servers {
		e.Add(vpsorg.Server{Name: fmt.Sprintf("s-%03d", i), Location: "us-west", Plan: vpsorg.ServerPlan{ID: "1"}, OS: vpsorg.OS{ID: "5"}})
	}
	return e
}

func TestPages(t *testing.T) {
	const at = "https://vps.test/api/v1/servers/"
	tests := []struct {
		query          string
		first, last    string
		results        int
		next, previous string
	}{
		{"", "s-000", "s-019", 20, at + "?page=2", ""},
		{"?page=2", "s-020", "s-039", 20, at + "?page=3", at},
		{"?page=13", "s-240", "s-249", 10, "", at + "?page=12"},
		{"?page=2&page_size=100", "s-100", "s-199", 100, at + "?page=3&page_size=100", at + "?page_size=100"},
		{"?location=us-west&page=1", "s-000", "s-019", 20, at + "?location=us-west&page=2", ""},
	}
	e := populated(&emulator.Emulator{PageSize: 20}, 250)
	for _, tt := range tests {
		l := listAt(t, e, "servers/"+tt.query)
		if l.Count != 250 || len(l.Results) != tt.results {
			t.Errorf("%q: count %d with %d results", tt.query, l.Count, len(l.Results))
			continue
		}
		if first, last := l.Results[0].Name, l.Results[tt.results-1].Name; first != tt.first || last != tt.last {
			t.Errorf("%q: %s to %s, want %s to %s", tt.query, first, last, tt.first, tt.last)
		}
		if text(l.Next) != tt.next || text(l.Previous) != tt.previous {
			t.Errorf("%q: next %q, previous %q", tt.query, text(l.Next), text(l.Previous))
		}
	}
	if d := e.Deviations(); len(d) > 0 {
		t.Errorf("deviations: %q", d)
	}
}

func TestPagesThatAreNot(t *testing.T) {
	tests := map[string]struct{ status, deviations int }{
		"?page=14":       {404, 0}, // the list may have shrunk
		"?page=0":        {404, 1},
		"?page=two":      {404, 1},
		"?page_size=101": {400, 1},
		"?page_size=0":   {400, 1},
	}
	for query, want := range tests {
		e := populated(&emulator.Emulator{PageSize: 20}, 250)
		resp, _ := ask(t, e, request(t, "GET", "servers/"+query, ""))
		if resp.StatusCode != want.status || len(e.Deviations()) != want.deviations {
			t.Errorf("%s: %d, deviations %q", query, resp.StatusCode, e.Deviations())
		}
	}
	if l := listAt(t, &emulator.Emulator{PageSize: 20}, "servers/"); l.Count != 0 || l.Results == nil {
		t.Errorf("the page of an empty world: %+v", l)
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func TestLinksOverASocket(t *testing.T) {
	e := populated(&emulator.Emulator{PageSize: 1}, 2)
	for name, start := range map[string]func(http.Handler) *httptest.Server{"http": httptest.NewServer, "https": httptest.NewTLSServer} {
		server := start(e)
		r, err := http.NewRequest("GET", server.URL+"/api/v1/servers/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = request(t, "GET", "servers/", "").Header
		resp, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		var l listing
		if err := json.NewDecoder(resp.Body).Decode(&l); err != nil || text(l.Next) != server.URL+"/api/v1/servers/?page=2" {
			t.Errorf("%s: next is %q, %v", name, text(l.Next), err)
		}
		resp.Body.Close()
		server.Close()
	}
}

func BenchmarkListOf100000(b *testing.B) {
	e := populated(&emulator.Emulator{}, 100_000)
	for b.Loop() {
		if _, err := e.Transport().RoundTrip(request(b, "GET", "servers/", "")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPageOf100000(b *testing.B) {
	e := populated(&emulator.Emulator{PageSize: 100}, 100_000)
	for b.Loop() {
		if _, err := e.Transport().RoundTrip(request(b, "GET", "servers/?page=900", "")); err != nil {
			b.Fatal(err)
		}
	}
}
