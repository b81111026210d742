package vpsorg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

var kinds = []error{ErrUnauthorized, ErrPaymentRequired, ErrForbidden, ErrCreatesRefused, ErrNotFound, ErrConflict, ErrRateLimited, ErrBusy}

const pageOf403 = "<html><title>403 Forbidden</title>"

// answers are what the API answers to calls, and what kinds of error they are.
var answers = map[string]struct {
	call      string // of reads or changes
	status    int
	body      string
	is        []error
	ambiguous bool
}{
	"token":                      {"create", 401, "", []error{ErrUnauthorized}, false},
	"token on a page":            {"patch", 401, pageOf403, []error{ErrUnauthorized}, false},
	"credit":                     {"create", 402, "", []error{ErrPaymentRequired, ErrCreatesRefused}, false},
	"credit, not of a create":    {"patch", 402, "", []error{ErrPaymentRequired}, false},
	"permission to read":         {"get", 403, "", []error{ErrForbidden}, false},
	"permission to change":       {"patch", 403, "", []error{ErrForbidden}, false},
	"limit of servers":           {"create", 403, `{"detail": "server limit reached"}`, []error{ErrCreatesRefused}, false},
	"a proxy's page":             {"patch", 403, pageOf403, []error{ErrBusy}, true},
	"a proxy's page on a create": {"create", 403, pageOf403, nil, true},
	"a page instead of prices":   {"plans", 403, pageOf403, []error{ErrForbidden}, false},
	"no such server":             {"get", 404, "", []error{ErrNotFound}, false},
	"gone":                       {"delete", 404, "", []error{ErrNotFound}, false},
	"the name of another":        {"create", 409, `{"detail": "name is used in another project"}`, []error{ErrConflict}, false},
	"conflict":                   {"patch", 409, "", []error{ErrConflict, ErrBusy}, false},
	"conflict of a power call":   {"stop", 409, `{"detail": "Already stopping."}`, []error{ErrConflict, ErrBusy}, false},
	"locked":                     {"patch", 423, "", []error{ErrBusy}, false},
	"locked delete":              {"delete", 423, "", []error{ErrBusy}, false},
	"locked create":              {"create", 423, "", nil, false},
	"locked read":                {"get", 423, "", nil, false},
	"pending event":              {"stop", 422, `{"detail": "Server has a pending event."}`, []error{ErrBusy}, false},
	"busy":                       {"stop", 400, `{"detail": "Server is busy."}`, []error{ErrBusy}, false},
	"being rebuilt":              {"patch", 400, `{"detail": "Server is being rebuilt"}`, []error{ErrBusy}, false},
	"in transition":              {"stop", 400, `{"detail": "Server is starting."}`, []error{ErrBusy}, false},
	"not running":                {"stop", 400, `{"detail": "Server is not running."}`, nil, false},
	"invalid":                    {"patch", 422, `{"hostname": ["Enter a valid FQDN."]}`, nil, false},
	"locked, as an error":        {"patch", 500, `{"error": "resource is locked"}`, []error{ErrBusy}, true},
	"in progress, as an error":   {"delete", 500, `{"error": "another operation is in progress"}`, []error{ErrBusy}, true},
	"error":                      {"patch", 500, `{"error": "oops"}`, nil, true},
	"time-out of a proxy":        {"patch", 408, "", nil, true},
	"too much":                   {"create", 429, "", []error{ErrRateLimited}, false},
	"too much, on a page":        {"create", 429, pageOf403, []error{ErrRateLimited}, false},
	"bad gateway":                {"create", 502, pageOf403, nil, true},
	"a page as a success":        {"patch", 200, pageOf403, nil, true},
	"a page as a refusal":        {"create", 400, pageOf403, nil, true},
}

// TestWhatAnErrorIs: by request, status and body, what errors.Is says, and whether
// the request may have taken effect nevertheless.
func TestWhatAnErrorIs(t *testing.T) {
	for name, tt := range answers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				err := called(t.Context(), newTestClient(t, Config{Transport: always(tt.status, tt.body)}), tt.call)
				for _, kind := range kinds {
					if errors.Is(err, kind) != slices.Contains(tt.is, kind) {
						t.Errorf("errors.Is(%v, %q) is %t", err, kind, errors.Is(err, kind))
					}
				}
				if Ambiguous(err) != tt.ambiguous {
					t.Errorf("%v: ambiguous is %t", err, Ambiguous(err))
				}
			})
		})
	}
}

// called makes a call of the name that changes gives it; get and plans are reads.
func called(ctx context.Context, c *Client, name string) (err error) {
	switch name {
	case "get":
		_, err = c.GetServer(ctx, "7")
	case "plans":
		_, err = c.ListPlans(ctx, "")
	default:
		err = changes(c)[name](ctx)
	}
	return err
}

// The words of a refusal are what a person can do something about.
func TestRefusalsKeepTheirWords(t *testing.T) {
	for status, words := range map[int]string{403: "server limit reached", 409: "name is used in another project", 422: "name is reserved"} {
		c := newTestClient(t, Config{Transport: always(status, `{"detail": "`+words+`"}`)})
		_, err := c.CreateServer(t.Context(), CreateRequest{Name: "a"})
		if err == nil || !strings.HasSuffix(err.Error(), ": "+words) {
			t.Errorf("%d: got %v", status, err)
		}
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
