package vpsorg

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestEveryStatusWithEveryBody checks what an error says and is, for each
// documented status and each form of error body.
func TestEveryStatusWithEveryBody(t *testing.T) {
	bodies := map[string]string{
		`{"detail":"Not now."}`:                                    "Not now.",
		`{"name":["Taken.","Too long."],"plan_id":["Unknown."]}`:   "name: Taken., Too long.; plan_id: Unknown.",
		`{"plan":{"id":["Unknown."]}}`:                             "plan: id: Unknown.",
		`{"non_field_errors":["No."],"name":["Taken."]}`:           "No.; name: Taken.",
		`{"message":"No.","errors":{"name":["Taken."]}}`:           "No.; name: Taken.",
		`{"status":"error","message":"No."}`:                       "No.",
		`{"error":"No."}`:                                          "No.",
		`{"error":{"code":7,"message":"No."}}`:                     "No.",
		`{"error":"No.","message":"No."}`:                          "No.",
		`"No."`:                                                    "No.",
		`["No.","Never."]`:                                         "No., Never.",
		`No, said the proxy`:                                       "No, said the proxy",
		"{\"detail\":\"a\\u001b[31m\\n\\tb\\u202e\"}":              "a[31m b",
		"\n<html><title>502 Bad\n Gateway &amp; co</title></html>": `an HTML page titled "502 Bad Gateway & co"`,
		`<!DOCTYPE html><p>oops`:                                   "an HTML page",
		`{"detail":"` + strings.Repeat("é", 400) + `"}`:            strings.Repeat("é", 299) + "…",
		`{"detail":`: `{"detail":`,
		`{}`:         "",
		`null`:       "",
		``:           "",
	}
	for _, status := range []int{400, 401, 402, 403, 404, 405, 409, 422, 429, 500, 502, 503, 504, 599} {
		for body, want := range bodies {
			c := newTestClient(t, Config{Transport: always(status, body)})
			_, err := c.CreateServer(t.Context(), CreateRequest{})
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("%d %q: got %v", status, body, err)
			}
			if e.Message != want || e.Status != status {
				t.Errorf("%d %q: got %d %q, want %q", status, body, e.Status, e.Message, want)
			}
			line := strings.TrimSpace(fmt.Sprintf("POST /servers/: %d %s", status, http.StatusText(status)))
			if want != "" {
				line += ": " + want
			}
			if err.Error() != line {
				t.Errorf("got %q, want %q", err, line)
			}
		}
	}
}

func TestHints(t *testing.T) {
	for _, tt := range []struct {
		err  Error
		want string
	}{
		{Error{Status: 401}, "VPS_API_TOKEN"},
		{Error{Status: 402}, "credit"},
		{Error{Status: 403}, "permission"},
		{Error{Status: 403, Method: "POST", Path: "/servers/"}, "limit"},
		{Error{Status: 403, Path: "/servers/7/", page: true}, "proxy"},
		{Error{Status: 429, Err: &WaitError{}}, "again after"},
		{Error{Err: timedOut{time.Second}}, "--request-timeout"},
		{Error{Status: 404, Path: "/servers/7/"}, "deleted"},
		{Error{Status: 404, Path: "/servers/?status=active"}, "VPS_API_URL"},
		{Error{Status: 404, Path: "/plans/"}, "VPS_API_URL"},
		{Error{Status: 302}, "VPS_API_URL"},
		{Error{Status: 429}, "fewer"},
	} {
		if got := tt.err.Hint(); !strings.Contains(got, tt.want) || strings.Contains(got, "\n") {
			t.Errorf("%+v: got %q, want something with %q", tt.err, got, tt.want)
		}
	}
	if got := (&Error{Status: 500}).Hint(); got != "" {
		t.Errorf("500 has the hint %q", got)
	}
}

func TestWaitingForTheLimiterIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, Config{Transport: always(204, ""), Rate: 0.1})
		if err := c.DeleteServer(t.Context(), "1"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.DeleteServer(ctx, "1"); !errors.Is(err, context.DeadlineExceeded) || Ambiguous(err) {
			t.Errorf("got %v", err)
		}
	})
}
