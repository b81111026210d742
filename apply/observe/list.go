package observe

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

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

// Tries is how often the list is read for one observation, each time because what was
// read after it has shown that it is stale.
const Tries = 3

// ErrUnstable is why an account cannot be observed that changes all the time.
var ErrUnstable = errors.New("servers vanish, or are renamed, while they are read")

// servers reads the list and the details that are needed, from the cache where that
// will do. A server that vanishes or is renamed between the two makes the list
// stale; it is read again then, and also where the cache was wrong.
func servers(ctx context.Context, c *vpsorg.Client, filter vpsorg.ListFilter, cache *DetailCache, details func([]planner.Server) []string) ([]planner.Server, error) {
	for stale := 0; stale < Tries; {
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
	return nil, ErrUnstable
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
			*live = Server(detail)
			live.UpdatedAt = updated
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return false, err
	}
	return !slices.Contains(gone, true), nil
}
