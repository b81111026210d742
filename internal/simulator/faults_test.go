package simulator

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// The assumption under which nothing is made twice: what was given up has landed,
// and is listed, before the settle window ends.
const (
	settleWindow = 2 * time.Minute
	maxLate      = 70 * time.Second // a commit, after its client gave up
	maxLag       = 40 * time.Second // a new server, in lists
	maxLatency   = 300 * time.Millisecond
)

// kind names what went wrong; it is what the fired faults are counted by.
type kind string

// What goes wrong other than with a request: with lists see spoil_test.go.
const (
	diskFull      kind = "the disk with the state is full"
	crashed       kind = "the process dies"
	interrupted   kind = "a first interrupt"
	killed        kind = "a second interrupt"
	twice         kind = "an approved plan is applied twice"
	slowLists     kind = "lists lag behind"
	lateLists     kind = "a list is from a while ago"
	lateReads     kind = "a read of a server is from a while ago"
	neverOlder    kind = "no read is from before an earlier one"
	nextFailed    kind = "a replacement that could not be made is made anew"
	stuck         kind = "a server gets stuck on its way"
	oddStatus     kind = "a status that nobody can act on"
	edited        kind = "a person edits a server"
	renamed       kind = "a person renames a server"
	powered       kind = "a person starts or stops a server"
	removed       kind = "a person deletes a server"
	nameReused    kind = "a person deletes a server and uses its name again"
	outOfCredit   kind = "the account's credit is used up"
	alreadyThere  kind = "a power call is refused as already so"
	twinsFound    kind = "two live servers of one name"
	noHostname    kind = "a server without a hostname"
	stingyPages   kind = "pages are smaller than asked for"
	unclearReboot kind = "a reboot is unclear"
	unclearDelete kind = "a delete is unclear"
	apiDown       kind = "the API is down"
	resumed       kind = "a plan that was kept is resumed by its digest"
	narrowed      kind = "only some kinds of change are made"
)

var otherKinds = []kind{
	diskFull, crashed, interrupted, killed, twice, slowLists, lateLists, lateReads, neverOlder, nextFailed, stuck, oddStatus, edited, renamed, powered, removed, nameReused,
	outOfCredit, alreadyThere, twinsFound, noHostname, stingyPages, unclearReboot, unclearDelete, apiDown, resumed, narrowed,
}

// target is the kind of request that a fault strikes.
type target int

const (
	anything target = iota
	changes
	creates
	deletes
	reboots
	lists
	reads // of lists and single servers
	accounts
	repeatable // changes but reboots: what a reboot is in conflict with is no earlier attempt
)

func (t target) includes(c *call) bool {
	change := c.method != http.MethodGet
	switch t {
	case changes:
		return change
	case creates:
		return c.method == http.MethodPost && c.verb == "" && c.id == ""
	case deletes:
		return c.method == http.MethodDelete
	case reboots:
		return c.verb == "reboot"
	case lists:
		return !change && c.list
	case reads:
		return !change && (c.list || c.id != "")
	case repeatable:
		return change && c.verb != "reboot"
	case accounts:
		return c.path == "/account/me/"
	}
	return true
}

// fault is one thing that can go wrong with a request: what the network or the API
// does, or how the answer of a list lies.
type fault struct {
	kind   kind
	on     target
	fault  func(d dice) emulator.Fault
	spoil  func(d dice, p map[string]any) // of the JSON of an answer
	useful bool                           // the spoilt answer is still good to use
}

// before keeps a request from being handled, after only its answer from arriving.
func before(status int, body string, header ...string) func(dice) emulator.Fault {
	return func(dice) emulator.Fault { return answered(emulator.Uncommitted, status, body, header) }
}

func after(status int, body string, header ...string) func(dice) emulator.Fault {
	return func(dice) emulator.Fault { return answered(emulator.Committed, status, body, header) }
}

func answered(stage emulator.Stage, status int, body string, header []string) emulator.Fault {
	h := http.Header{"Content-Type": {"application/json"}}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		h.Set(name, value)
	}
	return emulator.Fault{Stage: stage, Answer: &emulator.Answer{Status: status, Header: h, Body: body}}
}

