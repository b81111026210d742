package observe

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vps-fleet/fleet/apply/deeds"
	"github.com/vps-fleet/fleet/fleet"
	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// Overlay corrects observations by what runs have done lately, because the list may be
// from before that.
type Overlay struct {
	Client *vpsorg.Client
	Deeds  []deeds.Deed
	Window time.Duration          // for which the API may show what was before a deed
	Making time.Duration          // for which a server may still be being made
	About  func(name string) bool // reports whether the run is about servers of a name
	Lacked map[string]int         // how often a server was absent after its window, by id; nil: once is enough
}

// Lay corrects an observation by what was done within the window. A server that the list
// does not show as the deeds have left it is read by itself. What that does not show
// either is added to Unshown, and its server becomes as the deeds have left it. Where the
// list shows all, this costs no request.
func (o Overlay) Lay(ctx context.Context, seen *planner.Observation) error {
	live := make(map[string]*planner.Server, len(seen.Servers))
	for i := range seen.Servers {
		live[seen.Servers[i].ID] = &seen.Servers[i]
	}
	memory, now := deeds.Remember(o.Deeds), time.Now()
	unshown := o.unshown(memory, live, now)
	if err := o.read(ctx, unshown, live); err != nil {
		return err
	}
	now = time.Now()
	for _, p := range unshown {
		over, shown := p.Lay(live[p.ID])
		switch {
		case shown:
		case !p.Recent(now, o.Window) && o.absent(p.ID):
			over = nil
		default:
			seen.Unshown = append(seen.Unshown, planner.Unshown{Name: p.Name, ID: p.ID, Action: p.Last, At: p.At})
		}
		if live[p.ID] = over; over == nil {
			delete(live, p.ID)
		}
	}
	if len(unshown) > 0 {
		seen.Servers = replaced(seen.Servers, live)
	}
	o.stillMaking(memory, seen.Servers, now)
	return nil
}

// stillMaking gives servers that runs have made lately the status provisioning where their
// own is unknown to us, so that they are waited for, as those runs did.
func (o Overlay) stillMaking(memory deeds.Memory, servers []planner.Server, now time.Time) {
	for i := range servers {
		s := &servers[i]
		if _, known := s.Status.Target(); !known && !s.Status.Ended() && now.Before(memory[s.ID].TrustAbsence(o.Making)) {
			s.Status = planner.StatusProvisioning
		}
	}
}

// unshown are the servers that the API does not show as the deeds have left them. After
// the window it is believed, except that it lacks a server that was made: the last one
// made under a name.
func (o Overlay) unshown(memory deeds.Memory, live map[string]*planner.Server, now time.Time) (list []*deeds.Past) {
	newest := make(map[string]string)
	for _, d := range o.Deeds {
		if d.Action == planner.ActionCreate {
			newest[d.Name] = d.ID
		}
	}
	for id, p := range memory {
		made := !p.Made.IsZero() && !p.Gone && live[id] == nil && newest[p.Name] == id
		if !o.About(strings.TrimSuffix(p.Name, fleet.NextSuffix)) || !made && !p.Recent(now, o.Window) {
			continue
		}
		if _, shown := p.Lay(live[id]); !shown {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *deeds.Past) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return list
}

// read reads servers one by one, and puts them in place as they are.
func (o Overlay) read(ctx context.Context, list []*deeds.Past, live map[string]*planner.Server) error {
	found := make([]*planner.Server, len(list))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(o.Client.Parallelism())
	for i, p := range list {
		group.Go(func() error {
			s, err := o.Client.GetServer(ctx, vpsorg.ID(p.ID))
			switch {
			case err == nil:
				now := Server(s)
				found[i] = &now
			case !errors.Is(err, vpsorg.ErrNotFound):
				return err
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, p := range list {
		switch {
		case found[i] != nil:
			live[p.ID] = found[i]
		case p.Gone:
			delete(live, p.ID)
		}
	}
	return nil
}

// absent counts that neither the list nor a read shows a server whose window is over,
// and reports whether that is proof: two lists, a while apart.
func (o Overlay) absent(id string) bool {
	if o.Lacked == nil {
		return true
	}
	o.Lacked[id]++
	return o.Lacked[id] > 1
}

// Until is when the API is believed whatever it shows of servers.
func (o Overlay) Until(list []planner.Unshown) (end time.Time) {
	for _, x := range list {
		if at := x.At.Add(o.Window); at.After(end) {
			end = at
		}
	}
	return end
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
