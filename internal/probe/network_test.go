package probe

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/fleet"
)

// web is a server on a loopback address that is not that of localhost, so that only what
// dials its address reaches it.
var web = apply.Target{Name: "web-1", ID: "12345", IP: "127.0.0.9", Hostname: "web-1.example.com", Location: "us-west", Labels: fleet.Labels{"port": "1"}}

// waiting is a prober whose probes wait for so long.
func waiting(limit time.Duration) *Prober {
	p := New(nil)
	p.limit = limit
	return p
}

// serve serves at web's address, and returns the port.
func serve(t *testing.T, h http.HandlerFunc, start func(*httptest.Server)) string {
	t.Helper()
	l, err := net.Listen("tcp", web.IP+":0")
	if err != nil && runtime.GOOS == "linux" {
		t.Fatal(err)
	} else if err != nil {
		t.Skip("this system has no second loopback address")
	}
	s := httptest.NewUnstartedServer(h)
	_ = s.Listener.Close()
	s.Listener = l
	s.Config.ErrorLog = silent
	start(s)
	t.Cleanup(s.Close)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// check wants a probe to hold for web, or its error to have some words in it.
func check(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// pages are what servers answer, each by a path.
func pages(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/health":
		if r.Host != "web-1.example.com:"+r.URL.Query().Get("port") {
			http.Error(w, "no such host "+r.Host, http.StatusMisdirectedRequest)
		}
	case "/here":
		http.Redirect(w, r, "/health?"+r.URL.RawQuery, http.StatusFound)
	case "/there":
		http.Redirect(w, r, "http://other.example.com/health", http.StatusFound)
	case "/round":
		http.Redirect(w, r, "/round", http.StatusFound)
	case "/busy":
		w.WriteHeader(http.StatusServiceUnavailable)
	case "/endless":
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	case "/slow":
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	case "/hang":
		<-r.Context().Done()
	case "/cut":
		panic(http.ErrAbortHandler)
	}
}

func TestHTTP(t *testing.T) {
	port := serve(t, pages, (*httptest.Server).Start)
	for _, c := range []struct {
		url    string
		status int
		want   string
	}{
		{"http://{hostname}:PORT/health?port=PORT", 200, ""},
		{"http://{ip}:PORT/", 200, ""},
		{"http://nobody.example.com:PORT/", 200, ""}, // the name is not looked up
		{"http://{hostname}:PORT/busy", 200, "http 503"},
		{"http://{hostname}:PORT/busy", 503, ""},
		{"http://{hostname}:PORT/here?port=PORT", 200, ""},
		{"http://{hostname}:PORT/here", 302, ""},
		{"http://{hostname}:PORT/there", 200, "http 302"},
		{"http://{hostname}:PORT/round", 200, "http 302"},
		{"http://{hostname}:PORT/endless", 200, ""},
		{"http://{hostname}:PORT/slow", 200, "no answer within 300ms"},
		{"http://{hostname}:PORT/hang", 200, "no answer within 300ms"},
		{"http://{hostname}:PORT/cut", 200, "the connection closed early"},
		{"http://{hostname}:1/", 200, "connection refused"},
		{"https://{hostname}:PORT/", 200, "server gave HTTP response to HTTPS client"},
		{"http://{label:rack}.example.com:PORT/", 200, "no label rack"},
	} {
		t.Run(c.url, func(t *testing.T) {
			p := fleet.HTTPProbe{URL: strings.ReplaceAll(c.url, "PORT", port), Status: c.status}
			limit := time.Minute
			if strings.HasPrefix(c.want, "no answer") {
				limit = 300 * time.Millisecond
			}
			check(t, waiting(limit).Probe(t.Context(), fleet.Probe{HTTP: &p}, web), c.want)
		})
	}
}

// The certificate has to be the URL's host's, whichever address is dialled.
func TestTLS(t *testing.T) {
	var name atomic.Value
	port := serve(t, func(_ http.ResponseWriter, r *http.Request) { name.Store(r.TLS.ServerName) }, (*httptest.Server).StartTLS)
	page := fleet.HTTPProbe{URL: "https://{hostname}:" + port + "/", Status: 200}
	check(t, waiting(time.Minute).Probe(t.Context(), fleet.Probe{HTTP: &page}, web), "certificate signed by unknown authority")
	page.Insecure = true
	check(t, waiting(time.Minute).Probe(t.Context(), fleet.Probe{HTTP: &page}, web), "")
	if name.Load() != web.Hostname {
		t.Errorf("the server was asked for %v", name.Load())
	}
}

// A gate is about no server, so it is asked where its URL says.
func TestGate(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(pages))
	defer s.Close()
	for path, want := range map[string]string{"/": "", "/busy": "http 503"} {
		gate := fleet.HTTPProbe{URL: s.URL + path, Status: 200}
		check(t, waiting(time.Minute).Probe(t.Context(), fleet.Probe{HTTP: &gate}, apply.Target{}), want)
	}
}

func TestTCP(t *testing.T) {
	port, _ := strconv.Atoi(serve(t, pages, (*httptest.Server).Start))
	check(t, waiting(time.Minute).Probe(t.Context(), fleet.Probe{TCP: port}, web), "")
	check(t, waiting(time.Minute).Probe(t.Context(), fleet.Probe{TCP: 1}, web), "connection refused")
}

