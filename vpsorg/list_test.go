package vpsorg

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const listURL = "https://admin.vps.org/api/v1/servers/"

// pagedAPI answers lists of total servers by pages of size, or of what
// page_size asks up to most. spoil may change an answer; request counts from 1.
type pagedAPI struct {
	total, size, most int
	spoil             func(request, page int, body map[string]any)

	mu   sync.Mutex
	seen []string // the queries, in order
}

func (a *pagedAPI) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	query := r.URL.Query()
	a.seen = append(a.seen, r.URL.RawQuery)
	size, number := a.size, 1
	if n, err := strconv.Atoi(query.Get("page_size")); err == nil {
		size = min(n, a.most)
	}
	if n, err := strconv.Atoi(query.Get("page")); err == nil {
		number = n
	}
	first, end := (number-1)*size, min(number*size, a.total)
	if first >= end && number > 1 {
		return answer(404, `{"detail":"Invalid page."}`), nil
	}
	body := map[string]any{"count": a.total, "next": nil, "previous": nil}
	if end < a.total {
		query.Set("page", strconv.Itoa(number+1))
		body["next"] = listURL + "?" + query.Encode()
	}
	results := []any{}
	for i := first; i < end; i++ {
		results = append(results, map[string]any{"id": i + 1})
	}
	body["results"] = results
	if a.spoil != nil {
		a.spoil(len(a.seen), number, body)
	}
	data, err := json.Marshal(body)
	return answer(200, string(data)), err
}

func TestCompleteLists(t *testing.T) {
	nextless := func(_, _ int, body map[string]any) { delete(body, "next") }
	for name, tt := range map[string]struct {
		api      *pagedAPI
		requests []string // sorted
	}{
		"empty":        {&pagedAPI{total: 0, size: 20, most: 100}, []string{""}},
		"unpaged":      {&pagedAPI{total: 250, size: 1000, most: 1000}, []string{""}},
		"just a page":  {&pagedAPI{total: 20, size: 20, most: 100}, []string{""}},
		"20 a page":    {&pagedAPI{total: 41, size: 20, most: 100}, []string{"", "page=1&page_size=100"}},
		"20, several":  {&pagedAPI{total: 201, size: 20, most: 100}, []string{"", "page=1&page_size=100", "page=2&page_size=100", "page=3&page_size=100"}},
		"100 a page":   {&pagedAPI{total: 300, size: 100, most: 100}, []string{"", "page=2&page_size=100", "page=3&page_size=100"}},
		"150 a page":   {&pagedAPI{total: 301, size: 150, most: 150}, []string{"", "page=2&page_size=150", "page=3&page_size=150"}},
		"capped at 50": {&pagedAPI{total: 101, size: 20, most: 50}, []string{"", "page=1&page_size=100", "page=2&page_size=100", "page=3&page_size=100"}},
		"without next": {&pagedAPI{total: 120, size: 20, most: 100, spoil: nextless}, []string{"", "page=1&page_size=100", "page=2&page_size=100"}},
		"relative next": {&pagedAPI{total: 120, size: 20, most: 100, spoil: func(_, _ int, body map[string]any) {
			if next, ok := body["next"].(string); ok {
				body["next"] = strings.TrimPrefix(next, listURL)
			}
		}}, []string{"", "page=1&page_size=100", "page=2&page_size=100"}},
		"shifts once": {&pagedAPI{total: 120, size: 100, most: 100, spoil: func(request, page int, body map[string]any) {
			if request == 2 {
				body["results"].([]any)[0] = map[string]any{"id": 1}
			}
		}}, []string{"", "", "page=2&page_size=100", "page=2&page_size=100"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newTestClient(t, Config{Transport: tt.api})
				got, err := c.ListServers(t.Context(), ListFilter{})
				if err != nil {
					t.Fatal(err)
				}
				if got == nil || len(got) != tt.api.total {
					t.Fatalf("got %d servers (nil: %t), want %d", len(got), got == nil, tt.api.total)
				}
				for i, s := range got {
					if s.ID != ID(strconv.Itoa(i+1)) {
						t.Fatalf("server %d has id %s", i, s.ID)
					}
				}
				slices.Sort(tt.api.seen)
				if !slices.Equal(tt.api.seen, tt.requests) {
					t.Errorf("got requests %q, want %q", tt.api.seen, tt.requests)
				}
			})
		})
	}
}

