package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/internal/render"
	"github.com/vps-fleet/fleet/internal/state"
)

func newUnlock(c *command) *cobra.Command {
	return &cobra.Command{
		Use:   "unlock --epoch N [ACCOUNT]",
		Short: "End the lease of an apply that is gone",
		Long: `End the lease of an apply whose process is gone, before it ends by itself two minutes
after that. The epoch is that of fleet lock, so that no other lease is ended than the one
that was looked at. An apply that goes on after all sends nothing more as soon as it
notices; what it has sent by then the next apply looks for first.

Only a state of several hosts has leases. The lock of a folder goes with its process.`,
		Example: "  fleet lock\n  fleet unlock --epoch 7",
		Args:    oneArgument("one account", "the epoch is given with --epoch"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("epoch") {
				return refusal{"--epoch is missing", "give the one that fleet lock shows"}
			}
			return c.unlock(cmd.Context(), c.flags.epoch, strings.Join(args, ""))
		},
	}
}

func (c *command) unlock(ctx context.Context, epoch int64, account string) error {
	store, err := c.store()
	if err != nil {
		return err
	}
	locks, err := locksIn(ctx, store)
	if err != nil {
		return err
	}
	shared, leases := store.(*state.Shared)
	if !leases {
		return refusal{"a folder has no leases", "its locks are the system's and go with their processes: there is nothing to unlock"}
	}
	l, err := leaseOf(locks, epoch, account)
	if err != nil {
		return err
	}
	if err := shared.Unlock(ctx, l.Key, epoch); err != nil {
		return err
	}
	return c.show(fmt.Sprintf("Ended the lease of process %d on %s.\n", l.Holder.PID, render.Escape(l.Holder.Host)))
}

// leaseOf is the lease with an epoch; of an account, where one is named.
func leaseOf(locks []state.Lock, epoch int64, account string) (found state.Lock, err error) {
	n := 0
	for _, l := range locks {
		if l.Epoch == epoch && (account == "" || l.Key.Account == account) {
			found = l
			n++
		}
	}
	switch n {
	case 1:
		return found, nil
	case 0:
		return found, refusal{fmt.Sprintf("no lease has the epoch %d", epoch), "look at fleet lock again"}
	}
	return found, refusal{fmt.Sprintf("%d accounts have a lease with the epoch %d", n, epoch), "name the account as well"}
}
