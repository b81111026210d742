package vpsorg

import (
	"encoding/json"
	"errors"
	"fmt"
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

// TestIncompleteLists: whatever is wrong with a list, it is an error that says
// what, and never a shorter list.
func TestIncompleteLists(t *testing.T) {
	set := func(page int, key string, value any) func(int, int, map[string]any) {
		return func(_, p int, body map[string]any) {
			if p == page {
				body[key] = value
			}
		}
	}
	for name, tt := range map[string]struct {
		spoil    func(request, page int, body map[string]any)
		want     string
		readings int
	}{
		"count too small":  {set(1, "count", 119), "count moved from 119 to 120", 3},
		"count too large":  {func(_, _ int, b map[string]any) { b["count"] = 121 }, "count is 121 but 120 entries came", 3},
		"count far larger": {func(_, _ int, b map[string]any) { b["count"] = 321 }, "was counted but is gone", 3},
		"count absurd":     {set(1, "count", 1<<40), "more than can be read", 1},
		"count moves":      {set(2, "count", 119), "count moved from 120 to 119", 3},
		"count missing":    {func(_, _ int, b map[string]any) { delete(b, "count") }, "no count", 1},
		"count null":       {set(1, "count", nil), "no count", 1},
		"count negative":   {func(_, _ int, b map[string]any) { b["count"], b["next"] = -1, nil }, "count is -1", 3},
		"results missing":  {func(_, _ int, b map[string]any) { delete(b, "results") }, "no results", 1},
		"entry repeated":   {func(_, _ int, b map[string]any) { b["results"].([]any)[1] = map[string]any{"id": "1"} }, `id "1" came twice`, 3},
		"entry without id": {func(_, _ int, b map[string]any) { b["results"].([]any)[1] = map[string]any{"name": "a"} }, "an entry has no id", 1},
		"first page empty": {set(1, "results", []any{}), "the first page is empty", 3},
		"second empty":     {set(2, "results", []any{}), "count is 120 but 100 entries came", 3},
		"other host":       {set(1, "next", "https://evil.example/api/v1/servers/?page=2"), "elsewhere, at https://evil.example/api/v1/servers/", 1},
		"other port":       {set(1, "next", "https://admin.vps.org:444/api/v1/servers/?page=2"), "elsewhere", 1},
		"other scheme":     {set(1, "next", "http://admin.vps.org/api/v1/servers/?page=2"), "elsewhere, at http://admin.vps.org/", 1},
		"other path":       {set(1, "next", "/api/v1/plans/?page=2"), "elsewhere", 1},
		"user in next":     {set(1, "next", "https://a@admin.vps.org/api/v1/servers/"), "elsewhere", 1},
		"next is no URL":   {set(1, "next", "https://[::1"), "not a URL", 1},
		"next loops":       {set(2, "next", listURL+"?page=2&page_size=100"), "page 2 should be the last but names a next one", 3},
		"shifts":           {func(_, p int, b map[string]any) { b["results"].([]any)[0] = map[string]any{"id": 20} }, `id "20" came twice`, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := &pagedAPI{total: 120, size: 100, most: 100, spoil: tt.spoil}
				c := newTestClient(t, Config{Transport: api})
				got, err := c.ListServers(t.Context(), ListFilter{})
				if got != nil || !errors.Is(err, ErrIncompleteList) {
					t.Fatalf("got %d servers, %v", len(got), err)
				}
				if !strings.HasPrefix(err.Error(), "GET /servers/") || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %q, want something with %q", err, tt.want)
				}
				readings := 0
				for _, query := range api.seen {
					if query == "" {
						readings++
					}
				}
				if readings != tt.readings {
					t.Errorf("read %d times, want %d", readings, tt.readings)
				}
			})
		})
	}
}

func TestMalformedLists(t *testing.T) {
	for _, body := range []string{
		``, `null`, `7`, `"x"`, `{}`, `[`, `[{"id":1}`, `[{"id":1},]`, `[{"id":1}] x`, `[{"id":1}][]`, `[{"id":{}}]`, `[7]`,
		`{"count":1,"results":[{"id":1}]`, `{"count":1,"results":[{"id":1}]}}`, `{"count":1,"results":null}`,
		`{"count":1,"results":{"id":1}}`, `{"count":"1","results":[{"id":1}]}`, `{"count":1.5,"results":[{"id":1}]}`,
		`{"count":0,"results":[],"results":[{"id":1}],"count":1}`, `{"count":1,"results":[{"id":1}],"next":7}`,
		`{"count":1,"Results":[{"id":1}]}`, `{"detail":"oops"}`, `<html>`,
	} {
		c := newTestClient(t, Config{Transport: always(200, body)})
		if got, err := c.ListServers(t.Context(), ListFilter{}); err == nil || got != nil {
			t.Errorf("%q: got %+v, %v", body, got, err)
		}
	}
	for _, status := range []int{201, 202, 203, 206} {
		c := newTestClient(t, Config{Transport: always(status, `[]`)})
		if _, err := c.ListServers(t.Context(), ListFilter{}); err == nil {
			t.Errorf("%d was taken for a list", status)
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

// FuzzAnswers: no answer makes a method panic, and what a list returns is
// complete and distinct.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{`[]`, `{"count":1,"results":[{"id":1}]}`, `{"id":"x","plan":{"id":null}}`, `<html>`, `{"error":[{"a":null}]}`, `[[[`} {
		f.Add(200, seed)
		f.Add(400, seed)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		synctest.Test(t, func(t *testing.T) {
			c := newTestClient(t, Config{Transport: always(status, body)})
			servers, err := c.ListServers(t.Context(), ListFilter{})
			ids := map[ID]bool{}
			for _, s := range servers {
				ids[s.ID] = true
			}
			if err != nil && servers != nil || len(ids) != len(servers) || ids[""] {
				t.Errorf("list: %+v, %v", servers, err)
			}
			if s, err := c.CreateServer(t.Context(), CreateRequest{}); (err == nil) != (s.ID != "") {
				t.Errorf("create: %+v, %v", s, err)
			}
			_, powerErr := c.StopServer(t.Context(), "1")
			_, planErr := c.ListPlans(t.Context(), "")
			_, accountErr := c.GetAccount(t.Context())
			for _, err := range []error{powerErr, planErr, accountErr, c.DeleteServer(t.Context(), "1")} {
				if text := fmt.Sprint(err); strings.ContainsAny(text, "\n\x1b") {
					t.Errorf("error is %q", text)
				}
			}
		})
	})
}
