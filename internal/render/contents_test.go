package render

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/planner"
)

// kept is a state that keeps something of each kind.
func kept() state.Contents {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	host, spec := "web-01.example.com", planner.Spec{Plan: planner.Named{ID: "1", Name: "standard"}, OS: planner.Named{ID: "5"}, Location: "us-west"}
	return state.Contents{Place: "s3://states/fleet at s3.example.com", Now: now, Plans: []string{"0123456789abcdef0123456789abcdef"}, Accounts: []state.Account{
		{
			Endpoint: "https://api.example.com/api/v1", Account: "ann@example.com", Epoch: 17,
			Lease:   &state.Lease{Holder: apply.Holder{PID: 4711, Host: "ci-3\x1b", Command: "fleet apply", Since: now.Add(-time.Minute)}, Taken: now.Add(-time.Minute), Expires: now.Add(90 * time.Second)},
			Intents: []apply.Intent{{Name: "web-01", Hostname: &host, Until: now}, {Name: "web-02"}},
			Deeds: []deeds.Deed{
				{Name: "web-03", Reboot: deeds.RebootOwed, Action: planner.ActionReboot, Since: now, Plan: "0123456789abcdef0123456789abcdef"}, {Name: "web-04", Reboot: deeds.RebootSent, Action: planner.ActionReboot},
				{Name: "web-05", Action: planner.ActionUpdate, Fields: []planner.FieldChange{{Field: fleet.FieldHostname, From: planner.Text("a"), To: planner.Text("b")}}},
				{Name: "web-01", ID: "17", Action: planner.ActionCreate, Spec: &spec},
			},
			Marks: []rollout.Mark{
				{Server: &rollout.ServerMark{Name: "web-06", Drained: now}}, {Server: &rollout.ServerMark{Name: "web-07", ID: "7", New: true, Rebooted: true, Disrupted: now}},
				{Group: &rollout.GroupMark{Name: "web", Turns: []string{"a", "b"}, Begun: []string{"a"}, Progress: rollout.Progress{OverAt: now, Released: 1}}},
			},
			Corrections: []planner.Correction{{Name: "web-08", What: "start", Times: 2}},
		},
		{Endpoint: "https://api.example.com/api/v1", Epoch: 1, Intents: []apply.Intent{}, Deeds: []deeds.Deed{}, Marks: []rollout.Mark{}, Corrections: []planner.Correction{}},
	}}
}

func TestContents(t *testing.T) {
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
	if diff := cmp.Diff(want, Contents(kept())); diff != "" {
		t.Errorf("contents (-want +got):\n%s", diff)
	}
}

// The document is what its schema says.
func TestContentsSchema(t *testing.T) {
	for name, c := range map[string]state.Contents{"everything": kept(), "nothing": {Accounts: []state.Account{}, Plans: []string{}}} {
		var document bytes.Buffer
		if err := ContentsJSON(&document, c); err != nil {
			t.Fatal(err)
		}
		if err := conforms(t, schema(t, "state"), document.Bytes()); err != nil {
			t.Errorf("of %s: %v", name, err)
		}
		if name == "everything" {
			fieldsExist(t, "state", document.String())
		}
	}
}
