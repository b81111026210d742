package apply

import (
	"context"
	"errors"

	"github.com/vps-fleet/fleet/apply/observe"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// observe reads what a plan of the input needs, with what the state has cached of
// details. That the cache cannot be used costs requests and nothing else.
func (e *Engine) observe(ctx context.Context, o *observe.Observer, state State, in Input) (planner.Observation, error) {
	cached := state != nil && e.DetailsMaxAge > 0
	if cached {
		details, err := state.Details(ctx)
		if err != nil {
			e.warn(CacheUnread, err)
		}
		o.Details = &observe.DetailCache{MaxAge: e.DetailsMaxAge, Entries: details}
	}
	seen, err := explainUnstable(o.Fleet(ctx, in.Fleet, in.Selection))
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

// explainUnstable passes an observation on, with an Error for what made it fail if that
// was an account that changes all the time.
func explainUnstable(seen planner.Observation, err error) (planner.Observation, error) {
	if errors.Is(err, observe.ErrUnstable) {
		err = &Error{Reason: planner.Reason{Code: planner.CodeUnstable, Count: observe.Tries}}
	}
	return seen, err
}

// List reads the servers of the account that pass a filter of the API's own, for a list:
// with the details of those whose ids are asked for, and with the plans where prices are
// wanted. It refuses what does not fit the input's account and selection, as Plan does.
func (e *Engine) List(ctx context.Context, in Input, filter vpsorg.ListFilter, prices bool, details func([]planner.Server) []string) (planner.Observation, error) {
	observer := observe.New(e.Client)
	observer.Filter = filter
	seen, err := explainUnstable(observer.List(ctx, prices, details))
	if err != nil {
		return seen, err
	}
	return seen, in.check(seen)
}

// Detail reads one server with all its details, and replaces it in an observation.
func (e *Engine) Detail(ctx context.Context, seen *planner.Observation, id string) (vpsorg.Server, error) {
	detail, err := e.Client.GetServer(ctx, vpsorg.ID(id))
	if err != nil {
		return detail, err
	}
	for i := range seen.Servers {
		if seen.Servers[i].ID == id {
			seen.Servers[i] = observe.Server(detail)
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
