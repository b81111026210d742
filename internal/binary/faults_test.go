package binary_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// harm draws what goes wrong with creates, until it is ended.
type harm struct {
	lost   float64 // share of creates whose answer is lost in some way after the commit
	unmade float64 // share that is lost before

	mu     sync.Mutex
	random *rand.Rand
	over   bool
	struck int
}

// afterCommit are the ways to lose an answer of which the server knows nothing.
var afterCommit = []emulator.Fault{
	{Stage: emulator.Committed, Drop: true},
	{Stage: emulator.Committed, Answer: &emulator.Answer{Status: 500, Body: `{"detail": "Oops."}`}},
	{Stage: emulator.Committed, Answer: &emulator.Answer{Status: 502, Body: "<html><title>Bad Gateway</title></html>"}},
	{Stage: emulator.Committed, Cut: 60},
}

func (h *harm) fault(r *http.Request) *emulator.Fault {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over || r.Method != http.MethodPost {
		return nil
	}
	switch p := h.random.Float64(); {
	case p < h.lost:
		h.struck++
		return &afterCommit[h.random.IntN(len(afterCommit))]
	case p < h.lost+h.unmade:
		h.struck++
		return &emulator.Fault{Drop: true}
	}
	return nil
}

func (h *harm) end() (struck int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
	return h.struck
}

// Of a hundred creates with answers lost in all ways none is made twice, none is
// missing in the end, and what a run says of each is the truth.
func TestLostAnswers(t *testing.T) {
	for n, lost := range []float64{0.1, 0.3} {
		t.Run(fmt.Sprintf("%.0f percent", lost*100), func(t *testing.T) {
			t.Parallel()
			h := &harm{lost: lost, unmade: 0.1, random: draw(1000 + n)}
			w := newWorld(t, &emulator.Emulator{Fault: h.fault}, servers(100))
			journal := w.newIntents()
			end := w.run(applying("--settle", "2s", "--json")...)
			journal.add()
			if struck := h.end(); struck < 5 {
				t.Errorf("only %d creates were harmed", struck)
			}
			w.wantNoTwins()
			w.wantTruth(end, 100)
			if end.code == 3 {
				journal.age(time.Hour)
				end = w.run(applying()...)
				journal.add()
			}
			end.want(t, 0)
			journal.want()
			w.wantComplete(100)
			w.wantIdle()
		})
	}
}

// wantTruth holds what an apply of n creates has told in JSON against the servers.
func (w *world) wantTruth(end ended, n int) {
	w.Helper()
	var told struct {
		Changes []struct{ Name, ID, Outcome string }
		Summary struct {
			Done, Failed, Unknown int
			NotStarted            int `json:"not_started"`
		}
		Requests struct {
			ByKind map[string]int `json:"by_kind"`
		}
	}
	if err := json.Unmarshal([]byte(end.stdout), &told); err != nil {
		w.Fatalf("exit code %d, and no document: %s\n%s", end.code, err, end.stderr)
	}
	ids := make(map[string]vpsorg.ID)
	for _, s := range w.Servers() {
		ids[s.Name] = s.ID
	}
	for _, c := range told.Changes {
		id, made := ids[c.Name]
		switch {
		case c.Outcome == "done" && string(id) != c.ID:
			w.Errorf("%s is told to be %q, and is %q", c.Name, c.ID, id)
		case (c.Outcome == "failed" || c.Outcome == "not started") && made:
			w.Errorf("%s %s is told, and it is there", c.Name, c.Outcome)
		}
	}
	s := told.Summary
	if sum := s.Done + s.Failed + s.Unknown + s.NotStarted; sum != n || len(told.Changes) != n {
		w.Errorf("of %d changes %d are told and %d are counted", n, len(told.Changes), sum)
	}
	if whole := s.Done == n; (end.code == 0) != whole || end.code != 0 && end.code != 3 && end.code != 130 {
		w.Errorf("exit code %d with %d of %d done", end.code, s.Done, n)
	}
	if sent := len(w.sent()); told.Requests.ByKind["create"] != sent {
		w.Errorf("%d creates are told, %d were sent", told.Requests.ByKind["create"], sent)
	}
}

