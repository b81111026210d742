package apply

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// Observer looks at the API through one client. It changes nothing, and asks for
// nothing that it need not know.
type Observer struct {
	Details *DetailCache      // of what Fleet reads; nil: it reads all details each time
	Filter  vpsorg.ListFilter // which servers are read at all; no plan may rest on less than all

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
	return o.observe(ctx, true, o.Details, func(servers []planner.Server) []string {
		return planner.DetailsFor(f, servers, sel)
	})
}

// Plan observes what an approved plan is held against. It neither uses nor fills the cache.
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
	<-begun // all else waits for the list, which takes longest
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

// observe reads what a plan of the input needs, with what the state has cached of
// details. That the cache cannot be used costs requests and nothing else.
func (e *Engine) observe(ctx context.Context, o *Observer, state State, in Input) (planner.Observation, error) {
	cached := state != nil && e.DetailsMaxAge > 0
	if cached {
		details, err := state.Details(ctx)
		if err != nil {
			e.warn(CacheUnread, err)
		}
		o.Details = &DetailCache{MaxAge: e.DetailsMaxAge, Entries: details}
	}
	seen, err := o.Fleet(ctx, in.Fleet, in.Selection)
	if err != nil {
		return seen, err
	}
	if cached {
		if name := o.Details.Contradiction; name != "" {
			e.emit(Warning{What: CacheWrong, Server: name})
		}
		if err := state.PutDetails(ctx, o.Details.Entries); err != nil {
			e.warn(CacheUnsaved, err)
		}
	}
	return seen, in.check(seen)
}

// List reads every server of the account for a list, with the details of those
// whose ids are asked for, and the plans where their prices are wanted. The input's
// account and selection are held against it.
func (e *Engine) List(ctx context.Context, in Input, prices bool, details func([]planner.Server) []string) (planner.Observation, error) {
	return e.list(ctx, in, NewObserver(e.Client), prices, details)
}

// ListSome is List for the servers that pass a filter of the API's own, with the plans.
func (e *Engine) ListSome(ctx context.Context, in Input, filter vpsorg.ListFilter, details func([]planner.Server) []string) (planner.Observation, error) {
	observer := NewObserver(e.Client)
	observer.Filter = filter
	return e.list(ctx, in, observer, true, details)
}

func (e *Engine) list(ctx context.Context, in Input, observer *Observer, plans bool, details func([]planner.Server) []string) (planner.Observation, error) {
	seen, err := observer.observe(ctx, plans, nil, details)
	if err != nil {
		return seen, err
	}
	return seen, in.check(seen)
}

// Detail reads one server whole, and puts what it tells in its place in an observation.
func (e *Engine) Detail(ctx context.Context, seen *planner.Observation, id string) (vpsorg.Server, error) {
	detail, err := e.Client.GetServer(ctx, vpsorg.ID(id))
	if err != nil {
		return detail, err
	}
	for i := range seen.Servers {
		if seen.Servers[i].ID == id {
			seen.Servers[i] = fromServer(detail)
		}
	}
	return detail, nil
}

// forgetDetails drops what is cached of the servers that a plan is about to change,
// before it does: it may be killed, and their updated_at may stand still.
func (a *account) forgetDetails(ctx context.Context, p *planner.Plan) {
	details, err := a.state.Details(ctx)
	cached := len(details)
	for _, c := range p.Changes {
		delete(details, c.About().ID)
		if r, ok := c.(*planner.Replace); ok {
			delete(details, r.NextID)
		}
	}
	if err == nil && len(details) == cached {
		return
	}
	if err != nil {
		details = nil
	}
	if err := a.state.PutDetails(ctx, details); err != nil {
		a.warn(CacheUnsaved, err)
	}
}

// resolve closes the intents whose server exists.
func resolve(ctx context.Context, state LockedState, servers []planner.Server) error {
	open, err := state.Intents(ctx)
	if err != nil || len(open) == 0 {
		return err
	}
	for _, x := range shown(open, servers) {
		if err := x.note(ctx, state); err != nil {
			return err
		}
	}
	return nil
}

// sold reads the plans, where the API has such an endpoint and the token may ask it.
func sold(ctx context.Context, c *vpsorg.Client) ([]planner.Offer, error) {
	plans, err := c.ListPlans(ctx, "")
	if errors.Is(err, vpsorg.ErrNotFound) || errors.Is(err, vpsorg.ErrForbidden) {
		return nil, nil
	}
	return fromPlans(plans), err
}

// snapshot is a complete list, with the details that were added to it.
type snapshot struct {
	asked   time.Time // when it was asked for
	servers []planner.Server
	at      map[string]int // where in them an id is
}

// updatedAt is a server's updated_at in the list; "" for one that is not in it.
func (s snapshot) updatedAt(id string) string {
	i, there := s.at[id]
	if !there {
		return ""
	}
	return s.servers[i].UpdatedAt
}

func list(ctx context.Context, c *vpsorg.Client, filter vpsorg.ListFilter) (snapshot, error) {
	asked := time.Now()
	listed, err := c.ListServers(ctx, filter)
	s := snapshot{asked, fromServers(listed), make(map[string]int, len(listed))}
	for i := range s.servers {
		s.at[s.servers[i].ID] = i
	}
	return s, err
}

// servers reads the list and the details that are needed, from the cache where that
// will do. A server that vanishes or is renamed between the two makes the list
// stale; it is read again then, and also where the cache was wrong.
func servers(ctx context.Context, c *vpsorg.Client, filter vpsorg.ListFilter, cache *DetailCache, details func([]planner.Server) []string) ([]planner.Server, error) {
	const tries = 3
	for stale := 0; stale < tries; {
		s, err := list(ctx, c, filter)
		if err != nil {
			return nil, err
		}
		ids := cache.Get(s, details)
		current, err := s.addDetails(ctx, c, ids)
		switch {
		case err != nil:
			return nil, err
		case !current:
			stale++
		case cache.Put(s, ids):
			return s.servers, nil
		}
	}
	return nil, &Error{Reason: planner.Reason{Code: planner.CodeUnstable, Count: tries}}
}

// addDetails reads servers one by one. It reports false where one of them shows
// that the list is stale.
func (s snapshot) addDetails(ctx context.Context, c *vpsorg.Client, ids []string) (current bool, err error) {
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
			live := &s.servers[s.at[id]]
			gone[i] = detail.Name != live.Name || string(detail.ID) != id
			updated := live.UpdatedAt // that of the list, by which details are cached
			*live = fromServer(detail)
			live.UpdatedAt = updated
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return false, err
	}
	return !slices.Contains(gone, true), nil
}
