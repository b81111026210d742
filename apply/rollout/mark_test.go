package rollout_test

import (
	"testing"

	"github.com/vps-fleet/fleet/apply/rollout"
	"github.com/vps-fleet/fleet/planner"
)

// A server that was never ready counts neither way, and so does the one that takes its
// place; one that was ready is away until its place is taken.
func TestReplacedServerIsNewIfItsOldOneWas(t *testing.T) {
	about := planner.Subject{Name: "a", ID: "1"}
	turn := &rollout.Turn{Name: "a", Destroys: true}
	for _, wasNew := range []bool{true, false} {
		s := rollout.ServerMark{Name: "a", ID: "1", New: wasNew}
		for _, c := range []planner.Change{&planner.Delete{Subject: about}, &planner.Create{Subject: planner.Subject{Name: "a"}}} {
			var needed bool
			if s, needed = s.Before(c, turn); !needed || s.New != wasNew {
				t.Errorf("new %t: before %s the mark is %+v, needed %t", wasNew, c.Action(), s, needed)
			}
			if m := s.Member("", false, rollout.Unready); wasNew && !m.New {
				t.Errorf("before %s the member is %+v", c.Action(), m)
			}
		}
	}
	if s, needed := (rollout.ServerMark{}).Before(&planner.Create{Subject: about}, nil); !needed || !s.New {
		t.Errorf("a create of no turn: %+v, needed %t", s, needed)
	}
}
