package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// do carries one request of a lane out.
func (r *run) do(ctx context.Context, l *lane, s step) error {
	switch s := s.(type) {
	case createStep:
		return r.create(ctx, l, s)
	case patchStep:
		if s.id == "" {
			s.id = l.made
		}
		return r.patch(ctx, l, s)
	case deleteStep:
		return r.delete(ctx, l, s)
	case powerStep:
		if s.id == "" {
			s.id = l.made
		}
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

// create makes a server. Each request has an intent of its own, on disk before it
// leaves; only what certainly never was carried out is sent again.
func (r *run) create(ctx context.Context, l *lane, s createStep) error {
	if err := r.credit(); err != nil {
		return notStarted{err}
	}
	var intent Intent
	err := r.send(ctx, func() error {
		request := toCreate(s.name, s.spec)
		server, err := r.Client.CreateServer(r.changing(ctx, l, func() error {
			intent = r.intent(request)
			return r.Journal.begin(intent)
		}), request)
		switch {
		case err == nil:
			l.made = server.ID // the intent stays open until a list shows the server
			r.born()
		case !mayHaveTaken(err) && !intent.At.IsZero():
			r.Journal.close(intent, "refused")
		}
		return err
	}, nil)
	if errors.Is(err, vpsorg.ErrPaymentRequired) {
		r.outOfCredit(err)
	}
	var unclear unknown
	if errors.As(err, &unclear) {
		return unclearCreate{create: s, intent: intent, why: unclear.why}
	}
	return err
}

// outOfCredit stops all further creates, and nothing else.
func (r *run) outOfCredit(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.noCredit = err
}

func (r *run) credit() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.noCredit
}

// patch changes some fields of a server, with PUT where all three change.
func (r *run) patch(ctx context.Context, l *lane, s patchStep) error {
	return r.send(ctx, func() error {
		live, known, err := r.recheck(ctx, s.id)
		if err != nil {
			return held{r.fatal(err)}
		}
		if known {
			if v, err := compareFields(live, s); v != again {
				return hold(err) // done already, or changed by others
			}
		}
		if err := r.follow(s.fields); err != nil {
			return held{err}
		}
		return r.sendFields(r.changing(ctx, l, func() error {
			live, _, known := r.view.server(s.id)
			if !known {
				return nil
			}
			_, err := compareFields(live, s)
			return err
		}), s)
	}, func() (verdict, error) {
		live, v, err := r.current(ctx, s.id)
		if err != nil {
			return v, err
		}
		return compareFields(live, s)
	})
}

func (r *run) sendFields(ctx context.Context, s patchStep) error {
	var patch vpsorg.PatchRequest
	for _, f := range s.fields {
		text, _ := f.To.AsText()
		boolean, _ := f.To.AsBool()
		switch f.Field {
		case fleet.FieldName:
			patch.Name = &text
		case fleet.FieldHostname:
			patch.Hostname = &text
		case fleet.FieldBackupsEnabled:
			patch.BackupsEnabled = &boolean
		}
	}
	if patch.Name != nil && patch.Hostname != nil && patch.BackupsEnabled != nil {
		return r.Client.PutServer(ctx, s.id, vpsorg.PutRequest{
			Name: *patch.Name, Hostname: *patch.Hostname, BackupsEnabled: *patch.BackupsEnabled})
	}
	return r.Client.PatchServer(ctx, s.id, patch)
}

// compareFields says whether a server has the new values of a patch, or still the
// old ones. Anything else is somebody else's change.
func compareFields(live planner.Server, s patchStep) (verdict, error) {
	from, to := 0, 0
	for _, f := range s.fields {
		now, known := live.Value(f.Field)
		switch {
		case !known:
		case now.Equal(f.To):
			to++
		case now.Equal(f.From):
			from++
		default:
			return took, fmt.Errorf("%s was %s and is %s now: somebody else has changed it, so it was left alone\nhint: make a new plan", f.Field, f.From, now)
		}
	}
	if from == 0 && to > 0 {
		return took, nil
	}
	if _, ok := live.Status.Settles(); !ok {
		return took, offLimits(live)
	}
	return again, nil // where nothing is known that could tell, too
}

// offLimits is the error for a server that nothing may be done to.
func offLimits(live planner.Server) error {
	return fmt.Errorf("its status is %q by now, and fleet does nothing to such a server", live.Status)
}

// stillToDelete is why a server is no longer the one that was to be deleted.
func stillToDelete(old, now planner.Server) error {
	if why := planner.ChangedSince(old, now); why != "" {
		return fmt.Errorf("not deleted: %s\nhint: make a new plan", why)
	}
	return nil
}

// delete removes a server after reading it once more: it must still be the one
// that was to be deleted.
func (r *run) delete(ctx context.Context, l *lane, s deleteStep) error {
	if why := r.credit(); why != nil && s.replacing {
		return notStarted{why} // the server in its place could not be created
	}
	id := vpsorg.ID(s.old.ID)
	fresh := false // it was read since the last request
	look := func() (verdict, error) {
		live, err := r.Client.GetServer(ctx, id)
		switch {
		case errors.Is(err, vpsorg.ErrNotFound):
			l.doubted = true
			return took, nil
		case err != nil:
			return unclear, r.fatal(err)
		}
		server := fromServer(live)
		r.view.note(server)
		if err := stillToDelete(s.old, server); err != nil {
			return took, err
		}
		fresh = true
		return again, nil
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

// already reports whether a power change is done before it was sent. A server in
// any other state than the plan found it in was changed by somebody else.
func (r *run) already(ctx context.Context, s powerStep) (bool, error) {
	live, known, err := r.recheck(ctx, s.id)
	if err != nil {
		return false, r.fatal(err)
	}
	settled, ok := live.Status.Settles()
	switch {
	case !known || settled == s.from:
		return false, nil
	case !ok:
		return false, offLimits(live)
	case settled == s.goal:
		return true, nil
	}
	return false, fmt.Errorf("it was %s and is %s now: somebody else has changed it, so it was left alone\nhint: make a new plan", s.from, live.Status)
}

// power starts, stops or reboots a server. A reboot leaves no trace to look for,
// so an unclear one is never sent again.
func (r *run) power(ctx context.Context, l *lane, s powerStep) error {
	request := map[planner.Action]func(context.Context, vpsorg.ID) (vpsorg.PowerAnswer, error){
		planner.ActionStart:  r.Client.StartServer,
		planner.ActionStop:   r.Client.StopServer,
		planner.ActionReboot: r.Client.RebootServer,
	}[s.verb]
	look := func() (verdict, error) {
		if s.verb == planner.ActionReboot {
			return unclear, nil
		}
		live, v, err := r.current(ctx, s.id)
		if err != nil {
			return v, err
		}
		settled, ok := live.Status.Settles()
		switch {
		case !ok:
			return took, offLimits(live)
		case settled == s.goal:
			return took, nil
		}
		return again, nil
	}
	err := r.send(ctx, func() error {
		if done, err := r.already(ctx, s); done || err != nil {
			return hold(err)
		}
		_, err := request(r.changing(ctx, l, nil), s.id)
		return err
	}, look)
	var api *vpsorg.Error
	if s.verb != planner.ActionReboot && errors.As(err, &api) && api.Status == 400 {
		if v, lookErr := look(); v == took && lookErr == nil {
			return nil // refused because it is there already
		}
	}
	return err
}
