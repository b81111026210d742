package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// delete removes a server after reading it once more: it must still be the one
// that was to be deleted.
func (r *run) delete(ctx context.Context, l *lane, s deleteStep) error {
	if why := r.credit(); why != nil && s.replacing {
		return notStarted{why} // the server in its place could not be created
	}
	id := vpsorg.ID(s.old.ID)
	fresh := false // it was read since the last request
	look := func() (v verdict, err error) {
		v, err = r.lookToDelete(ctx, l, s.old)
		fresh = v == again
		return v, err
	}
	err := r.send(ctx, func() error {
		if !fresh { // the first time, or it was put off
			switch v, err := look(); {
			case v == unclear:
				return held{fmt.Errorf("not deleted, because it could not be read just before: %w", err)}
			case err != nil:
				return held{err}
			case v == took:
				return nil
			}
		}
		fresh = false
		return r.Client.DeleteServer(r.changing(ctx, l, func() error {
			if live, _, known := r.view.server(id); known {
				return stillToDelete(s.old, live)
			}
			return nil
		}), id)
	}, look)
	if errors.Is(err, vpsorg.ErrNotFound) {
		l.doubted = true
		return nil
	}
	return err
}

// lookToDelete reads a server that is to be deleted. One that is not found may be
// hidden for a moment, so a list has to prove that it is gone.
func (r *run) lookToDelete(ctx context.Context, l *lane, old planner.Server) (verdict, error) {
	live, err := r.Client.GetServer(ctx, vpsorg.ID(old.ID))
	switch {
	case errors.Is(err, vpsorg.ErrNotFound):
		l.doubted = true
		return took, nil
	case err != nil:
		return unclear, r.fatal(err)
	}
	server := fromServer(live)
	r.view.note(server)
	if err := stillToDelete(old, server); err != nil {
		return took, err
	}
	return again, nil
}

// stillToDelete is why a server is no longer the one that was to be deleted.
func stillToDelete(old, now planner.Server) error {
	x := planner.Compare(&planner.Delete{Subject: planner.Subject{Name: old.Name, ID: old.ID}, Old: old}, planner.NewWorld(now))
	if x.Standing == planner.InConflict {
		return &Error{Reason: x.Reason}
	}
	return nil
}
