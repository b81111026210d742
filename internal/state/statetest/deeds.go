package statetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

// deed is something that was done so long ago.
func deed(k apply.Key, ago time.Duration, a planner.Action, stage deeds.RebootStage) deeds.Deed {
	return deeds.Deed{Endpoint: k.Endpoint, Account: k.Account, Action: a, Reboot: stage, ID: "7", Name: "a", At: time.Now().Add(-ago).UTC()}
}

// wantDeeds holds that these deeds are known for an account.
func (t *tester) wantDeeds(k apply.Key, want ...string) {
	t.Helper()
	t.read(k, func(s apply.State) {
		t.Helper()
		deeds, err := s.Deeds(ctx)
		t.ok(err)
		var got []string
		for _, d := range deeds {
			got = append(got, fmt.Sprint(d.Action, d.Reboot))
		}
		if !slices.Equal(got, want) {
			t.Errorf("the deeds are %q, want %q", got, want)
		}
	})
}

func deedsOutlive(t *tester) {
	update := deed(Ann, time.Minute, planner.ActionUpdate, "")
	update.Fields = []planner.FieldChange{{Field: fleet.FieldHostname, To: planner.Text("x")}}
	t.with(Ann, func(s apply.LockedState) {
		t.ok(s.Note(ctx, deed(Ann, 3*deeds.Keep, planner.ActionCreate, ""), false))
		t.ok(s.Note(ctx, deed(Ann, 2*deeds.Keep, planner.ActionReboot, deeds.RebootOwed), true))
		t.ok(s.Note(ctx, update, false))
		deeds, err := s.Deeds(ctx)
		t.ok(err)
		if d := cmp.Diff(update, deeds[2], cmp.AllowUnexported(planner.Value{})); d != "" {
			t.Errorf("-want +got\n%s", d)
		}
	})
	t.with(Ann, func(apply.LockedState) {}) // what is over is dropped, but nothing that is owed
	t.wantDeeds(Ann, "rebootowed", "update")
	t.wantDeeds(Bob)
	t.wantDeeds(Distant)
	t.with(Ann, func(s apply.LockedState) { t.ok(s.Note(ctx, deed(Ann, 0, planner.ActionReboot, ""), false)) })
	t.with(Ann, func(apply.LockedState) {})
	t.wantDeeds(Ann, "update", "reboot")
}

// A run that does not know its account owes what the account does, and settles it.
func deedsUnknownOnce(t *tester) {
	t.with(Ann, func(s apply.LockedState) {
		t.ok(s.Note(ctx, deed(Ann, time.Minute, planner.ActionReboot, deeds.RebootOwed), true))
	})
	t.wantDeeds(Unknown, "rebootowed")
	t.with(Unknown, func(s apply.LockedState) { t.ok(s.Note(ctx, deed(Unknown, 0, planner.ActionReboot, ""), false)) })
	t.wantDeeds(Ann, "reboot")
}
