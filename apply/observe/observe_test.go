package observe_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
	"github.com/vps-fleet/fleet/vpsorg/emulator"
)

// observed is what a fleet without servers needs of an account.
func observed(t *testing.T, e *emulator.Emulator) (planner.Observation, error) {
	t.Helper()
	client, err := vpsorg.New(vpsorg.Config{BaseURL: "http://127.0.0.1/api/v1", Token: "vps_test", Transport: e.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	return observe.New(client).Fleet(t.Context(), &fleet.Fleet{}, planner.Selection{})
}

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
		seen, err := observed(t, plansAnswer(http.StatusOK, body))
		if err != nil {
			t.Fatal(err)
		}
		got := "unknown"
		if price := seen.Offers[0].Monthly; price != nil {
			got = price.String()
		}
		if got != test.want {
			t.Errorf("price_monthly %s: got %s, want %s", test.told, got, test.want)
		}
	}
}

func TestPlansThatTheTokenMayNotReadAreUnknown(t *testing.T) {
	for status, fails := range map[int]bool{http.StatusNotFound: false, http.StatusForbidden: false, http.StatusUnauthorized: true} {
		o, err := observed(t, plansAnswer(status, `{"detail": "no"}`))
		if (err != nil) != fails || o.Offers != nil {
			t.Errorf("%d: got %v and the error %v", status, o.Offers, err)
		}
	}
}
