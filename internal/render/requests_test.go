package render

import (
	"strings"
	"testing"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/planner/estimate"
)

// documented is an API that new servers take as long at as it says.
var documented = estimate.Options{Parallelism: 10, Latency: 20 * time.Millisecond, ListRequests: 1,
	Provisioning: planner.Range{Min: planner.ProvisioningMin, Max: planner.ProvisioningMax}}

func TestEstimate(t *testing.T) {
	creates, updates := &planner.Plan{}, &planner.Plan{}
	for range 200 {
		creates.Changes = append(creates.Changes, &planner.Create{})
		updates.Changes = append(updates.Changes, &planner.Update{})
	}
	for i := range creates.Changes { // each in a lane of its own
		name := strings.Repeat("x", i+1)
		creates.Changes[i].(*planner.Create).Name, updates.Changes[i].(*planner.Update).Name = name, name
	}
	slow, far, quick, unknown := documented, documented, documented, documented
	slow.Rate, far.Latency = 5, 200*time.Millisecond
	quick.Provisioning = planner.Range{Min: 2 * time.Second, Max: 2 * time.Second}
	unknown.Latency = 0
	waiting := &planner.Plan{Waits: []planner.Wait{{Name: "web-01", ID: "1", From: planner.StatusStarting, To: planner.StatusActive}}}
	for _, test := range []struct {
		p    *planner.Plan
		o    estimate.Options
		want string
	}{
		{&planner.Plan{}, documented, ""},
		{updates, documented, "Requests to apply: 200.\n"},
		{updates, far, "Requests to apply: 200, at least 4 s.\n"},
		{updates, slow, "Requests to apply: 200, about 40 s at 5/s.\n"},
		{updates, unknown, "Requests to apply: 200.\n"},
		{creates, documented, "Requests to apply: 236; servers ready after 2–5 min.\n"},
		{creates, slow, "Requests to apply: 236, about 40 s at 5/s; servers ready after 2.7–5.7 min.\n"},
		{creates, quick, "Requests to apply: 204; servers ready after 2.4 s.\n"},
		{waiting, documented, "Requests to apply: 3.\n"},
	} {
		if got := Estimate(test.p, test.o, Style{}); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

func TestWithin(t *testing.T) {
	for want, r := range map[string]planner.Range{
		"1 s":            {Min: time.Second, Max: time.Second},
		"9.5 s":          {Min: 9480 * time.Millisecond, Max: 9520 * time.Millisecond},
		"43 s":           {Min: 42800 * time.Millisecond, Max: 43 * time.Second},
		"2–5 min":        {Min: 2 * time.Minute, Max: 5*time.Minute + 20*time.Millisecond},
		"43 s – 4.5 min": {Min: 43 * time.Second, Max: 270 * time.Second},
		"2–4.9 min":      {Min: 119 * time.Second, Max: 294 * time.Second},
		"1.5–4.5 min":    {Min: 90 * time.Second, Max: 270 * time.Second},
		"43 min – 2.5 h": {Min: 43 * time.Minute, Max: 150 * time.Minute},
	} {
		if got := within(r.Min, r.Max); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
