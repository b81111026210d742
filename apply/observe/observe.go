// Package observe reads an account: all servers, the details that a list lacks, and the
// plans that are sold. An Overlay corrects that by what was done lately, because reads may
// be from before it. Nothing is changed here, and nothing decided.
package observe

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// Observer reads the API through one client. It changes nothing, and asks for nothing
// that it need not know.
type Observer struct {
	Details *DetailCache      // of what Fleet reads; nil: it reads all details each time
	Filter  vpsorg.ListFilter // which servers are read at all; no plan may rest on less than all

	client  *vpsorg.Client
	account *string // once it is known
}

// New makes an observer.
func New(c *vpsorg.Client) *Observer { return &Observer{client: c} }

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
	return o.observe(ctx, true, o.Details, func(servers []planner.Server) []string {
		return planner.DetailsFor(f, servers, sel)
	})
}

// List observes the complete list, with the details of servers whose ids are asked for,
// and the plans where their prices are wanted.
func (o *Observer) List(ctx context.Context, prices bool, details func([]planner.Server) []string) (planner.Observation, error) {
	return o.observe(ctx, prices, nil, details)
}

// Plan observes what an approved plan is compared with. It neither uses nor fills the
// cache.
func (o *Observer) Plan(ctx context.Context, p *planner.Plan) (planner.Observation, error) {
	return o.observe(ctx, false, nil, p.DetailsFor)
}

func (o *Observer) observe(ctx context.Context, offers bool, cache *DetailCache, details func([]planner.Server) []string) (planner.Observation, error) {
	seen := planner.Observation{Endpoint: o.client.Endpoint()}
	group, ctx := errgroup.WithContext(ctx)
	begun := make(chan struct{})
	begin := sync.OnceFunc(func() { close(begun) })
	group.Go(func() (err error) {
		defer begin()
		seen.Servers, err = servers(vpsorg.BeforeSend(ctx, func() error { begin(); return nil }), o.client, o.Filter, cache, details)
		return err
	})
	<-begun // the list takes longest, so it is sent first
	ctx = vpsorg.LowPriority(ctx)
	group.Go(func() (err error) {
		seen.Account, err = o.Account(ctx)
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
