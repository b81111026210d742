package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

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
		settled, ok := live.Status.Target()
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

// already reports whether a power change is done before it was sent. A server in
// any other state than the plan found it in was changed by somebody else.
func (r *run) already(ctx context.Context, s powerStep) (bool, error) {
	live, known, err := r.recheck(ctx, s.id)
	if err != nil {
		return false, r.fatal(err)
	}
	settled, ok := live.Status.Target()
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