// A list that shows a server only 2 s after its create costs time and no second
// server, also where the run that created it has been killed.
func TestListThatLags(t *testing.T) {
	const lag = 2 * time.Second
	t.Run("answers lost", func(t *testing.T) {
		t.Parallel()
		h := &harm{lost: 1, random: draw(2000)}
		w := newWorld(t, &emulator.Emulator{Lag: emulator.Lag{Young: lag}, Fault: h.fault}, servers(5))
		w.run(applying("--settle", "5s")...).want(t, 0)
		h.end()
		w.wantComplete(5)
		if sent := len(w.sent()); sent != 5 {
			t.Errorf("%d creates were sent", sent)
		}
		w.wantIdle()
	})
	t.Run("killed", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, &emulator.Emulator{Lag: emulator.Lag{Young: lag}}, servers(1))
		w.killAtList(5, func() {
			if len(w.Servers()) != 1 {
				t.Error("nothing has been created by now")
			}
		})
		w.run(applying()...).want(t, 0)
		w.wantComplete(1)
		w.wantIdle()
	})
}

// listsTwelve wants a server deleted that it does not list.
const listsTwelve = `version: 1
owns: ["*"]
unlisted: delete
guards: {max_deletes: 100%}
servers:
  web-[001:012]: {plan: 1, os: 5, location: us-west}
`

// listed is a list that shows so many servers and counts another number.
func listed(count, shown int) string {
	all := []vpsorg.Server{}
	for i := range shown {
		all = append(all, vpsorg.Server{ID: vpsorg.ID(fmt.Sprint(12345 + i)), Name: fmt.Sprintf("web-%03d", i+1), Status: vpsorg.StatusActive,
			Location: "us-west", Plan: vpsorg.ServerPlan{ID: "1"}, OS: vpsorg.OS{ID: "5"}})
	}
	body, _ := json.Marshal(map[string]any{"count": count, "results": all}) // nothing in it can fail
	return string(body)
}

// Whatever a list or a token pretends, nothing is created or deleted because of it.
func TestDeceptiveAnswers(t *testing.T) {
	for _, test := range []struct {
		name   string
		list   emulator.Answer // instead of the list of twelve and of one that is not in the file
		token  string
		bare   bool // without --bootstrap
		stderr string
	}{
		{name: "a short list", list: emulator.Answer{Status: 200, Body: listed(13, 12)}, stderr: "the list is not complete"},
		{name: "a list of nothing that counts more", list: emulator.Answer{Status: 200, Body: listed(13, 0)}, stderr: "the list is not complete"},
		{name: "a list broken off", list: emulator.Answer{Status: 200, Body: listed(13, 13)[:2000]}, stderr: "the answer cannot be used"},
		{name: "an empty list, as of another account", list: emulator.Answer{Status: 200, Body: listed(0, 0)}, bare: true, stderr: "none of the 12 listed servers exists"},
		{name: "a wrong token", token: "vps_wrong", stderr: "hint: check VPS_API_TOKEN"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := &emulator.Emulator{Token: "vps_binary"}
			if test.list.Status != 0 {
				e.Fault = func(r *http.Request) *emulator.Fault {
					if r.Method == http.MethodGet && r.URL.Path == "/api/v1/servers/" {
						return &emulator.Fault{Answer: &test.list}
					}
					return nil
				}
			}
			w := newWorld(t, e, listsTwelve)
			for i := range 12 {
				w.add(fmt.Sprintf("web-%03d", i+1))
			}
			w.add("stray")
			if test.token != "" {
				w.token = test.token
			}
			args := []string{"apply", "--auto-approve", "--allow-deletes", "13"}
			if !test.bare {
				args = append(args, "--bootstrap")
			}
			w.run(args...).want(t, 1, test.stderr)
			w.wantUntouched()
		})
	}
}

// Lists that take longer than a request may are waited for, which is told, with the
// flag that gives them longer.
func TestSlowLists(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	slow := 3
	w := newWorld(t, &emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Path != "/api/v1/servers/" || slow == 0 {
			return nil
		}
		slow--
		return &emulator.Fault{Delay: time.Second}
	}}, servers(1))
	w.run("plan", "--request-timeout", "300ms").want(t, 0, "1 to create", "waiting for the API", "(no answer in time, --request-timeout gives it longer); ")
}
