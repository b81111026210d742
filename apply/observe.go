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

// Observer looks at the API through one client. It changes nothing, and asks for
// nothing that it need not know.
type Observer struct {
	client  *vpsorg.Client
	account *string // once it is known
}

// NewObserver makes an observer.
func NewObserver(c *vpsorg.Client) *Observer { return &Observer{client: c} }

// Account tells whose token this is, or "" where the API has no such answer: the
// published page does not list the endpoint. It is asked once.
func (o *Observer) Account(ctx context.Context) (string, error) {
	if o.account != nil {
		return *o.account, nil
	}
	a, err := o.client.GetAccount(ctx)
	if err != nil && !errors.Is(err, vpsorg.ErrNotFound) {
		return "", err
	}
	o.account = &a.Account.Email
	return *o.account, nil
}

// Fleet observes what a fleet's diff needs: the complete list, the details of the
// selected servers that declare backups_enabled, and the plans, which tell ids and
// prices.
func (o *Observer) Fleet(ctx context.Context, f *fleet.Fleet, sel planner.Selection) (planner.Observation, error) {
	return o.observe(ctx, true, func(servers []planner.Server) []string {
		return planner.DetailsFor(f, servers, sel)
	})
}

// Plan observes what an approved plan is held against.
func (o *Observer) Plan(ctx context.Context, p *planner.Plan) (planner.Observation, error) {
	return o.observe(ctx, false, p.DetailsFor)
}

func (o *Observer) observe(ctx context.Context, offers bool, details func([]planner.Server) []string) (planner.Observation, error) {
	seen := planner.Observation{Endpoint: o.client.Endpoint()}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		seen.Account, err = o.Account(ctx)
		return err
	})
	group.Go(func() (err error) {
		seen.Servers, err = servers(ctx, o.client, details)
		return err
	})
	if offers {
		group.Go(func() (err error) {
			seen.Offers, err = sold(ctx, o.client)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return planner.Observation{}, err
	}
	return seen, nil
}

// sold reads the plans, where the API has such an endpoint and the token may ask it.
func sold(ctx context.Context, c *vpsorg.Client) ([]planner.Offer, error) {
	plans, err := c.ListPlans(ctx, "")
	if errors.Is(err, vpsorg.ErrNotFound) || errors.Is(err, vpsorg.ErrForbidden) {
		return nil, nil
	}
	return fromPlans(plans), err
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
	group.SetLimit(c.Parallelism())
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
