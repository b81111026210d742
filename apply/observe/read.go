package observe

import (
	"context"
	"sync"
	"time"

	"github.com/vps-fleet/fleet/planner"
	"github.com/vps-fleet/fleet/vpsorg"
)

// Reading is a server that was read by itself.
type Reading struct {
	ID     string
	Server planner.Server
	Asked  time.Time // when its request left
	Err    error     // it was not found, or could not be read
}

// ReadServer reads one server.
func ReadServer(ctx context.Context, c *vpsorg.Client, id string) Reading {
	ctx, asked := timed(ctx)
	live, err := c.GetServer(ctx, vpsorg.ID(id))
	return Reading{id, Server(live), asked(), err}
}

// Listing is a list that was read, or could not be.
type Listing struct {
	Servers []planner.Server
	Asked   time.Time     // when its first request left
	Took    time.Duration // from then on
	Err     error
}

// ReadList reads the list.
func ReadList(ctx context.Context, c *vpsorg.Client) Listing {
	ctx, asked := timed(ctx)
	listed, err := c.ListServers(ctx, vpsorg.ListFilter{})
	return Listing{fromServers(listed), asked(), time.Since(asked()), err}
}

// timed tells when the first request of a context was sent: it may wait for its
// turn for long.
func timed(ctx context.Context) (context.Context, func() time.Time) {
	var mu sync.Mutex
	var first time.Time
	ctx = vpsorg.BeforeSend(ctx, func() error {
		mu.Lock()
		defer mu.Unlock()
		if first.IsZero() {
			first = time.Now()
		}
		return nil
	})
	return ctx, func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return first
	}
}
