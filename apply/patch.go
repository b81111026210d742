package apply

import (
	"context"
	"fmt"
	"time"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

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
		if err := r.follow(ctx, s.fields); err != nil {
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

// follow writes down, where a server that no list has shown yet is about to be
// renamed, that it may now appear under its new name.
func (r *run) follow(ctx context.Context, fields []planner.FieldChange) error {
	for _, f := range fields {
		if f.Field != fleet.FieldName {
			continue
		}
		from, _ := f.From.AsText()
		to, _ := f.To.AsText()
		open, err := r.State.Intents(ctx)
		if err != nil {
			return err
		}
		for _, i := range open {
			if i.Name != from {
				continue
			}
			i.Name, i.Hostname, i.At = to, nil, time.Now().Round(0) // the host name may change with it
			if err := r.State.Begin(ctx, i); err != nil {
				return err
			}
		}
	}
	return nil
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
	if _, ok := live.Status.Target(); !ok {
		return took, offLimits(live)
	}
	return again, nil // where nothing is known that could tell, too
}
