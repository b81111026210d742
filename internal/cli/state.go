package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/vps-fleet/fleet/internal/render"
)

func newState(c *command) *cobra.Command {
	const actions = "it is init or show"
	return &cobra.Command{
		Use:   "state init|show",
		Short: "Prepare the state that several hosts share, or show it",
		Long: `Prepare or show the state of --state, which several hosts share: in a bucket with
s3://bucket/prefix, in PostgreSQL with postgres://host/database. Without --state the
state is kept in a folder of this host, which needs no care.

init makes the tables or brings them up to date, and proves that of two writes at once
the store takes one: it writes twice and wants a refusal. It can be run again. No other
command uses a store without that proof.

show tells what is kept of each account: who has the lease, which creates are in doubt,
which reboots are owed, how far rollouts have come, which plans are kept. Nothing in it
says which servers exist.`,
		Example: `  fleet state init --state s3://states/fleet
  fleet state init --state postgres://db.example.com/fleet
  fleet state show --json`,
		ValidArgs: []string{"init", "show"},
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] != "init" && args[0] != "show" {
				return refusal{"state takes what to do with it", actions}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if args[0] == "init" {
				return c.stateInit(cmd.Context())
			}
			return c.stateShow(cmd.Context())
		},
	}
}

func (c *command) stateInit(ctx context.Context) error {
	store, err := c.shared()
	if err == nil {
		err = store.Init(ctx)
	}
	if err != nil {
		return err
	}
	return c.show(fmt.Sprintf("Prepared the state in %s. It keeps hosts apart: of two writes at once it takes one.\n", render.Escape(store.Place())))
}

func (c *command) stateShow(ctx context.Context) error {
	store, err := c.shared()
	if err != nil {
		return err
	}
	contents, err := store.Contents(ctx)
	if err != nil {
		return err
	}
	if c.flags.json {
		return written("to stdout", render.ContentsJSON(c.Stdout, contents))
	}
	return c.show(render.Contents(contents))
}
