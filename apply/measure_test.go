package apply_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/planner/estimate"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// kind is one sort of server in a benchmark: how its entry looks, and what there is of
// it before.
type kind struct {
	name   string
	entry  string
	status vpsorg.Status // of the live server; "": there is none
}

var (
	quiet    = kind{"quiet", "{hostname: '{name}.example.com'}", "active"}
	detailed = kind{"detailed", "{backups_enabled: false}", "active"} // a list does not tell
	creates  = kind{"create", "{}", ""}
	shelves  = kind{"shelve", "{status: stopped}", ""}
	updates  = kind{"update", "{hostname: '{name}.example.org'}", "active"}
	reboots  = kind{"reboot", "{hostname: '{name}.example.org', reboot_on: [hostname]}", "active"}
	starts   = kind{"start", "{status: active}", "stopped"}
	stops    = kind{"stop", "{status: stopped}", "active"}
	deletes  = kind{"delete", "{absent: true}", "active"}
	replaces = kind{"replace", "{plan: 2, replace: create-first}", "active"}
)

// scenario is a fleet by how many servers of each kind it has.
type scenario struct {
	name string
	of   []share
}

type share struct {
	kind  kind
	count int
}

var (
	creating = scenario{"create 1,000", []share{{creates, 1000}}}
	drifted  = scenario{"drift of 10 %", []share{{quiet, 900}, {updates, 100}}}
	deleting = scenario{"delete 10 %", []share{{quiet, 900}, {deletes, 100}}}
	mixed    = scenario{"mixed", []share{{quiet, 450}, {creates, 150}, {shelves, 50}, {updates, 150}, {reboots, 50},
		{starts, 25}, {stops, 25}, {deletes, 50}, {replaces, 50}}}
)

func (c scenario) file() string {
	var b strings.Builder
	b.WriteString("guards: {max_deletes: '100%'}\ndefaults: {plan: 1, os: 5, location: us-west}\nservers:\n")
	for _, s := range c.of {
		fmt.Fprintf(&b, "  %s-[1:%d]: %s\n", s.kind.name, s.count, s.kind.entry)
	}
	return b.String()
}

// populate puts the live servers in place, and tells how many there are.
func (c scenario) populate(w *world) (live int) {
	for _, s := range c.of {
		for i := range s.count {
			if s.kind.status != "" {
				live++
				w.add(fmt.Sprint(live), fmt.Sprintf("%s-%d", s.kind.name, i+1), s.kind.status)
			}
		}
	}
	return live
}

// measured is how a case went, beside the least that it can take.
type measured struct {
	took, bound time.Duration
	requests    int
	changes     int
	polls       int // each a list, however many its pages, or one server
	estimate    estimate.Estimate
}

func (m measured) times() float64 { return float64(m.took) / float64(m.bound) }

func (s setting) emulator() *emulator.Emulator {
	e := &emulator.Emulator{Transition: transition, PageSize: s.pages, Rate: s.takes, ProvisioningOf: s.provisions.of}
	e.Fault = func(*http.Request) *emulator.Fault {
		return &emulator.Fault{Stage: emulator.Committed, Delay: s.latency}
	}
	return e
}

// lose lets the n-th server, from 0, never be active.
func (w *world) lose(n int) {
	of := w.emulator.ProvisioningOf
	w.emulator.ProvisioningOf = func(i int) time.Duration {
		if i == n {
			return 24 * time.Hour
		}
		return of(i)
	}
}

// connect gives the world a client of its own that has learned nothing yet.
func (w *world) connect(s setting) {
	w.Helper()
	client, err := vpsorg.New(vpsorg.Config{BaseURL: "http://127.0.0.1/api/v1", Token: "vps_test", Transport: w.emulator.Transport(), Rate: s.rate, Observe: w.count})
	if err != nil {
		w.Fatal(err)
	}
	w.client, w.runner.Client, w.runner.Parallelism = client, client, s.parallelism
}

// count counts polls.
func (w *world) count(c vpsorg.Call) {
	_, text, _ := strings.Cut(c.Path, "?")
	query, _ := url.ParseQuery(text)
	if page := query.Get("page"); c.Kind == vpsorg.KindPoll && (page == "" || page == "1") {
		w.polls.Add(1)
	}
}

// applied measures the apply of a scenario.
func (s setting) applied(t *testing.T, c scenario) (m measured) {
	inWorld(t, s.emulator(), func(w *world) {
		live := c.populate(w)
		if s.lost {
			w.lose(live)
		}
		w.connect(s)
		p := w.plan(c.file())
		m.estimate = estimate.Of(p, s.outlook(w.client.ListCost()))
		time.Sleep(time.Minute) // the API has forgotten the plan's requests
		if s.takes > 0 {
			w.connect(s) // and so has the client, which is to learn the rate
		}
		before := len(w.emulator.Ledger())
		var r *apply.Result
		m.took = elapsed(func() { r = w.run(p) })
		if !s.lost {
			w.wantComplete(r)
		} else if r.Count(apply.Unknown) != 1 || r.Count(apply.Done) < len(p.Changes)-2 { // a stop may need it
			w.Errorf("one server is lost, and this is reported:\n%s", report(r))
		}
		m.bound = s.bound(jobSteps(p), live)
		m.requests = len(w.emulator.Ledger()) - before
		m.changes, m.polls = len(p.Changes), int(w.polls.Load())
	})
	return m
}

// planned measures a plan of n servers without changes.
func (s setting) planned(t *testing.T, of kind, n int) (m measured) {
	inWorld(t, s.emulator(), func(w *world) {
		c := scenario{of: []share{{of, n}}}
		c.populate(w)
		w.connect(s)
		m.took = elapsed(func() {
			if p := w.plan(c.file()); !p.Empty() {
				w.Errorf("there is %s", outline(p))
			}
		})
		details := 0
		if of.name == detailed.name {
			details = n
		}
		m.bound = s.readingBound(n, details)
		m.requests = len(w.emulator.Ledger())
	})
	return m
}
