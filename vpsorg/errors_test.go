package vpsorg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
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
	statuses := map[int]error{
		400: nil, 401: ErrUnauthorized, 402: ErrPaymentRequired, 403: ErrForbidden, 404: ErrNotFound, 405: nil,
		409: ErrConflict, 422: nil, 429: ErrRateLimited, 500: nil, 502: nil, 503: nil, 504: nil, 599: nil,
	}
	for status, sentinel := range statuses {
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
			for _, other := range sentinels {
				if errors.Is(err, other) != (other == sentinel) {
					t.Errorf("%d: errors.Is(err, %q) is wrong", status, other)
				}
			}
			if got := Ambiguous(err); got != (status >= 500) {
				t.Errorf("%d: ambiguous is %t", status, got)
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

func TestAmbiguousAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		status  int
		body    string
		created bool // whether a create succeeds
		changed bool // whether a PATCH succeeds
	}{
		"created":            {201, `{"id":1}`, true, true},
		"created, no id":     {201, `{"name":"a"}`, false, true},
		"created, empty id":  {201, `{"id":""}`, false, true},
		"created, null":      {201, `null`, false, true},
		"created, nothing":   {201, ``, false, true},
		"created, cut short": {201, `{"id":1,"name":"a`, false, false},
		"created, trailing":  {201, `{"id":1} {"id":2}`, false, false},
		"created, garbage":   {201, `{"id":1}}`, false, false},
		"created, HTML":      {201, `<html>`, false, false},
		"only 200":           {200, `{"id":1}`, false, true},
		"accepted":           {202, ``, false, true},
		"no content":         {204, ``, false, true},
		"switching":          {101, ``, false, false},
		"redirect":           {307, ``, false, false},
		"time-out":           {408, ``, false, false},
		"server error":       {500, `{"id":1}`, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := newTestClient(t, Config{Transport: always(tt.status, tt.body)})
			s, err := c.CreateServer(t.Context(), CreateRequest{})
			if (err == nil) != tt.created || Ambiguous(err) != !tt.created {
				t.Errorf("create: %v, ambiguous %t", err, Ambiguous(err))
			}
			if err != nil && s.ID != "" {
				t.Errorf("create failed and answered %+v", s)
			}
			err = c.PatchServer(t.Context(), "1", PatchRequest{})
			if (err == nil) != tt.changed || Ambiguous(err) != !tt.changed {
				t.Errorf("patch: %v, ambiguous %t", err, Ambiguous(err))
			}
		})
	}
}

func TestAmbiguousNetwork(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	refused := newTestClient(t, Config{BaseURL: "http://" + closed.Addr().String()})
	if err := refused.DeleteServer(t.Context(), "1"); err == nil || Ambiguous(err) {
		t.Errorf("refused connection: %v", err)
	}
	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	noTLS := newTestClient(t, Config{BaseURL: strings.Replace(plain.Endpoint(), "http:", "https:", 1)})
	if err := noTLS.DeleteServer(t.Context(), "1"); err == nil || Ambiguous(err) {
		t.Errorf("no TLS: %v", err)
	}
	hangUp := serve(t, func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) })
	if err := hangUp.DeleteServer(t.Context(), "1"); err == nil || !Ambiguous(err) {
		t.Errorf("connection closed without an answer: %v", err)
	}
	half := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(201)
		io.WriteString(w, `{"id":1}`)
	})
	if s, err := half.CreateServer(t.Context(), CreateRequest{}); err == nil || !Ambiguous(err) || s.ID != "" {
		t.Errorf("connection closed in the answer: %+v, %v", s, err)
	}
	untraced := newTestClient(t, Config{Transport: transport(func(*http.Request) (*http.Response, error) { return nil, net.ErrClosed })})
	if err := untraced.DeleteServer(t.Context(), "1"); !Ambiguous(err) {
		t.Errorf("a transport that tells nothing: %v", err)
	}
	if _, err := untraced.power(t.Context(), "1", "reboot/"); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the reason is lost: %v", err)
	}
}

func TestAmbiguousOfOthers(t *testing.T) {
	for err, want := range map[error]bool{
		nil:                                false,
		context.Canceled:                   true,
		&Error{Method: "GET"}:              false,
		&Error{Method: "PUT"}:              true,
		&Error{Method: "PUT", Status: 400}: false,
		fmt.Errorf("x: %w", &Error{Method: "PUT", NotSent: true}): false,
	} {
		if Ambiguous(err) != want {
			t.Errorf("%v: want %t", err, want)
		}
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

func TestRetryAfter(t *testing.T) {
	now := time.Date(2025, 1, 16, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string][2]time.Duration{ // with 429, with 503
		"":                                    {time.Second, 0},
		"3":                                   {3 * time.Second, 3 * time.Second},
		" 3 ":                                 {3 * time.Second, 3 * time.Second},
		"0":                                   {time.Second, 0},
		"-3":                                  {time.Second, 0},
		"soon":                                {time.Second, 0},
		"3600":                                {time.Minute, time.Minute},
		"99999999999999999999999":             {time.Minute, time.Minute},
		now.Add(9e9).Format(http.TimeFormat):  {9 * time.Second, 9 * time.Second},
		now.Add(-9e9).Format(http.TimeFormat): {time.Second, 0},
		now.AddDate(1, 0, 0).Format(http.TimeFormat): {time.Minute, time.Minute},
	} {
		for i, status := range []int{429, 503} {
			if got := retryAfter(answer(status, "", "Retry-After", text), now); got != want[i] {
				t.Errorf("%d with %q: got %s, want %s", status, text, got, want[i])
			}
		}
		if got := retryAfter(answer(500, "", "Retry-After", text), now); got != 0 {
			t.Errorf("500 with %q: got %s", text, got)
		}
	}
}
