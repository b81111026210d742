package emulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// listed is what a list tells: names and statuses, in its order.
func listed(t *testing.T, e *emulator.Emulator, edits ...func(*http.Request)) string {
	t.Helper()
	_, body := ask(t, e, request(t, "GET", "servers/", "", edits...))
	var l listing
	if err := json.Unmarshal([]byte(body), &l); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, s := range l.Results {
		all = append(all, s.Name+" "+string(s.Status))
	}
	if l.Count != len(l.Results) {
		t.Errorf("a list of %d counts %d", len(l.Results), l.Count)
	}
	return strings.Join(all, ", ")
}

// got is what the GET of a server tells: its name and status, or what refuses it.
func got(t *testing.T, e *emulator.Emulator, id string, edits ...func(*http.Request)) string {
	t.Helper()
	resp, body := ask(t, e, request(t, "GET", "servers/"+id+"/", "", edits...))
	if resp.StatusCode != http.StatusOK {
		return fmt.Sprint(resp.StatusCode)
	}
	var s vpsorg.Server
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		t.Fatal(err)
	}
	return s.Name + " " + string(s.Status)
}

const second = time.Second

// lagTests are changes, and what lists and GETs tell of them second by second.
var lagTests = []struct {
	name, id string
	change   func(t *testing.T, e *emulator.Emulator)
	lists    [6]string // "": as the one before
	gets     [6]string
}{
	{"create", "12347", func(t *testing.T, e *emulator.Emulator) { ask(t, e, request(t, "POST", "servers/", create)) },
		[6]string{"old active, stopped stopped", "", "", "", "old active, stopped stopped, web-server-02 provisioning", ""},
		[6]string{"404", "", "web-server-02 provisioning", "", "", "web-server-02 active"}},
	{"rename", "12345", func(t *testing.T, e *emulator.Emulator) {
		ask(t, e, request(t, "PATCH", "servers/12345/", `{"name": "new"}`))
	},
		[6]string{"old active, stopped stopped", "", "", "", "new active, stopped stopped", ""},
		[6]string{"old active", "", "new active", "", "", ""}},
	{"delete", "12345", func(t *testing.T, e *emulator.Emulator) { ask(t, e, request(t, "DELETE", "servers/12345/", "")) },
		[6]string{"old active, stopped stopped", "", "", "", "stopped stopped", ""},
		[6]string{"old active", "", "404", "", "", ""}},
	{"start", "12346", func(t *testing.T, e *emulator.Emulator) {
		ask(t, e, request(t, "POST", "servers/12346/start/", ""))
	},
		[6]string{"old active, stopped stopped", "", "", "", "old active, stopped starting", "old active, stopped active"},
		[6]string{"stopped stopped", "", "stopped starting", "stopped active", "", ""}},
	{"by a person", "12345", func(t *testing.T, e *emulator.Emulator) {
		e.Edit("12345", func(s *vpsorg.Server) { s.Name = "edited" })
		e.Remove("12346")
		e.Add(vpsorg.Server{Name: "added"})
	},
		[6]string{"old active, stopped stopped", "", "", "", "edited active, added active", ""},
		[6]string{"old active", "", "edited active", "", "", ""}},
	{"a server makes way for one of its id", "12346", func(t *testing.T, e *emulator.Emulator) {
		e.Add(vpsorg.Server{ID: "12346", Name: "stopped"})
	},
		[6]string{"old active, stopped stopped", "", "", "", "old active, stopped active", ""},
		[6]string{"stopped stopped", "", "stopped active", "", "", ""}},
	{"twice", "12345", func(t *testing.T, e *emulator.Emulator) {
		ask(t, e, request(t, "PATCH", "servers/12345/", `{"name": "new"}`))
		pass(1)
		ask(t, e, request(t, "DELETE", "servers/12345/", ""))
	},
		[6]string{"old active, stopped stopped", "", "", "new active, stopped stopped", "stopped stopped", ""},
		[6]string{"old active", "new active", "404", "", "", ""}},
}

// A list and a GET at each second after a change to the world of one server "old"
// and one "stopped", with a list 4 s behind and a GET 2 s.
func TestLag(t *testing.T) {
	for _, tt := range lagTests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := emulator.Emulator{Lag: emulator.Lag{List: 4 * second, Get: 2 * second}}
				e.Add(vpsorg.Server{Name: "old"})
				e.Add(vpsorg.Server{Name: "stopped", Status: vpsorg.StatusStopped})
				listed(t, &e)
				pass(10)
				tt.change(t, &e)
				list, get := "", ""
				for s := range 6 {
					if tt.lists[s] != "" {
						list = tt.lists[s]
					}
					if tt.gets[s] != "" {
						get = tt.gets[s]
					}
					if l, g := listed(t, &e), got(t, &e, tt.id); l != list || g != get {
						t.Errorf("after %d s a list tells %q and a GET %q, want %q and %q", s, l, g, list, get)
					}
					pass(1)
				}
				if d := e.Deviations(); len(d) > 0 {
					t.Errorf("deviations: %q", d)
				}
			})
		})
	}
}

