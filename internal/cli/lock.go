package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/apply"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/internal/state"
)

func newLock(c *command) *cobra.Command {
	return &cobra.Command{
		Use:   "lock",
		Short: "Show which applies are under way, and where",
		Long: `Show who has the lock of an account: the applies that are under way, with the host,
process and command of each, and since when. One account has one apply at a time,
whatever its fleet files own; the others wait as long as --wait says.

In a state of several hosts the lock is a lease with an epoch. It ends by itself two
minutes after its process has died; unlock ends it at once. Nothing is sent to the API
and nothing is changed.`,
		Example: "  fleet lock\n  fleet lock --json",
		Args:    noArguments("it shows the locks of all accounts"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.lock(cmd.Context()) },
	}
}

func (c *command) lock(ctx context.Context) error {
	store, err := c.store()
	if err != nil {
		return err
	}
	locks, err := locksIn(ctx, store)
	if err != nil {
		return err
	}
	if c.flags.json {
		return written("to stdout", render.LocksJSON(c.Stdout, locks))
	}
	return c.show(render.Locks(locks))
}

// locksIn are the locks of all accounts in a store.
func locksIn(ctx context.Context, store apply.Store) ([]state.Lock, error) {
	switch s := store.(type) {
	case noStore:
		return nil, s.err
	case interface {
		Locks(context.Context) ([]state.Lock, error)
	}:
		return s.Locks(ctx)
	}
	return nil, fmt.Errorf("a %T has no locks", store)
}
