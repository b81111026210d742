package vpsorg

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
)

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
		synctest.Test(t, func(t *testing.T) {
			c := newTestClient(t, Config{Transport: always(200, body)})
			if got, err := c.ListServers(t.Context(), ListFilter{}); err == nil || got != nil {
				t.Errorf("%q: got %+v, %v", body, got, err)
			}
		})
	}
	for _, status := range []int{201, 202, 203, 206} {
		c := newTestClient(t, Config{Transport: always(status, `[]`)})
		if _, err := c.ListServers(t.Context(), ListFilter{}); err == nil {
			t.Errorf("%d was taken for a list", status)
		}
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
