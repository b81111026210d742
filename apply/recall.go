package apply

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// overlay lays what a run observes over with what earlier runs have done, because the
// list may be from before it.
type overlay struct {
	*Engine
	deeds  []Deed
	about  func(name string) bool // whose servers the run is about
	taken  []planner.Taken        // by earlier runs of the approved plan
	lacked map[string]int         // how often a server was proven absent after its window, by id; nil: once is enough
}

// lay lays an observation over with what was done within the window. A server that the
// list does not show as it must be is read by itself. What that does not show either
// is among Unshown, and its server is as it will be. Where the list shows all, this
// costs no request.
func (c overlay) lay(ctx context.Context, seen *planner.Observation) error {
	seen.Owed, seen.Taken = owed(c.deeds), c.taken
	live := index(seen.Servers)
	unshown := c.unshown(live)
	if err := c.read(ctx, unshown, live); err != nil {
		return err
	}
	now := time.Now()
	for _, p := range unshown {
		s := live[p.id]
		over := p.lay(s)
		switch {
		case p.shown(s):
		case !p.recent(now, c.window()) && c.absent(p.id):
			over = nil
		default:
			seen.Unshown = append(seen.Unshown, planner.Unshown{Name: p.name, ID: p.id, Action: p.last, At: p.at})
		}
		if live[p.id] = over; over == nil {
			delete(live, p.id)
		}
	}
	if len(unshown) > 0 {
		seen.Servers = replaced(seen.Servers, live)
	}
	c.stillMaking(seen.Servers, now)
	return nil
}

// making is how long after its create a server may still be being made: one more run may
// wait for it as long as the one that made it.
const making = 2 * DefaultTimeout

// stillMaking takes servers that runs have made lately for provisioning where their
// status is unknown to us: they are waited for, as those runs did.
func (c overlay) stillMaking(servers []planner.Server, now time.Time) {
	all := remembered(c.deeds)
	for i := range servers {
		s := &servers[i]
		if _, known := s.Status.Target(); !known && !s.Status.Ended() && all.young(s.ID, now, max(making, c.Runner.Timeout)) {
			s.Status = planner.StatusProvisioning
		}
	}
}

func (e *Engine) window() time.Duration {
	if e.Runner.Settle > 0 {
		return e.Runner.Settle
	}
	return DefaultSettle
}

// unshown are the servers that are not as deeds have left them. After the window the
// API is believed, but for a server that it has never shown: of several that one name
// was given to, the last.
func (c overlay) unshown(live map[string]*planner.Server) (list []*past) {
	all, now := remembered(c.deeds), time.Now()
	newest := make(map[string]string)
	for _, d := range c.deeds {
		if d.Action == planner.ActionCreate {
			newest[d.Name] = d.ID
		}
	}
	for id, p := range all {
		made := !p.made.IsZero() && !p.gone && live[id] == nil && newest[p.name] == id
		if c.about(strings.TrimSuffix(p.name, fleet.NextSuffix)) && (made || p.recent(now, c.window())) && !p.shown(live[id]) {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *past) int { return strings.Compare(a.name+" "+a.id, b.name+" "+b.id) })
	return list
}

// read reads servers one by one, and puts them in place as they are.
func (c overlay) read(ctx context.Context, list []*past, live map[string]*planner.Server) error {
	found := make([]reading, len(list))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(c.Client.Parallelism())
	for i, p := range list {
		group.Go(func() error {
			found[i] = readServer(ctx, c.Client, p.id)
			if errors.Is(found[i].err, vpsorg.ErrNotFound) {
				return nil
			}
			return found[i].err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, p := range list {
		switch s := found[i]; {
		case s.err == nil:
			live[p.id] = &found[i].server
		case p.gone:
			delete(live, p.id)
		}
	}
	return nil
}

// absent counts that neither the list nor a read shows a server whose window is over,
// and reports whether that is proof: two lists, a while apart.
func (c overlay) absent(id string) bool {
	if c.lacked == nil {
		return true
	}
	c.lacked[id]++
	return c.lacked[id] > 1
}

// observeShown observes, and closes the intents whose server is there. It does so until the
// API shows all that was done within the window, or that is over, or the run stops.
func (a *account) observeShown(ctx context.Context, drain <-chan struct{}, about func(string) bool, observe func() (planner.Observation, error)) (planner.Observation, error) {
	lacked := make(map[string]int)
	const first, last = 2 * time.Second, 20 * time.Second
	for pause := first; ; pause = min(2*pause, last) {
		seen, err := observe()
		if err != nil {
			return seen, err
		}
		if err := resolve(ctx, a.state, seen.Servers); err != nil {
			return seen, err
		}
		deeds, err := a.state.Deeds(ctx)
		if err != nil {
			return seen, err
		}
		marks, err := a.state.Marks(ctx)
		if err != nil {
			return seen, err
		}
		seen.Disturbed = disturbed(marks)
		c := overlay{a.Engine, deeds, about, taken(deeds, a.digest, a.kept), lacked}
		if err := c.lay(ctx, &seen); err != nil {
			return seen, err
		}
		if a.seen = seen.Servers; len(seen.Unshown) == 0 {
			return seen, nil
		}
		until := c.until(seen.Unshown)
		a.emit(UnshownAwaited{seen.Unshown, until})
		timer := time.NewTimer(max(min(pause, time.Until(until)), first/20))
		select {
		case <-timer.C:
		case <-drain:
			return seen, nil
		case <-ctx.Done():
			return seen, context.Cause(ctx)
		}
	}
}

// until is when the API is believed whatever it shows.
func (c overlay) until(list []planner.Unshown) (end time.Time) {
	for _, x := range list {
		if at := x.At.Add(c.window()); at.After(end) {
			end = at
		}
	}
	return end
}

func index(servers []planner.Server) map[string]*planner.Server {
	live := make(map[string]*planner.Server, len(servers))
	for i := range servers {
		live[servers[i].ID] = &servers[i]
	}
	return live
}

// replaced are servers in their order as they are by now, then those that are new.
func replaced(servers []planner.Server, live map[string]*planner.Server) (list []planner.Server) {
	listed := make(map[string]bool, len(servers))
	for _, s := range servers {
		listed[s.ID] = true
		if now := live[s.ID]; now != nil {
			list = append(list, *now)
		}
	}
	first := len(list)
	for id, s := range live {
		if !listed[id] {
			list = append(list, *s)
		}
	}
	slices.SortFunc(list[first:], func(a, b planner.Server) int { return strings.Compare(a.ID, b.ID) })
	return list
}
