package statetest

import (
	"slices"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/apply/rollout"
)

// mark is what was noted of a server so long ago; over: that it is as it should be.
func mark(k apply.Key, ago time.Duration, name string, over bool) rollout.Mark {
	m := rollout.Mark{Endpoint: k.Endpoint, Account: k.Account, At: time.Now().Add(-ago).UTC(), Server: &rollout.ServerMark{Name: name, ID: "7"}}
	if !over {
		m.Server.Drained = m.At
	}
	return m
}

// wantMarks holds that these servers are marked as drained for an account, and these
// groups as under way.
func (t *tester) wantMarks(k apply.Key, want ...string) {
	t.Helper()
	t.read(k, func(s apply.State) {
		t.Helper()
		marks, err := s.Marks(ctx)
		t.ok(err)
		var got []string
		for _, m := range marks {
			switch {
			case m.Group != nil:
				got = append(got, "group "+m.Group.Name)
			case !m.Server.Drained.IsZero():
				got = append(got, m.Server.Name)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("marked are %q, want %q", got, want)
		}
	})
}

func marksOutlive(t *tester) {
	group := rollout.GroupMark{Name: "web", Turns: []string{"reboot a"}}
	group.StepsOver, group.OverAt = 1, time.Now().UTC()
	t.with(Ann, func(s apply.LockedState) {
		t.ok(s.Mark(ctx, mark(Ann, 3*time.Minute, "a", false)))
		t.ok(s.Mark(ctx, mark(Ann, 3*deeds.Keep, "b", false)))
		t.ok(s.Mark(ctx, rollout.Mark{Endpoint: Ann.Endpoint, Account: Ann.Account, At: time.Now().UTC(), Group: &group}))
		t.ok(s.Mark(ctx, mark(Ann, time.Minute, "a", true)))
	})
	t.with(Ann, func(apply.LockedState) {}) // what is over is dropped
	t.wantMarks(Ann, "b", "group web")
	t.wantMarks(Bob)
	t.wantMarks(Distant)
	s, err := t.open().Open(ctx, Ann)
	t.ok(err)
	marks, err := s.Marks(ctx)
	t.ok(err)
	for _, m := range marks {
		if g := m.Group; g != nil && (g.StepsOver != 1 || !g.OverAt.Equal(group.OverAt) || !slices.Equal(g.Turns, group.Turns)) {
			t.Errorf("the group is %+v, want %+v", *g, group)
		}
	}
	t.ok(s.Close())
}

// A run that does not know its account restores what the account's runs have drained,
// and that stays so.
func marksUnknownOnce(t *tester) {
	t.with(Ann, func(s apply.LockedState) { t.ok(s.Mark(ctx, mark(Ann, time.Minute, "a", false))) })
	t.wantMarks(Unknown, "a")
	t.with(Unknown, func(s apply.LockedState) { t.ok(s.Mark(ctx, mark(Unknown, time.Second, "a", true))) })
	t.wantMarks(Unknown)
	t.wantMarks(Ann)
	t.wantMarks(Ann)
}
