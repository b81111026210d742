package statetest

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
)

func corrections(t *tester) {
	want := []planner.Correction{{Name: "a", What: "hostname", Times: 2}, {Name: "b", What: "start", Times: 1}}
	t.with(Ann, func(s apply.LockedState) { t.ok(s.PutCorrections(ctx, want)) })
	t.with(Ann, func(s apply.LockedState) {
		got, err := s.Corrections(ctx)
		t.ok(err)
		if !slices.Equal(got, want) {
			t.Errorf("corrections are %v, want %v", got, want)
		}
		t.ok(s.PutCorrections(ctx, nil))
	})
	s, err := t.open().Open(ctx, Ann)
	t.ok(err)
	if got, err := s.Corrections(ctx); err != nil || len(got) > 0 {
		t.Errorf("corrections are %v, %v", got, err)
	}
}

func details(t *tester) {
	s, err := t.open().Open(ctx, Ann)
	t.ok(err)
	want := observe.Detail{UpdatedAt: "2026-01-02T03:04:05Z", BackupsEnabled: true, ReadAt: time.Now().Add(-time.Hour).UTC().Truncate(time.Second)}
	t.ok(s.PutDetails(ctx, map[string]observe.Detail{"7": want}))
	t.ok(s.Close())
	t.with(Ann, func(s apply.LockedState) {
		got, err := s.Details(ctx)
		t.ok(err)
		if len(got) != 1 || got["7"] != want {
			t.Errorf("details are %v, want %v", got, want)
		}
		t.ok(s.PutDetails(ctx, nil))
		if got, err := s.Details(ctx); err != nil || len(got) > 0 {
			t.Errorf("details are %v, %v", got, err)
		}
	})
	t.with(Bob, func(s apply.LockedState) {
		if got, err := s.Details(ctx); err != nil || len(got) > 0 {
			t.Errorf("another account's details are %v, %v", got, err)
		}
	})
}

func keptPlans(t *tester) {
	p := &planner.Plan{Account: Ann.Account, Endpoint: Ann.Endpoint, Changes: []planner.Change{
		&planner.Update{Subject: planner.Subject{Name: "a", ID: "7"}, Fields: []planner.FieldChange{{Field: fleet.FieldHostname, From: planner.Text("x"), To: planner.Text("y")}}}}}
	get := func(digest string) *apply.KeptPlan {
		s, err := t.open().Open(ctx, Ann)
		t.ok(err)
		got, err := s.Plan(ctx, digest)
		t.ok(err)
		return got
	}
	if got := get(p.Digest()); got != nil {
		t.Errorf("nobody has kept %v", got)
	}
	t.with(Ann, func(s apply.LockedState) { t.ok(s.PutPlan(ctx, p)) })
	first := get(p.Digest())
	if first == nil || first.Digest() != p.Digest() || time.Since(first.Since) > time.Minute {
		t.Fatalf("kept is %v", first)
	}
	time.Sleep(10 * time.Millisecond)
	t.with(Ann, func(s apply.LockedState) { t.ok(s.PutPlan(ctx, p)) })
	if again := get(p.Digest()); again == nil || !again.Since.Equal(first.Since) {
		t.Errorf("kept is %v, and then %v", first, again)
	}
	if got := get("00000000000000000000000000000000"); got != nil {
		t.Errorf("kept under another digest is %v", got)
	}
	t.with(Ann, func(s apply.LockedState) {
		t.ok(s.DropPlan(ctx, p.Digest()))
		t.ok(s.DropPlan(ctx, p.Digest()))
	})
	if got := get(p.Digest()); got != nil {
		t.Errorf("dropped is %v", got)
	}
}
