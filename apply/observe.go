package apply

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// detailsAtOnce bounds the detail requests that are under way together.
const detailsAtOnce = 10

// ObserveFleet looks at the API for what a fleet's diff needs: the account, the
// complete list, the details of the servers that declare backups_enabled, and the
// plans where only they can tell an id.
func ObserveFleet(ctx context.Context, c *vpsorg.Client, f *fleet.Fleet) (planner.Observation, error) {
	return observe(ctx, c, planner.NeedsOffers(f), func(servers []planner.Server) []string {
		return planner.DetailsFor(f, servers)
	})
}

// ObservePlan looks at the API for what an approved plan is held against.
func ObservePlan(ctx context.Context, c *vpsorg.Client, p *planner.Plan) (planner.Observation, error) {
	return observe(ctx, c, false, p.DetailsFor)
}

// observe reads everything with as few requests as it takes. It changes nothing.
func observe(ctx context.Context, c *vpsorg.Client, offers bool, details func([]planner.Server) []string) (planner.Observation, error) {
	o := planner.Observation{Endpoint: c.Endpoint()}
	group, gctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		o.Account, err = account(gctx, c)
		return err
	})
	group.Go(func() (err error) {
		o.Servers, err = servers(gctx, c, details)
		return err
	})
	if offers {
		group.Go(func() error {
			plans, err := c.ListPlans(gctx, "")
			o.Offers = fromPlans(plans)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return planner.Observation{}, err
	}
	return o, nil
}

// account tells whose token this is, or "" where the API has no such answer: the
// published page does not list the endpoint.
func account(ctx context.Context, c *vpsorg.Client) (string, error) {
	a, err := c.GetAccount(ctx)
	if errors.Is(err, vpsorg.ErrNotFound) {
		return "", nil
	}
	return a.Account.Email, err
}

// servers reads the list and puts the details that are asked for in their places.
// A server that vanishes or is renamed between the two makes the list stale; it is
// read again then.
func servers(ctx context.Context, c *vpsorg.Client, details func([]planner.Server) []string) ([]planner.Server, error) {
	const tries = 3
	for range tries {
		listed, err := c.ListServers(ctx, vpsorg.ListFilter{})
		if err != nil {
			return nil, err
		}
		found := fromServers(listed)
		stale, err := addDetails(ctx, c, found, details(found))
		if err != nil {
			return nil, err
		}
		if !stale {
			return found, nil
		}
	}
	return nil, fmt.Errorf("servers are being deleted or renamed while they are read; the list was stale %d times\nhint: wait until nobody else changes them, then run again", tries)
}

func addDetails(ctx context.Context, c *vpsorg.Client, found []planner.Server, ids []string) (stale bool, err error) {
	at := make(map[string]int, len(found))
	for i := range found {
		at[found[i].ID] = i
	}
	gone := make([]bool, len(ids))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(detailsAtOnce)
	for i, id := range ids {
		group.Go(func() error {
			detail, err := c.GetServer(ctx, vpsorg.ID(id))
			if errors.Is(err, vpsorg.ErrNotFound) {
				gone[i] = true
				return nil
			}
			if err != nil {
				return err
			}
			s := &found[at[id]]
			gone[i] = detail.Name != s.Name || string(detail.ID) != id
			*s = fromServer(detail)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return false, err
	}
	for _, g := range gone {
		stale = stale || g
	}
	return stale, nil
}
