package emulator

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/vps-fleet/fleet/vpsorg"
)

// TestPastIsForgotten changes a server for much longer than reads lag.
func TestPastIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := Emulator{Lag: Lag{List: 10 * time.Second}}
		s := e.Add(vpsorg.Server{Name: "a"})
		for range 1000 {
			time.Sleep(time.Second)
			e.Edit(s.ID, func(s *vpsorg.Server) { s.Name += "a" })
		}
		if len(e.past) > 11 {
			t.Errorf("it remembers %d versions of the last 10 s", len(e.past))
		}
		e.Lag = Lag{}
		e.Edit(s.ID, func(s *vpsorg.Server) { s.Name = "b" })
		if len(e.past) > 11 {
			t.Errorf("it remembers %d versions that nobody can read", len(e.past))
		}
	})
}
