package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// This file draws what an API refuses or puts off, until the quiet or by a 429: how
// long its servers are locked, how many there is room for, what comes before
// provisioning, and how it says when to come again.

const (
	lockedServer  kind = "a change of a server is refused because it is locked"
	serverLimit   kind = "the account has no room for one more server"
	queuedServers kind = "a new server is queued first"
)

var conditions = []kind{lockedServer, serverLimit, queuedServers}

// drawConditions draws them for an API with its servers in it.
func drawConditions(d dice, e *emulator.Emulator) {
	drawn := func(k kind, percent int) bool {
		if *onlyFault != "" {
			percent = 60
		}
		return k.wanted() && d.of(string(k)).percent(percent)
	}
	if drawn(lockedServer, 8) {
		e.Busy = emulator.Busy{For: d.of("locked").between(time.Second, 20*time.Second), Status: pick(d.of("refusal"), 423, 423, 422, 409, 500)}
	}
	if drawn(serverLimit, 4) {
		e.Limit = max(1, len(e.Servers())+d.of("room").below(3))
	}
	if drawn(queuedServers, 10) {
		e.Queue = []vpsorg.Status{"queued", "installing"}[:1+d.of("queue").below(2)]
	}
}

// countRefusals counts, in the end, what the API itself has refused.
func (s *simulation) countRefusals() {
	for _, e := range s.api.Ledger() {
		power := strings.HasSuffix(e.Path, "/start/") || strings.HasSuffix(e.Path, "/stop/")
		switch {
		case e.Status == http.StatusBadRequest && power:
			s.fired[alreadyThere]++
		case e.Status == http.StatusPaymentRequired:
			s.fired[outOfCredit]++
		case e.Status == http.StatusForbidden:
			s.fired[serverLimit]++
		case e.Status != 0 && e.Status == s.api.Busy.Status:
			s.fired[lockedServer]++
		}
	}
}

// conditionsText tells of the conditions of an API, each with a comma at its end.
func conditionsText(e *emulator.Emulator) (text string) {
	if e.Busy.For > 0 {
		text += fmt.Sprintf("servers are locked for %s (%d), ", e.Busy.For, e.Busy.Status)
	}
	if e.Limit > 0 {
		text += fmt.Sprintf("there is room for %d servers, ", e.Limit)
	}
	if e.Queue != nil {
		text += fmt.Sprintf("new servers are %s first, ", e.Queue)
	}
	return text
}

// throttled are the ways in which a 429 says when to come again.
var throttled = func() (all []fault) {
	for way, name := range map[emulator.RetryAfter]string{
		emulator.InSeconds: "seconds", emulator.Untold: "nothing", emulator.ToldAsZero: "zero", emulator.InFractions: "fractions",
		emulator.AsDate: "a date", emulator.AsRateLimitReset: "RateLimit-Reset", emulator.AsXRateLimitReset: "X-RateLimit-Reset", emulator.ToldAsDay: "a day",
	} {
		all = append(all, fault{kind: kind("429 with " + name), on: anything, fault: func(d dice) emulator.Fault {
			header := way.Header(d.of("until then").between(time.Second, 20*time.Second))
			return emulator.Fault{Answer: &emulator.Answer{Status: http.StatusTooManyRequests, Header: header, Body: `{"detail": "slow down"}`}}
		}})
	}
	slices.SortFunc(all, func(a, b fault) int { return strings.Compare(string(a.kind), string(b.kind)) })
	return all
}()