// Once a list has come in pages they are asked for at once, and it is noticed when
// its form changes.
func TestLaterReadings(t *testing.T) {
	for name, tt := range map[string]struct {
		first, second *pagedAPI
		refusing      bool // the second refuses page parameters
		requests      []string
		cost          int
	}{
		"unpaged":           {&pagedAPI{total: 250, size: 1000, most: 1000}, &pagedAPI{total: 250, size: 1000, most: 1000}, false, []string{""}, 1},
		"paged":             {&pagedAPI{total: 120, size: 20, most: 100}, &pagedAPI{total: 120, size: 20, most: 100}, false, []string{"page=1&page_size=100", "page=2&page_size=100"}, 2},
		"150 a page":        {&pagedAPI{total: 160, size: 150, most: 150}, &pagedAPI{total: 160, size: 150, most: 150}, false, []string{"page=1&page_size=150", "page=2&page_size=150"}, 2},
		"now a page":        {&pagedAPI{total: 120, size: 20, most: 100}, &pagedAPI{total: 80, size: 20, most: 100}, false, []string{"page=1&page_size=100"}, 1},
		"now smaller pages": {&pagedAPI{total: 120, size: 20, most: 100}, &pagedAPI{total: 120, size: 20, most: 50}, false, []string{"page=1&page_size=100", "page=2&page_size=100", "page=3&page_size=100"}, 3},
		"now whole":         {&pagedAPI{total: 120, size: 20, most: 100}, &pagedAPI{total: 120, size: 1000, most: 1000, spoil: allOf(120)}, false, []string{"page=1&page_size=100"}, 1},
		"now without pages": {&pagedAPI{total: 120, size: 20, most: 100}, &pagedAPI{total: 120, size: 1000, most: 1000}, true, []string{"", "page=1&page_size=100"}, 1},
		"now in pages":      {&pagedAPI{total: 15, size: 20, most: 100}, &pagedAPI{total: 120, size: 20, most: 100}, false, []string{"", "page=1&page_size=100", "page=2&page_size=100"}, 2},
		"now contradictory": {&pagedAPI{total: 120, size: 20, most: 100}, &pagedAPI{total: 120, size: 20, most: 100, spoil: shortOnce}, false,
			[]string{"", "page=1&page_size=100", "page=1&page_size=100", "page=2&page_size=100", "page=2&page_size=100"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var api http.RoundTripper = tt.first
				c := newTestClient(t, Config{Transport: transport(func(r *http.Request) (*http.Response, error) { return api.RoundTrip(r) })})
				if _, err := c.ListServers(t.Context(), ListFilter{}); err != nil {
					t.Fatal(err)
				}
				api = tt.second
				if tt.refusing {
					api = withoutPages{tt.second}
				}
				got, err := c.ListServers(t.Context(), ListFilter{})
				if err != nil || len(got) != tt.second.total {
					t.Fatalf("got %d servers, %v; want %d", len(got), err, tt.second.total)
				}
				slices.Sort(tt.second.seen)
				if !slices.Equal(tt.second.seen, tt.requests) {
					t.Errorf("got requests %q, want %q", tt.second.seen, tt.requests)
				}
				if c.ListCost() != tt.cost {
					t.Errorf("the next list is said to take %d requests, want %d", c.ListCost(), tt.cost)
				}
			})
		})
	}
}

// allOf answers a list whole, whatever page was asked for.
func allOf(total int) func(int, int, map[string]any) {
	return func(_, _ int, body map[string]any) {
		results := []any{}
		for i := range total {
			results = append(results, map[string]any{"id": i + 1})
		}
		body["results"], body["next"] = results, nil
	}
}

// shortOnce leaves an entry out of the second answer.
func shortOnce(request, _ int, body map[string]any) {
	if request == 2 {
		body["results"] = body["results"].([]any)[1:]
	}
}

// withoutPages is an API that knows no page parameters.
type withoutPages struct{ *pagedAPI }

func (a withoutPages) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := a.pagedAPI.RoundTrip(r)
	if r.URL.RawQuery != "" {
		return answer(400, `{"page":["Unknown query parameter."]}`), nil
	}
	return resp, err
}

// Pages beyond the first are asked for as many at a time as configured.
func TestPagesAtOnce(t *testing.T) {
	for parallelism, want := range map[int]time.Duration{0: 11, 1: 101, 50: 3} {
		synctest.Test(t, func(t *testing.T) {
			api := &pagedAPI{total: 10_100, size: 100, most: 100}
			slow := transport(func(r *http.Request) (*http.Response, error) {
				time.Sleep(time.Second)
				return api.RoundTrip(r)
			})
			c, start := newTestClient(t, Config{Transport: slow, Parallelism: parallelism}), time.Now()
			if _, err := c.ListServers(t.Context(), ListFilter{}); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took != want*time.Second {
				t.Errorf("parallelism %d: 101 pages of a second took %s, want %ds", parallelism, took, want)
			}
		})
	}
}

func TestFiltersAreOnEveryPage(t *testing.T) {
	api := &pagedAPI{total: 150, size: 20, most: 100}
	c := newTestClient(t, Config{Transport: api})
	if _, err := c.ListServers(t.Context(), ListFilter{Status: StatusStopped}); err != nil {
		t.Fatal(err)
	}
	for _, query := range api.seen {
		if !strings.HasSuffix(query, "status=stopped") {
			t.Errorf("asked %q", query)
		}
	}
}

func TestBareArrays(t *testing.T) {
	c := newTestClient(t, Config{Transport: always(200, `[{"slug":"small"},{"slug":"large"}]`)})
	plans, err := c.ListPlans(t.Context(), "")
	if err != nil || len(plans) != 2 {
		t.Errorf("got %+v, %v", plans, err)
	}
	servers, err := c.ListServers(t.Context(), ListFilter{})
	if !errors.Is(err, ErrIncompleteList) || servers != nil {
		t.Errorf("servers without ids: got %+v, %v", servers, err)
	}
}
