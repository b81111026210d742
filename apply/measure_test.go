package apply_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// kind is one sort of server in a benchmark: how its entry looks, what there is of it
// before, and the requests that its lane cannot do without.
type kind struct {
	name   string
	entry  string
	status vpsorg.Status // of the live server; "": there is none
	lane   []need
}

var (
	quiet    = kind{"quiet", "{hostname: '{name}.example.com'}", "active", nil}
	detailed = kind{"detailed", "{backups_enabled: false}", "active", nil} // a list does not tell
	creates  = kind{"create", "{}", "", []need{seenActive}}
	shelves  = kind{"shelve", "{status: stopped}", "", []need{seenActive, seenSettled}}
	updates  = kind{"update", "{hostname: '{name}.example.org'}", "active", []need{answered}}
	reboots  = kind{"reboot", "{hostname: '{name}.example.org', reboot_on: [hostname]}", "active", []need{answered, seenSettled}}
	starts   = kind{"start", "{status: active}", "stopped", []need{seenSettled}}
	stops    = kind{"stop", "{status: stopped}", "active", []need{seenSettled}}
	deletes  = kind{"delete", "{absent: true}", "active", []need{answered, seenGone}}
	replaces = kind{"replace", "{plan: 2, replace: create-first}", "active", []need{seenActive, answered, seenGone, answered}}
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

// lanes are the requests of all lanes, and how many servers are read once more, as
// each is before its delete.
func (c scenario) lanes() (lanes [][]need, reread int) {
	for _, s := range c.of {
		for range s.count {
			lanes = append(lanes, s.kind.lane)
		}
		if slices.Contains(s.kind.lane, seenGone) {
			reread += s.count
		}
	}
	return lanes, reread
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
	refused     int // with 429
	looks, most int // polls, each a list, however many its pages, or one server; and how many there may be
	polls       int // requests that read beyond what is needed
	estimate    planner.Estimate
}

func (m measured) times() float64 { return float64(m.took) / float64(m.bound) }

// count counts requests; those that read are taken for polls.
func (m *measured) count(ledger []emulator.Entry) {
	m.requests = len(ledger)
	for _, e := range ledger {
		switch {
		case e.Answered == http.StatusTooManyRequests:
			m.refused++
		case e.Method == http.MethodGet:
			m.polls++
		}
	}
}

func (s setting) emulator() *emulator.Emulator {
	e := &emulator.Emulator{Transition: transition, PageSize: s.pages, Rate: s.takes, ProvisioningOf: s.provisions.of}
	e.Fault = func(*http.Request) *emulator.Fault {
		return &emulator.Fault{Stage: emulator.Committed, Delay: s.latency}
	}
	return e
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

// count counts looks.
func (w *world) count(c vpsorg.Call) {
	_, text, _ := strings.Cut(c.Path, "?")
	query, _ := url.ParseQuery(text)
	if page := query.Get("page"); c.Kind == vpsorg.KindPoll && (page == "" || page == "1") {
		w.looks.Add(1)
	}
}

// applied measures the apply of a scenario.
func (s setting) applied(t *testing.T, c scenario) (m measured) {
	inWorld(t, s.emulator(), func(w *world) {
		live := c.populate(w)
		w.connect(s)
		p := w.plan(c.file())
		m.estimate = p.Estimate(s.outlook(w.client.ListCost()))
		time.Sleep(time.Minute) // the API has forgotten the plan's requests
		if s.takes > 0 {
			w.connect(s) // and so has the client, which is to learn the rate
		}
		before := len(w.emulator.Ledger())
		m.took = elapsed(func() { w.wantComplete(w.run(p)) })
		lanes, reread := c.lanes()
		m.bound = s.bound(lanes, live)
		m.count(w.emulator.Ledger()[before:])
		m.polls -= reread
		m.looks, m.most = int(w.looks.Load()), max(40, len(p.Changes)/25)
		if c.name == mixed.name {
			m.most += 15 // the first of each kind of transition is polled alone, and so are the last
		}
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
		var needed int
		m.bound, needed = s.readingBound(n, details)
		m.count(w.emulator.Ledger())
		m.polls -= needed
	})
	return m
}
