package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// do carries one request of a lane out.
func (r *run) do(ctx context.Context, l *lane, s step) error {
	switch s := s.(type) {
	case createStep:
		return r.create(ctx, l, s)
	case patchStep:
		s.id = cmp.Or(s.id, l.made)
		return r.patch(ctx, l, s)
	case deleteStep:
		return r.delete(ctx, l, s)
	case powerStep:
		s.id = cmp.Or(s.id, l.made)
		return r.power(ctx, l, s)
	}
	panic(fmt.Sprintf("unknown step %T", s))
}

// current reads a server for a look. One that is gone is told as took with an
// error, one that could not be read as unclear.
func (r *run) current(ctx context.Context, id vpsorg.ID) (planner.Server, verdict, error) {
	live, err := r.Client.GetServer(ctx, id)
	switch {
	case errors.Is(err, vpsorg.ErrNotFound):
		return planner.Server{}, took, errors.New("it is gone: somebody else has deleted it\nhint: make a new plan")
	case err != nil:
		return planner.Server{}, unclear, r.fatal(err)
	}
	server := fromServer(live)
	r.view.note(server)
	return server, again, nil
}

// offLimits is the error for a server that nothing may be done to.
func offLimits(live planner.Server) error {
	return fmt.Errorf("its status is %q by now, and fleet does nothing to such a server", live.Status)
}
