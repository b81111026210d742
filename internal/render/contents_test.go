package render

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/planner"
)

func TestContents(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	c := state.Contents{Place: "s3://states/fleet at s3.example.com", Now: now, Plans: []string{"0123456789abcdef0123456789abcdef"}, Accounts: []state.Account{
		{
			Endpoint: "https://api.example.com/api/v1", Account: "ann@example.com", Epoch: 17,
			Lease:   &state.Lease{Holder: apply.Holder{PID: 4711, Host: "ci-3\x1b", Command: "fleet apply", Since: now.Add(-time.Minute)}, Expires: now.Add(90 * time.Second)},
			Intents: []apply.Intent{{Name: "web-01"}, {Name: "web-02"}},
			Deeds: []apply.Deed{
				{Name: "web-03", Reboot: apply.RebootOwed, Action: planner.ActionReboot}, {Name: "web-04", Reboot: apply.RebootSent, Action: planner.ActionReboot},
				{Name: "web-05", Action: planner.ActionUpdate},
			},
			Marks: []apply.Mark{
				{Server: &apply.ServerMark{Name: "web-06", Drained: now}}, {Server: &apply.ServerMark{Name: "web-07", New: true}},
				{Group: &apply.GroupMark{Name: "web", Turns: []string{"a", "b"}}},
			},
			Corrections: []planner.Correction{{Name: "web-08", What: "start", Times: 2}},
		},
		{Endpoint: "https://api.example.com/api/v1", Epoch: 1},
	}}
	const want = `State in s3://states/fleet at s3.example.com

ann@example.com at https://api.example.com/api/v1
  lease         process 4711 on ci-3\x1b has it (epoch 17), since 2026-03-04T05:05:07Z, for another 1m30s unless it is renewed: fleet apply
  in doubt      web-01, web-02
  reboots owed  web-03
  reboots sent  web-04
  drained       web-06
  rollouts      web (2 to go)
  corrections   web-08 (start, 2 times)

Runs whose account the API did not tell at https://api.example.com/api/v1
  lease         nobody has it (epoch 1)

Kept plans: 0123456789abcdef0123456789abcdef
`
	if diff := cmp.Diff(want, Contents(c)); diff != "" {
		t.Errorf("contents (-want +got):\n%s", diff)
	}
}
