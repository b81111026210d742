package apply_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// plansAnswer is an API that gives one answer to the question for plans.
func plansAnswer(status int, body string) *emulator.Emulator {
	return &emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
		if strings.HasSuffix(r.URL.Path, "/plans/") {
			return &emulator.Fault{Answer: &emulator.Answer{Status: status, Body: body}}
		}
		return nil
	}}
}

func TestPricesAreExactOrUnknown(t *testing.T) {
	for _, test := range []struct{ told, want string }{
		{`5.00`, "5.00"}, {`"5.00"`, "5.00"}, {`0.1`, "0.10"}, {`0`, "0.00"}, {`1000000`, "1000000.00"},
		{`null`, "unknown"}, {`-5`, "unknown"}, {`5e2`, "unknown"}, {`1000000.01`, "unknown"}, {`999999999`, "unknown"},
	} {
		body := fmt.Sprintf(`{"count": 1, "results": [{"id": 1, "name": "Standard VPS", "price_monthly": %s}]}`, test.told)
		inWorld(t, plansAnswer(http.StatusOK, body), func(w *world) {
			got := "unknown"
			if price := observation(w).Offers[0].Monthly; price != nil {
				got = price.String()
			}
			if got != test.want {
				t.Errorf("price_monthly %s: got %s, want %s", test.told, got, test.want)
			}
		})
	}
}

func TestPlansThatTheTokenMayNotReadAreUnknown(t *testing.T) {
	for status, fails := range map[int]bool{http.StatusNotFound: false, http.StatusForbidden: false, http.StatusUnauthorized: true} {
		inWorld(t, plansAnswer(status, `{"detail": "no"}`), func(w *world) {
			o, err := observe.New(w.client).Fleet(w.Context(), &fleet.Fleet{}, planner.Selection{})
			if (err != nil) != fails || o.Offers != nil {
				t.Errorf("%d: got %v and the error %v", status, o.Offers, err)
			}
		})
	}
}

func TestObserveReadsAgainWhatWasStale(t *testing.T) {
	var e *emulator.Emulator
	var once sync.Once
	e = &emulator.Emulator{Fault: func(r *http.Request) *emulator.Fault {
		if strings.HasSuffix(r.URL.Path, "/servers/1/") {
			once.Do(func() { e.Remove("1") })
		}
		return nil
	}}
	inWorld(t, e, func(w *world) {
		w.add("1", "x", "active")
		w.add("2", "y", "active")
		p := w.plan("servers: {x: {backups_enabled: true, plan: 1, os: 5, location: us-west}, y: {backups_enabled: true}}")
		if got := outline(p); !strings.HasPrefix(got, "create x") || !strings.Contains(got, "update y") {
			t.Errorf("got %s", got)
		}
	})
}

func TestPlanReadsOnly(t *testing.T) {
	inWorld(t, &emulator.Emulator{PageSize: 20}, func(w *world) {
		for _, id := range strings.Fields("1 2 3") {
			w.add(id, "s"+id, "active")
		}
		w.plan("owns: ['*']\nunlisted: delete\nservers: {s1: {plan: premium, replace: create-first, backups_enabled: true}, n: {plan: 1, os: 5, location: us-west}}")
		var got []string
		for _, e := range w.emulator.Ledger() {
			got = append(got, e.Method+" "+e.Path)
		}
		slices := strings.Join(got, "\n")
		if len(got) != 4 || strings.Contains(slices, "POST") {
			t.Errorf("a plan sent\n%s", slices)
		}
	})
}