func drop(stage emulator.Stage) func(dice) emulator.Fault {
	return func(dice) emulator.Fault { return emulator.Fault{Stage: stage, Drop: true} }
}

// tokenMark stands for the token in answers that echo it.
const tokenMark = "{token}"

const proxyPage = "<html><head><title>502 Bad Gateway</title></head></html>"

// requestFaults are all that can go wrong with single requests.
var requestFaults = slices.Concat(throttled, []fault{
	{kind: "the commit lands after the client gave up", on: changes, fault: func(d dice) emulator.Fault {
		return emulator.Fault{Delay: d.between(31*time.Second, 30*time.Second+maxLate)}
	}},
	{kind: "the answer is lost after the commit", on: changes, fault: drop(emulator.Committed)},
	{kind: "the answer never ends, after the commit", on: changes, fault: func(dice) emulator.Fault {
		return emulator.Fault{Stage: emulator.Committed, Delay: time.Minute}
	}},
	{kind: "the connection breaks in the answer's body", on: anything, fault: func(d dice) emulator.Fault {
		return emulator.Fault{Stage: emulator.Committed, Cut: 1 + d.below(80)}
	}},
	{kind: "the request is lost before the commit", on: anything, fault: drop(emulator.Uncommitted)},
	{kind: "the request never leaves", on: anything, fault: func(dice) emulator.Fault { return emulator.Fault{Stage: emulator.Unsent} }},
	{kind: "502 before the commit", on: anything, fault: before(502, `{"detail": "bad gateway"}`)},
	{kind: "503 with Retry-After before the commit", on: anything, fault: before(503, "", "Retry-After: 7")},
	{kind: "500 after the commit", on: changes, fault: after(500, `{"error": "internal"}`)},
	{kind: "a proxy's page after the commit", on: changes, fault: after(502, proxyPage)},
	{kind: "a proxy's page as a success, after the commit", on: changes, fault: after(200, proxyPage)},
	{kind: "504 after the commit", on: changes, fault: after(504, "")},
	{kind: "408 after the commit", on: changes, fault: after(408, "")},
	{kind: "a redirect", on: anything, fault: before(307, "", "Location: https://elsewhere.example/")},
	{kind: "429 with nonsense", on: anything, fault: before(429, "", "Retry-After: soon")},
	{kind: "400 that echoes the token", on: changes, fault: before(400, `{"detail": "bad token `+tokenMark+`"}`)},
	{kind: "500 that echoes the token", on: anything, fault: before(500, "token "+tokenMark)},
	{kind: "402 on a create", on: creates, fault: before(402, `{"detail": "no credit"}`)},
	{kind: "401 in the middle", on: anything, fault: before(401, "")},
	{kind: "403 in the middle", on: anything, fault: before(403, `{"detail": "no permission"}`)},
	{kind: "409 before the commit", on: changes, fault: before(409, `{"detail": "conflict"}`)},
	{kind: "409 after the commit", on: repeatable, fault: after(409, `{"detail": "conflict"}`)},
	{kind: "a delete is lost", on: deletes, fault: drop(emulator.Uncommitted)},
	noAccount,
	{kind: "404 on a delete of a server that is there", on: deletes, fault: before(404, `{"detail": "Not found."}`)},
})

// rebootFaults come extra, for there are few reboots.
var rebootFaults = []fault{
	{kind: "the answer to a reboot is lost", on: reboots, fault: drop(emulator.Committed)},
	{kind: "a reboot is lost", on: reboots, fault: drop(emulator.Uncommitted)},
}

// strike is what goes wrong with one request; the zero strike is nothing.
type strike struct {
	kind   kind
	effect emulator.Fault
	spoil  func(p map[string]any)
	useful bool
}