// What was there before the first request is no news to anybody, and nothing is
// behind in a change.
func TestLagHidesNoBeginning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.Emulator{Lag: emulator.Lag{List: time.Hour, Get: time.Hour}}
		e.Add(vpsorg.Server{Name: "old"})
		if l, g := listed(t, &e), got(t, &e, "12345"); l != "old active" || g != "old active" {
			t.Errorf("a list tells %q and a GET %q", l, g)
		}
		pass(1)
		_, body := ask(t, &e, request(t, "POST", "servers/", create))
		if !strings.Contains(body, `"id":12346`) || got(t, &e, "12346") != "404" {
			t.Errorf("created %s, which a GET tells of", body)
		}
		if resp, body := ask(t, &e, request(t, "PATCH", "servers/12346/", `{"name": "new"}`)); resp.StatusCode != 200 || !strings.Contains(body, `"name":"new"`) {
			t.Errorf("PATCH: %d %s", resp.StatusCode, body)
		}
	})
}

type lagKey struct{}

// behind sets the lag of one request.
func behind(lag time.Duration) func(*http.Request) {
	return func(r *http.Request) { *r = *r.WithContext(context.WithValue(r.Context(), lagKey{}, lag)) }
}

func lagOfRequest(r *http.Request) *emulator.Fault {
	lag, _ := r.Context().Value(lagKey{}).(time.Duration)
	return &emulator.Fault{Lag: lag}
}

func TestLagOfOneRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.Emulator{Lag: emulator.Lag{Get: 30 * second}, Fault: lagOfRequest}
		e.Add(vpsorg.Server{Name: "old"})
		listed(t, &e)
		pass(1000)
		ask(t, &e, request(t, "PATCH", "servers/12345/", `{"name": "new"}`))
		pass(20)
		tests := map[time.Duration]struct{ list, get string }{
			0:           {"new active", "old active"},
			-1:          {"new active", "new active"},
			20 * second: {"new active", "new active"},
			21 * second: {"old active", "old active"},
			time.Hour:   {"old active", "old active"},
		}
		for lag, want := range tests {
			if l, g := listed(t, &e, behind(lag)), got(t, &e, "12345", behind(lag)); l != want.list || g != want.get {
				t.Errorf("%s behind a list tells %q and a GET %q, want %q and %q", lag, l, g, want.list, want.get)
			}
		}
		pass(300)
		if l := listed(t, &e, behind(time.Hour)); l != "new active" {
			t.Errorf("beyond the longest lag a list tells %q", l)
		}
	})
}

// Each client, and only each by itself, reads no older state than it has read.
func TestMonotonicReads(t *testing.T) {
	for monotonic, again := range map[bool]string{false: "old active", true: "new active"} {
		t.Run(fmt.Sprint(monotonic), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := emulator.Emulator{Lag: emulator.Lag{List: 10 * second, Monotonic: monotonic}, Fault: lagOfRequest}
				e.Add(vpsorg.Server{Name: "old"})
				listed(t, &e)
				pass(100)
				ask(t, &e, request(t, "PATCH", "servers/12345/", `{"name": "new"}`))
				pass(1)
				other := header("Authorization", "Bearer vps_other")
				if l, g := listed(t, &e), got(t, &e, "12345"); l != "old active" || g != "new active" {
					t.Errorf("a list tells %q, then a GET %q", l, g)
				}
				if l, g := listed(t, &e), got(t, &e, "12345", behind(10*second)); l != again || g != again {
					t.Errorf("then a list tells %q and a GET %q, want %q", l, g, again)
				}
				if l := listed(t, &e, other); l != "old active" {
					t.Errorf("another client's list tells %q", l)
				}
			})
		})
	}
}

// Lists that leave young servers out, one in so many.
func TestYoungServersInLists(t *testing.T) {
	tests := []struct {
		every int
		shown string // in the 1st, 2nd … list; x is not
	}{{0, "xxxx"}, {1, "xxxx"}, {2, "oxox"}, {3, "ooxo"}}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.every), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := emulator.Emulator{PageSize: 1, Lag: emulator.Lag{Young: 5 * second, Every: tt.every}}
				e.Add(vpsorg.Server{Name: "old"})
				ask(t, &e, request(t, "POST", "servers/", create))
				shown := ""
				for range 4 {
					first := listAt(t, &e, "servers/")
					if first.Count == 1 {
						shown += "x"
						continue
					}
					shown += "o"
					if rest := listAt(t, &e, "servers/?page=2"); rest.Count != 2 || rest.Results[0].Name != "web-server-02" {
						t.Errorf("the second page is %+v", rest)
					}
				}
				if shown != tt.shown {
					t.Errorf("shown in %s, want %s", shown, tt.shown)
				}
				pass(4)
				if got := statusOf(t, &e, "12346"); got != vpsorg.StatusActive {
					t.Errorf("its own GET tells %q", got)
				}
				pass(1)
				for range 4 {
					if l := listAt(t, &e, "servers/"); l.Count != 2 {
						t.Error("a list leaves out a server that is not young")
					}
				}
			})
		})
	}
}
