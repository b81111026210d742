package state_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/statetest"
)

func TestFolder(t *testing.T) {
	statetest.Contract(t, statetest.AtOnce, func(t *testing.T) func() apply.Store {
		dir := t.TempDir()
		return func() apply.Store { return state.InFolder(dir) }
	})
}

func TestDisk(t *testing.T) {
	statetest.Contract(t, synctest.Test, func(*testing.T) func() apply.Store {
		disk := &statetest.Disk{}
		return func() apply.Store { return state.OnDisk(disk) }
	})
}

func TestMemory(t *testing.T) {
	statetest.Contract(t, synctest.Test, func(t *testing.T) func() apply.Store { return shared(t, &statetest.Memory{}) })
}

// shared prepares a backend, and opens it as each process does.
func shared(t *testing.T, b state.Backend) func() apply.Store {
	t.Helper()
	if err := state.InBackend(b).Init(context.Background()); err != nil {
		t.Fatal(err)
	}
	return func() apply.Store { return state.InBackend(b) }
}