// decide draws what goes wrong with the n-th request of its kind in its process.
// Every request also takes a moment, no two the same, during which others go on.
func (s *simulation) decide(c *call) strike {
	d := s.dice.of("fault", c.identity).at(c.process.number).at(c.nth)
	latency := emulator.Fault{Delay: d.of("latency").between(5*time.Millisecond, maxLatency)}
	if s.quiet {
		return strike{effect: latency}
	}
	if lag := s.behind(c); lag > 0 {
		latency.Lag = lag
	}
	if s.down(time.Now()) {
		return strike{kind: apiDown, effect: answered(emulator.Uncommitted, 503, "", nil)}
	}
	for _, f := range s.weather {
		often := s.often
		if slices.Contains([]target{creates, deletes, reboots, accounts}, f.on) {
			often = 75 // of few requests
		}
		if !f.on.includes(c) || !d.of(string(f.kind)).percent(often) {
			continue
		}
		hit := strike{kind: f.kind, effect: latency, useful: f.useful}
		if f.fault != nil {
			hit.effect = f.fault(d)
			if a := hit.effect.Answer; a != nil {
				a.Body = strings.ReplaceAll(a.Body, tokenMark, s.token)
			}
			if hit.effect.Delay == 0 {
				hit.effect.Delay = latency.Delay
			}
		} else {
			hit.spoil = func(p map[string]any) { f.spoil(d, p) }
		}
		return hit
	}
	return strike{effect: latency}
}

// behind is how long ago the world was that a read shows.
func (s *simulation) behind(c *call) time.Duration {
	d := s.dice.of("behind", c.identity).at(c.process.number).at(c.nth)
	switch {
	case c.list && s.listsLag > 0 && lateLists.wanted() && d.percent(s.lagOften):
		s.fire(lateLists)
		return d.of("lag").between(0, s.listsLag)
	case !c.list && c.id != "" && c.method == http.MethodGet && s.readsLag > 0 && lateReads.wanted() && d.percent(s.lagOften):
		s.fire(lateReads)
		return d.of("lag").between(0, s.readsLag)
	}
	return 0
}

// drawLag lets reads lag behind in some seeds: as far as the window reaches where
// nothing else goes wrong, and else so far that what lands late is shown within it.
func (s *simulation) drawLag(d dice) {
	most := maxLag
	if len(s.weather) == 0 {
		most = settleWindow - 5*time.Second
	}
	if d.of("lists").percent(25) {
		s.listsLag = d.of("list").between(time.Second, most)
	}
	if d.of("reads").percent(15) {
		s.readsLag = d.of("read").between(time.Second, most)
	}
	s.lagOften = pick(d.of("often"), 30, 60, 100)
	if s.api.Lag.Monotonic = s.listsLag+s.readsLag > 0 && neverOlder.wanted() && d.of("monotonic").percent(30); s.api.Lag.Monotonic {
		s.fired[neverOlder]++
		s.conditions += "no read is from before an earlier one, "
	}
}

// down tells whether the API answers nothing at all at the moment.
func (s *simulation) down(now time.Time) bool {
	at := now.Sub(s.began)
	return s.outage > 0 && s.outage < at && at < s.outage+time.Minute
}

// drawWeather chooses the few things that go wrong in a seed, and how often.
func drawWeather(d dice) (weather []fault, often int) {
	if *onlyFault != "" {
		return wantedFaults(), pick(d.of("often"), 5, 15, 40)
	}
	for i := range 3 {
		if d := d.of("kind").at(i); d.of("any").percent(70) {
			all := append(requestFaults[:len(requestFaults):len(requestFaults)], listFaults...)
			weather = append(weather, all[d.below(len(all))])
		}
	}
	if d := d.of("reboots"); d.percent(90) {
		weather = append(weather, pick(d.of("which"), rebootFaults...))
	}
	if d.of("account").percent(8) {
		weather = append(weather, noAccount)
	}
	return weather, pick(d.of("often"), 5, 15, 40)
}

// noAccount is an API that now and then has no answer to whose the token is.
var noAccount = fault{kind: "404 for the account", on: accounts, fault: before(404, `{"detail": "Not found."}`)}

// wanted tells whether a kind of fault may happen: with -only, few may.
func (k kind) wanted() bool { return strings.Contains(string(k), *onlyFault) }

// wantedFaults are the faults of requests and of lists that -only names.
func wantedFaults() []fault {
	return slices.DeleteFunc(slices.Concat(requestFaults, rebootFaults, listFaults), func(f fault) bool { return !f.kind.wanted() })
}
