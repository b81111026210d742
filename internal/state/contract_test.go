package state_test

import (
	"testing"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/statetest"
)

func TestFolder(t *testing.T) {
	statetest.Contract(t, func(t *testing.T) func() apply.Store {
		dir := t.TempDir()
		return func() apply.Store { return state.InFolder(dir) }
	})
}

func TestDisk(t *testing.T) {
	statetest.Contract(t, func(*testing.T) func() apply.Store {
		disk := &statetest.Disk{}
		return func() apply.Store { return state.OnDisk(disk) }
	})
}
