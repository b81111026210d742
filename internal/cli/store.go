package cli

import (
	"context"
	"os/user"
	"path/filepath"
	"time"

	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/state"
	"github.com/vps-fleet/fleet/internal/state/location"
	"github.com/vps-fleet/fleet/vpsorg"
)

// store is where the state is kept: as --state or --journal says, beside the sandbox's
// file, or in the user's folder. What hosts share is none of a sandbox's business unless
// that is asked for. It connects to nothing yet.
func (c *command) store() (apply.Store, error) {
	switch {
	case c.flags.state != "" && (c.flags.sandbox == "" || c.stateIsGiven()):
		return c.shared()
	case c.flags.journal != "":
		return state.InFile(c.flags.journal), nil
	case c.flags.sandbox != "":
		return state.InFile(c.flags.sandbox + ".journal"), nil
	}
	folder, err := c.stateFolder()
	if err != nil {
		return noStore{err}, nil
	}
	return state.InFolder(folder), nil
}

// shared is the state that several hosts share, as --state says.
func (c *command) shared() (*state.Shared, error) {
	if c.flags.state == "" {
		return nil, refusal{"no state is named that several hosts share", "name it with --state or FLEET_STATE: s3://bucket/prefix or postgres://host/database; a folder of this host needs no care"}
	}
	backend, err := location.Open(c.flags.state)
	if err != nil {
		return nil, err
	}
	shared, notice := state.InBackend(backend), newWaitingNotice(c.notices)
	shared.Waiting = func(since time.Time) { notice.state(backend.Place(), since) }
	shared.Longer = max(0, c.flags.requestTimeout-vpsorg.DefaultTimeout)
	return shared, nil
}

// stateFolder is $XDG_STATE_HOME/fleet, by default ~/.local/state/fleet.
func (c *command) stateFolder() (string, error) {
	if dir := c.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "fleet"), nil
	}
	home := c.Getenv("HOME")
	if me, err := user.Current(); home == "" && err == nil {
		home = me.HomeDir // a service may be run without HOME
	}
	if home == "" {
		return "", refusal{"there is no place for what fleet keeps, such as the journal of creates: this user has no home", "set XDG_STATE_HOME; for the journal alone, there is --journal"}
	}
	return filepath.Join(home, ".local", "state", "fleet"), nil
}

// noStore stands for a store that there is no place for. Not every command needs one.
type noStore struct{ err error }

func (s noStore) Open(context.Context, apply.Key) (apply.State, error) { return nil, s.err }
func (s noStore) Lock(context.Context, apply.Key, apply.Holder) (apply.LockedState, error) {
	return nil, s.err
}
func (s noStore) Intents(context.Context) ([]apply.Intent, error) { return nil, s.err }
