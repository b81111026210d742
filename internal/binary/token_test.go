package binary_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// Runs with two tokens leave the same behind, to the byte, and neither token: on
// stdout and stderr, with all logs, and in every file.
func TestNoTokenIsLeft(t *testing.T) {
	tokens := []string{"vps_5eCr3t-of-the-first", "vps_0ther"}
	left := make([]string, len(tokens))
	for i, token := range tokens {
		left[i] = leftBehind(t, token)
		for _, secret := range tokens {
			if strings.Contains(left[i], secret) {
				t.Errorf("the token is in what was left:\n%s", left[i])
			}
		}
	}
	if d := cmp.Diff(left[0], left[1]); d != "" {
		t.Errorf("it depends on the token: -first +second\n%s", d)
	}
	for _, name := range []string{"[token]", `"status":403`, "plan.json", ".journal", ".lock", `"intent"`} {
		if !strings.Contains(left[0], name) {
			t.Errorf("nothing was left of %s, so nothing was checked", name)
		}
	}
}

// leftBehind runs fleet against an API that repeats the token wherever it can, and
// returns all that can be read afterwards, without what differs from run to run.
func leftBehind(t *testing.T, token string) string {
	t.Helper()
	echo := emulator.Answer{Status: 400, Body: `{"detail": "what is ` + token + ` to me?"}`}
	e := &emulator.Emulator{Token: token, Provisioning: -1, Fault: func(r *http.Request) *emulator.Fault {
		body := make([]byte, 200)
		if n, _ := r.Body.Read(body); strings.Contains(string(body[:n]), "web-002") {
			return &emulator.Fault{Answer: &echo}
		}
		return nil
	}}
	w := newWorld(t, e, servers(3))
	w.token = token
	debug := []string{"--log-level", "debug", "--log-format", "json"}
	var text strings.Builder
	tell := func(e ended) {
		fmt.Fprintf(&text, "exit code %d\nstdout:\n%sstderr:\n%s", e.code, w.normal(e.stdout), w.normal(e.stderr))
	}
	tell(w.run(append(debug, "plan", "--out", "plan.json")...))
	tell(w.run(append(debug, "apply", "plan.json", "--parallelism", "1", "--poll-interval", "20ms")...))
	w.refuse(func() { tell(w.run(append(debug, "apply", "--auto-approve")...)) }, token)
	tell(w.run("intents"))
	files := w.files()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&text, "%s:\n%s", w.normal(name), w.normal(files[name]))
	}
	return text.String()
}

// refuse runs f while the API refuses everything and says the token.
func (w *world) refuse(f func(), token string) {
	w.Helper()
	api := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Location", "/"+token)
		rw.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(rw, `{"detail": "%s may not"}`, r.Header.Get("Authorization"))
	}))
	defer api.Close()
	there := w.url
	w.url = api.URL
	f()
	w.url = there
}

// varying is what differs from run to run: times, durations and what depends on them,
// such as how often it looked, process ids, ports,
// and the digest, which is over the endpoint.
var varying = regexp.MustCompile(`Requests sent: .*|\d{4}-\d\d-\d\d[T ][0-9:.]+(Z|[+-]\d\d:\d\d)?|"duration":[0-9.]+|"pid":\d+|127\.0\.0\.1[:_]\d+|\b[0-9a-f]{32}(\.[\w-]+)?`)

// normal is text without what varies. Its lines are in order and each is there
// once: requests that run side by side end in any order, and looks are repeated.
func (w *world) normal(text string) string {
	text = varying.ReplaceAllString(strings.ReplaceAll(text, w.dir, "DIR"), "…")
	lines := strings.SplitAfter(text, "\n")
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "")
}