// What is not known of a server is never left out of a question.
func TestUnknownValues(t *testing.T) {
	for _, c := range []struct {
		probe fleet.Probe
		of    apply.Target
		want  string
	}{
		{fleet.Probe{TCP: 22}, apply.Target{}, "no address yet"},
		{fleet.Probe{TCP: 22}, apply.Target{IP: "web\n1"}, `"web\n1" is no address`},
		{fleet.Probe{HTTP: &fleet.HTTPProbe{URL: "http://example.com/", Status: 200}}, apply.Target{Name: "web-1"}, "no address yet"},
		{fleet.Probe{HTTP: &fleet.HTTPProbe{URL: "http://{hostname}/", Status: 200}}, apply.Target{IP: web.IP}, "no hostname"},
		{fleet.Probe{Command: &fleet.Command{Argv: []string{"true", "{ip}"}}}, apply.Target{}, "no address yet"},
		{fleet.Probe{Prometheus: &fleet.PrometheusProbe{URL: "http://{location}/", Query: "up"}}, apply.Target{}, "no location"},
	} {
		check(t, waiting(time.Minute).Probe(t.Context(), c.probe, c.of), c.want)
	}
}

// answers are what Prometheus says to queries, which are their names.
var answers = map[string]string{
	"none":        `{"status":"success","data":{"resultType":"vector","result":[]}}`,
	"one":         `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"0"]}]}}`,
	"scalar":      `{"status":"success","data":{"resultType":"scalar","result":[1,"0"]}}`,
	"partial":     `{"status":"success","warnings":["a store is away"],"data":{"resultType":"vector","result":[]}}`,
	"wrong":       `{"status":"error","errorType":"bad_data","error":"parse\u001b error"}`,
	"other":       `<html>`,
	"long":        `{"status":"` + strings.Repeat("x", maxResult) + `"}`,
	`up{i="web"}`: `{"status":"success","data":{"resultType":"vector","result":[]}}`,
}

func TestPrometheus(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, known := answers[r.FormValue("query")]
		if r.URL.Path != "/prom/api/v1/query" || !known {
			http.NotFound(w, r)
		} else if strings.Contains(answer, `"error"`) {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = w.Write([]byte(answer))
	}))
	defer s.Close()
	for _, c := range []struct {
		query  string
		expect fleet.Expect
		want   string
	}{
		{"none", fleet.ExpectEmpty, ""},
		{"none", fleet.ExpectNonEmpty, "the query's result is empty"},
		{"one", fleet.ExpectNonEmpty, ""},
		{"one", fleet.ExpectEmpty, "the query's result has 1 series"},
		{"scalar", fleet.ExpectNonEmpty, `a "scalar", which has no series`},
		{"partial", fleet.ExpectEmpty, `prometheus warns: "a store is away"`},
		{"wrong", fleet.ExpectEmpty, `prometheus: "parse\x1b error"`},
		{"other", fleet.ExpectEmpty, "the answer is not one to a query"},
		{"long", fleet.ExpectEmpty, "is longer than"},
		{"unknown", fleet.ExpectEmpty, "prometheus: http 404"},
		{`up{i="{label:job}"}`, fleet.ExpectEmpty, ""},
	} {
		t.Run(c.query, func(t *testing.T) {
			p := fleet.PrometheusProbe{URL: s.URL + "/prom/", Query: c.query, Expect: c.expect}
			check(t, waiting(time.Minute).Probe(t.Context(), fleet.Probe{Prometheus: &p}, apply.Target{Labels: fleet.Labels{"job": "web"}}), c.want)
		})
	}
}

// Values cannot lead a URL anywhere else.
func TestValuesInURLs(t *testing.T) {
	got, err := expand("http://x/{name}", apply.Target{Name: "a/../b?c#d e"}, url.PathEscape)
	if want := "http://x/a%2F..%2Fb%3Fc%23d%20e"; got != want || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

// However many probes there are, only so many are under way; the rest wait no longer
// than their context.
func TestAtOnce(t *testing.T) {
	var now, most atomic.Int32
	came, release := make(chan bool, 3*atOnce), make(chan bool)
	port := serve(t, func(http.ResponseWriter, *http.Request) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		came <- true
		<-release
		now.Add(-1)
	}, (*httptest.Server).Start)
	p, ends := waiting(time.Minute), make(chan error)
	probe := fleet.Probe{HTTP: &fleet.HTTPProbe{URL: "http://{ip}:" + port, Status: 200}}
	for range 3 * atOnce {
		go func() { ends <- p.Probe(t.Context(), probe, web) }()
	}
	for range atOnce {
		<-came
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("nobody waits"))
	check(t, p.Probe(ctx, probe, web), "nobody waits")
	close(release)
	for range 3 * atOnce {
		check(t, <-ends, "")
	}
	if most.Load() != atOnce {
		t.Errorf("%d probes at once", most.Load())
	}
}

func FuzzPrometheusAnswer(f *testing.F) {
	for _, a := range answers {
		f.Add([]byte(a))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var a queryAnswer
		if json.Unmarshal(data, &a) == nil && judge(a, fleet.ExpectEmpty) == nil && judge(a, fleet.ExpectNonEmpty) == nil {
			t.Error("a result is empty and is not")
		}
	})
}
