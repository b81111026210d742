package statetest

import (
	"fmt"
	"testing"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
)

// LostAnswers holds that whatever answer is lost after the server did what it was
// asked, what was begun is there, and the lease is given back. A write whose answer is
// lost has taken effect, so sending it again is refused: the write's own nonce tells
// whose it was. Of the server of a new store, lose loses n answers after some.
func LostAnswers(t *testing.T, newStore func(t *testing.T) (open func() *state.Shared, lose func(after, n int))) {
	for at := range 12 {
		t.Run(fmt.Sprint("answer ", at), func(t *testing.T) {
			t.Parallel()
			open, lose := newStore(t)
			lose(at, 2)
			s, err := open().Lock(ctx, Ann, apply.Holder{PID: 1, Host: "here"})
			if err != nil {
				t.Fatal(err)
			}
			for n, name := range []string{"a", "b"} {
				if err := s.Begin(ctx, intent(Ann, n, name)); err != nil {
					t.Error(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			lose(0, 0)
			left, err := open().Intents(ctx)
			if err != nil || len(left) != 2 {
				t.Errorf("open are %v, %v", left, err)
			}
		})
	}
}
