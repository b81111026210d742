package apply

import (
	"context"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// freshFor is how long a server is taken to be as it was last seen. A change that
// comes later looks again, so that what others have done meanwhile is not undone.
const freshFor = 5 * time.Second

// view is what a run knows of all servers: its newest complete list, and what it
// has read one by one since.
type view struct {
	client *vpsorg.Client
	state  LockedState
	plan   *planner.Plan

	mu    sync.Mutex
	world map[vpsorg.ID]sighting
	list  []planner.Server // the newest; nil before the first
	asOf  time.Time        // when that list was asked for; before it, when the run began

	reading chan struct{} // full while one reads the list for all
}

// sighting is a server and when it was asked for.
type sighting struct {
	planner.Server
	at time.Time
}

func newView(r Runner, p *planner.Plan) *view {
	return &view{client: r.Client, state: r.State, plan: p, world: map[vpsorg.ID]sighting{}, asOf: time.Now(), reading: make(chan struct{}, 1)}
}

// newest is the newest list and when it was asked for; nil before the first.
func (v *view) newest() ([]planner.Server, time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.list, v.asOf
}

// read reads the list, and tells when it was asked for.
func (v *view) read(ctx context.Context) (servers []planner.Server, asked time.Time, err error) {
	ctx, sent := timed(ctx)
	listed, err := v.client.ListServers(ctx, vpsorg.ListFilter{})
	if err != nil {
		return nil, sent(), err
	}
	servers, asked = fromServers(listed), sent()
	world := make(map[vpsorg.ID]sighting, len(servers))
	for _, s := range servers {
		world[vpsorg.ID(s.ID)] = sighting{s, asked}
	}
	v.mu.Lock()
	v.world, v.list, v.asOf = world, servers, asked
	v.mu.Unlock()
	_ = resolve(ctx, v.state, servers) // the next run resolves them then
	return servers, asked, nil
}

// note keeps a server that was read alone.
func (v *view) note(s planner.Server) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.world[vpsorg.ID(s.ID)] = sighting{s, time.Now()}
}

// server is a server as it was last seen; known is false for one that the newest
// list lacks, and for one that was not seen since the plan.
func (v *view) server(id vpsorg.ID) (s planner.Server, fresh, known bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	seen, known := v.world[id]
	if !known {
		seen.at = v.asOf
	}
	return seen.Server, time.Since(seen.at) <= freshFor, known
}

// list is the list, read by one for the whole run: where the newest is not from
// before the time since, somebody else has just read it.
func (r *run) list(ctx context.Context, since time.Time) ([]planner.Server, time.Time, error) {
	select {
	case r.view.reading <- struct{}{}:
		defer func() { <-r.view.reading }()
	case <-ctx.Done():
		return nil, time.Time{}, context.Cause(ctx)
	}
	if servers, asked := r.view.newest(); servers != nil && !asked.Before(since) {
		return servers, asked, nil
	}
	servers, asked, err := r.view.read(ctx)
	r.spend(r.Client.ListCost())
	if err == nil {
		r.mu.Lock()
		r.listed, r.held, r.coming, r.made = r.open, len(servers), r.coming-r.made, 0
		r.mu.Unlock()
	}
	return servers, asked, err
}

// listCost is how many requests the list may be expected to take: as many as the
// last time, or as its pages will be when all creates are done. That a list of less
// than a page came whole does not say that a longer one will.
func (r *run) listCost() int {
	cost := r.Client.ListCost()
	r.mu.Lock()
	defer r.mu.Unlock()
	if cost == 1 && r.held > vpsorg.PageSize {
		return 1
	}
	return max(cost, (r.held+r.coming+vpsorg.PageSize-1)/vpsorg.PageSize)
}

// spend notes requests to look at servers.
func (r *run) spend(requests int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spent += requests
}

// allowance is how many requests to look at servers the budget still allows.
func (r *run) allowance() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return lookBudget(len(r.plan.Changes)) - r.spent
}

// born notes a server that was made.
func (r *run) born() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.made++
}

// recheck is a server as it is just before a change to it: as it was seen within
// freshFor, else read anew, by one list for all that are still to be changed where
// that takes fewer requests. Where half of what may be spent on looking has been,
// it is as it was last seen: the rest is for the waits. known is false where
// nothing was seen since the plan.
func (r *run) recheck(ctx context.Context, id vpsorg.ID) (s planner.Server, known bool, err error) {
	s, fresh, known := r.view.server(id)
	list, open := r.listCost(), r.lanesOpen()
	if fresh || r.allowance()-min(list, open) < lookBudget(len(r.plan.Changes))/2 {
		return s, known, nil
	}
	if open >= list {
		if _, _, err := r.list(ctx, time.Now().Add(-freshFor)); r.fatal(err) == nil {
			s, _, known = r.view.server(id)
			return s, known, nil
		}
	}
	r.spend(1)
	s, _, err = r.current(ctx, id)
	return s, err == nil, err
}

// lookBudget is how many requests may be spent on looking at servers on their way,
// beside the one before each delete.
func lookBudget(changes int) int { return max(20, changes/50) }
